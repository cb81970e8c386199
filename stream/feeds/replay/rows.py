"""The records of a log, whatever its format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from stream.feeds.replay.failure import ReplayError

POSITION: Final = "@position"
"""The name under which a template asks for the place of a row in its file."""
EPISODE: Final = "@episode"
"""In a log with ``[episode]``: the number of the episode that a row is of."""
COLUMN: Final = "@column"
"""In a rule with ``for_each``: the name of the column that it is about."""
VALUE: Final = "@value"
"""In a rule with ``for_each``: the value of that column."""
ELEMENT: Final = "@element"
"""In a rule with ``explode``: the element of the list that it is about."""
INSTANCE_COLUMNS: Final = frozenset({COLUMN, VALUE, ELEMENT})


def is_of_instance(column: str) -> bool:
    """Whether a template means by this what a rule is applied to within a row, and not a column of the log."""
    return column.partition(".")[0] in INSTANCE_COLUMNS


class LogRow(NamedTuple):
    """A flat record: its place in the file, counted from 1, and its values by column.

    A record that cannot be read has a ``problem`` and no fields. ``record`` is the object that the fields were
    flattened from, where the format nests values; its numbers are strings, spelled as in the file. ``part`` counts,
    from 1, the rows that were made of one record; it is 0 where each record is one row.
    """

    position: int
    fields: dict[str, str]
    problem: str | None = None
    record: dict[str, object] | None = None
    part: int = 0

    @property
    def place(self) -> str:
        """The position as a text that no other row of the log has."""
        return f"{self.position}.{self.part}" if self.part else str(self.position)


@dataclass(slots=True)
class LineCount:
    """How many lines a file has, and how many of them begin no row.

    Those are the lines ``above`` the header, which are no part of the table, those of its ``header``, ``blank`` ones,
    and ``joined`` ones, which go on with the row before.
    """

    lines: int = 0
    above: int = 0
    header: int = 0
    blank: int = 0
    joined: int = 0

    def reset(self) -> None:
        """Begin anew."""
        self.lines = self.above = self.header = self.blank = self.joined = 0


class LogReader(Protocol):
    """Reads a log, as often as it is asked to."""

    unit: str
    """What positions count, for messages: lines, events or records."""

    @property
    def header(self) -> tuple[str, ...] | None:
        """The columns, where the format tells them ahead of the rows."""

    @property
    def line_count(self) -> LineCount | None:
        """The lines of the pass that was begun last, once it has ended; none where rows are no lines."""

    def rows(self) -> Iterator[LogRow]:
        """Yield the rows in the order of the file; raises ``ReplayError`` when it cannot be read on."""


def ended_after(rows: int, error: ReplayError) -> ReplayError:
    """The error of a log that cannot be read on after so many rows."""
    return ReplayError(f"{error}; {rows} rows were read before") if rows else error
