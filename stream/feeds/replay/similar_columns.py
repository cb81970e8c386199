"""What a column may be called that is not there under the name that somebody gave it."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from itertools import islice
from typing import Final

_MOST_NAMED: Final = 10
_MOST_COMPARED: Final = 2_000
_LEAST_LIKENESS: Final = 0.5


def columns_like(column: str, columns: Collection[str]) -> str:
    """The columns of a file for a message: all of a few, of many those that look most like one that is not there."""
    if len(columns) <= _MOST_NAMED:
        return f"the columns are {', '.join(columns)}"
    named = closest(column, columns, _MOST_NAMED)
    if not named:
        return f"the first of its {len(columns)} columns are {', '.join(islice(columns, _MOST_NAMED))}"
    return f"the closest of its {len(columns)} columns are {', '.join(named)}"


def closest(column: str, columns: Collection[str], most: int) -> tuple[str, ...]:
    """So many columns at most that look like one, whatever the case of their letters; the most similar first."""
    spelled = {name.casefold(): name for name in islice(columns, _MOST_COMPARED)}
    like = get_close_matches(column.casefold(), spelled, n=most, cutoff=_LEAST_LIKENESS)
    return tuple(spelled[name] for name in like)
