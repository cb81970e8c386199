"""The records of a log, whatever its format."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple, Protocol

POSITION: Final = "@position"
"""The name under which a template asks for the place of a row in its file."""


class Row(NamedTuple):
    """A flat record: its place in the file, counted from 1, and its values by column.

    A record that cannot be read has a ``problem`` and no fields. ``record`` is the object that the fields were
    flattened from, where the format nests values; its numbers are strings, spelled as in the file.
    """

    position: int
    fields: dict[str, str]
    problem: str | None = None
    record: dict[str, object] | None = None


class LogReader(Protocol):
    """Reads a log, as often as it is asked to."""

    unit: str
    """What positions count, for messages: lines or events."""

    @property
    def header(self) -> tuple[str, ...] | None:
        """The columns, where the format tells them ahead of the rows."""

    def rows(self) -> Iterator[Row]:
        """Yield the rows in the order of the file; raises ``ReplayError`` when it cannot be read on."""
