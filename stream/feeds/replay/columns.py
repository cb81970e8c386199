"""Whether a log has the columns that its mapping reads."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from stream.feeds.replay.failure import ReplayError
from stream.feeds.replay.mapping import Mapping
from stream.feeds.replay.rows import COLUMN, ELEMENT, EPISODE, VALUE
from stream.feeds.replay.similar_columns import closest, columns_like

_PROVIDED_BY: Final = {
    COLUMN: "in a rule with for_each",
    VALUE: "in a rule with for_each",
    ELEMENT: "in a rule with explode",
    EPISODE: "in a mapping with a table [episode]",
}
_CLOSEST: Final = 3
_BELOW: Final = (
    "; if that is no header, it may stand further down (see skip_lines in [format]) or have another delimiter"
)


class AbsentColumn(NamedTuple):
    """A column, or ``for_each.matches``, of which no row has any value, where the mapping names it, and the like."""

    column: str
    place: str
    closest: tuple[str, ...]

    def line(self) -> str:
        """For people."""
        like = f"; the closest are {', '.join(self.closest)}" if self.closest else ""
        return f"never there: {self.column}, which the mapping names in {self.place}{like}"


def check_columns(
    path: Path, mapping: Mapping, columns: tuple[str, ...], *, from_header: bool
) -> tuple[AbsentColumn, ...]:
    """Check a log of these columns; one of none is empty.

    A column that the mapping reads and the log lacks is an error if the columns are ``from_header``. If they are
    those that the rows have, a column may be one that no row of this file happens to have: it is returned, and an
    error only if the subject or the time of all rows needs it, or if all columns are such. Raises ``ReplayError``.
    """
    if not columns:
        return ()
    prefixes = tuple(lookup.prefix for lookup in mapping.lookups)
    named = mapping.columns()
    own = _own(path, mapping, columns, prefixes)
    needed = {*mapping.subject.columns, *mapping.time.columns}
    there = frozenset(columns if mapping.episodes is None else (*columns, EPISODE))
    read = {column: place for column, place in named.items() if not (prefixes and column.startswith(prefixes))}
    if not there.intersection(read):
        needed.update(read)
    absent = []
    for column, place in read.items():
        if column in there:
            continue
        key = _PROVIDED_BY.get(column.partition(".")[0])
        if from_header or key or column in needed:
            hint = f" ({column} is known only {key})" if key else ""
            raise ReplayError(
                f"{path}: there is no column {column!r}, which {mapping.file} names in {place}{hint}; "
                f"{columns_like(column, own)}{_BELOW if from_header and len(own) == 1 else ''}"
            )
        absent.append(AbsentColumn(repr(column), place, closest(column, own, _CLOSEST)))
    for rule in mapping.rules:
        if rule.expansion is not None and not rule.expansion.matching(own):
            place = f"{rule.place}.for_each.matches"
            if from_header:
                raise ReplayError(f"{path}: no column is matched by {place} of {mapping.file}; {columns_like('', own)}")
            absent.append(AbsentColumn("a column that is matched", place, ()))
    return tuple(absent)


def _own(path: Path, mapping: Mapping, columns: tuple[str, ...], prefixes: tuple[str, ...]) -> tuple[str, ...]:
    """The columns that are no lookup's."""
    if not prefixes:
        return columns
    named = mapping.columns()
    own = tuple(column for column in columns if not column.startswith(prefixes))
    for column in columns:
        if column not in named and column.startswith(prefixes):
            raise ReplayError(
                f"{path}: the column {column!r} is called like those of [lookup.{column.partition('.')[0]}] in "
                f"{mapping.file}; give the lookup another name"
            )
    return own
