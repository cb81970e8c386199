"""Whether a log has the columns that its mapping reads."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from stream.feeds.replay.failure import ReplayError
from stream.feeds.replay.mapping import Mapping
from stream.feeds.replay.rows import COLUMN, ELEMENT, VALUE

_PROVIDED_BY: Final = {COLUMN: "for_each", VALUE: "for_each", ELEMENT: "explode"}


def check_columns(path: Path, mapping: Mapping, columns: tuple[str, ...]) -> None:
    """Raise ``ReplayError`` when a log of these columns lacks one that the mapping reads; one of none is empty."""
    if not columns:
        return
    prefixes = tuple(lookup.prefix for lookup in mapping.lookups)
    named = mapping.columns()
    own = tuple(column for column in columns if not column.startswith(prefixes)) if prefixes else columns
    for column in columns:
        if column not in own and column not in named:
            raise ReplayError(
                f"{path}: the column {column!r} is called like those of [lookup.{column.partition('.')[0]}] in "
                f"{mapping.file}; give the lookup another name"
            )
    for column, place in named.items():
        if column not in columns and not (prefixes and column.startswith(prefixes)):
            key = _PROVIDED_BY.get(column.partition(".")[0])
            hint = f" ({column} is known only in a rule with {key})" if key else ""
            raise ReplayError(
                f"{path}: there is no column {column!r}, which {mapping.file} names in {place}{hint}; "
                f"the columns are {', '.join(own)}"
            )
    for rule in mapping.rules:
        if rule.expansion is not None and not rule.expansion.matching(own):
            raise ReplayError(
                f"{path}: no column is matched by {rule.place}.for_each.matches of {mapping.file}; "
                f"the columns are {', '.join(own)}"
            )
