"""Which row is the first of its subject."""

from __future__ import annotations

from datetime import datetime

from stream.feeds.replay.failure import ReplayError
from stream.feeds.replay.mapping import Mapping
from stream.feeds.replay.row_times import RowTimes
from stream.feeds.replay.rows import LogReader, Row, ended_after


class EarliestRows:
    """The first row of a subject is its earliest one, found in a pass over the log before this one.

    Of two rows with the same time, the one that comes first in the file is the earlier one. Rows without a
    subject, or with a time that cannot be read, are none.
    """

    def __init__(self, times: RowTimes) -> None:
        self._times = times
        self._earliest: dict[str, tuple[datetime, int]] = {}

    def note(self, row: Row, mapping: Mapping) -> None:
        """Take a row of the pass before into account."""
        if row.problem or mapping.subject.missing(row.fields):
            return
        subject = mapping.subject.render(row.fields)
        try:
            time = self._times.read(mapping.time.render(row.fields), mapping.time.text, subject)
        except (ValueError, OverflowError):
            return
        earliest = self._earliest.get(subject)
        if earliest is None or time < earliest[0]:
            self._earliest[subject] = time, row.position

    def is_first(self, subject: str, position: int) -> bool:
        """Whether the row at a position is the first of its subject."""
        return self._earliest[subject][1] == position if subject in self._earliest else False

    def met(self, subject: str) -> None:
        """Nothing: the pass before has met all."""


class RowsInFileOrder:
    """The first row of a subject is the one that comes first in the file."""

    def __init__(self) -> None:
        self._met: set[str] = set()

    def is_first(self, subject: str, position: int) -> bool:
        """Whether no row of the subject has been met."""
        del position
        return subject not in self._met

    def met(self, subject: str) -> None:
        """Note that a row of the subject was read."""
        self._met.add(subject)


FirstRows = EarliestRows | RowsInFileOrder


def survey(reader: LogReader, mapping: Mapping, times: RowTimes) -> tuple[tuple[str, ...], FirstRows]:
    """Find the columns of a log and the first rows of its subjects. Reads all of the log, but only if it must.

    ``times`` reads the times of this pass. Raises ``ReplayError`` when the log cannot be read.
    """
    columns = dict.fromkeys(reader.header or ())
    earliest = EarliestRows(times) if mapping.needs_first_rows else None
    if earliest is not None or reader.header is None:
        count = 0
        try:
            for row in reader.rows():
                count += 1
                columns.update(dict.fromkeys(row.fields))
                if earliest is not None:
                    earliest.note(row, mapping)
        except ReplayError as error:
            raise ended_after(count, error) from error
    return tuple(columns), earliest or RowsInFileOrder()
