"""Priorities that are spelled with their number, such as ``3 - Moderate``."""

from __future__ import annotations

import re
from typing import Final

from stream.feeds.suggestion.columns import Column
from stream.feeds.suggestion.rule_text import column_value, mapped

_NUMBERED: Final = re.compile(r"[Pp]?\d\s*[-:.)]\s*(\w[\w ]*)")
_WORDS: Final = {"critical": "urgent", "moderate": "normal", "medium": "normal"}
_MOST: Final = 10


def attribute_value(name: str, column: Column) -> str:
    """An attribute's value: the column, or of numbered priorities a map to the words that all sources share."""
    if name != "priority":
        return column_value(column.name)
    spelled = {value: _NUMBERED.fullmatch(value.strip()) for value in column.counts}
    words = {value: match.group(1).strip().lower() for value, match in spelled.items() if match is not None}
    if not words or len(words) < len(spelled) or len(words) > _MOST:
        return column_value(column.name)
    return mapped(column.name, {value: _WORDS.get(word, word) for value, word in sorted(words.items())})
