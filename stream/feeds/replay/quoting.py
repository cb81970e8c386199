"""Values of a log in messages about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LONGEST_SHOWN: Final = 80
"""So many characters of a value are shown."""

_HALF: Final = "it has half of a character in it, a lone surrogate"


def shortened(text: str, longest: int = LONGEST_SHOWN) -> str:
    """The beginning of a text, with an ellipsis if there is more of it."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def quoted(value: str) -> str:
    """The beginning of a value in quotation marks; what cannot be printed is escaped."""
    return repr(shortened(value))


def encodable(text: str) -> str:
    """The text with halves of characters escaped, which JSON may hold and no encoding can."""
    return text.encode("utf-8", "backslashreplace").decode()


def not_text(fields: Mapping[str, str]) -> str:
    """Why a row with half of a character somewhere cannot be an event."""
    for column, value in fields.items():
        if encodable(column) != column:
            return f"the name of the column {quoted(column)} is not text: {_HALF}"
        if encodable(value) != value:
            return f"the column {quoted(column)} is not text: {_HALF}"
    return f"not text: {_HALF}"
