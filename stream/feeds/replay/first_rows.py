"""What must be known of a log before its first row is mapped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from stream.feeds.replay.changes import Changes
from stream.feeds.replay.failure import ReplayError
from stream.feeds.replay.mapping import Mapping
from stream.feeds.replay.moments import Moments
from stream.feeds.replay.rows import LogReader, LogRow, ended_after
from stream.feeds.replay.sequences import Rank


class EarliestRows:
    """The first row of a subject is its earliest one, found in a pass over the log before this one.

    Of two rows with the same time, that with the lower rank is the earlier one. Rows without a subject, or with a
    time that cannot be read, are none. ``ordinal`` counts the rows of the log. The place of one that is rejected is
    taken by the next row of the subject in the file. Where an earlier row comes further down, there may be no next
    one: it is the first only if it ``fits``.
    """

    def __init__(self, fits: Callable[[LogRow, str], bool]) -> None:
        self._fits = fits
        self._earliest: dict[str, tuple[datetime, Rank, int]] = {}
        self._unfit: dict[int, tuple[datetime, Rank, int]] = {}
        self._rejected: set[str] = set()

    def note(self, row: LogRow, subject: str, time: datetime, rank: Rank, ordinal: int) -> None:
        """Take a row of the pass before into account."""
        place = time, rank, ordinal
        earliest = self._earliest.get(subject)
        if earliest is not None and place >= earliest:
            return
        if earliest is None or self._fits(row, subject):
            self._earliest[subject] = place
        else:
            self._unfit[ordinal] = place

    def is_first(self, subject: str, ordinal: int) -> bool:
        """Whether that row is the first of its subject, or would be if it fitted."""
        if subject in self._rejected:
            return True
        earliest = self._earliest.get(subject)
        return earliest is not None and (
            earliest[2] == ordinal or (ordinal in self._unfit and self._unfit[ordinal] < earliest)
        )

    def met(self, subject: str) -> None:
        """Note that a row of the subject was read."""
        self._rejected.discard(subject)

    def reject(self, subject: str, ordinal: int) -> None:
        """Note that a row of the subject did not fit."""
        if subject in self._earliest and self._earliest[subject][2] == ordinal:
            self._rejected.add(subject)


class RowsInFileOrder:
    """The first row of a subject is the one that comes first in the file."""

    def __init__(self) -> None:
        self._met: set[str] = set()

    def is_first(self, subject: str, ordinal: int) -> bool:
        """Whether no row of the subject has been met."""
        del ordinal
        return subject not in self._met

    def met(self, subject: str) -> None:
        """Note that a row of the subject was read."""
        self._met.add(subject)

    def reject(self, subject: str, ordinal: int) -> None:
        """Nothing: only rows that were met count."""


FirstRows = EarliestRows | RowsInFileOrder


class Survey(NamedTuple):
    """What a log is like as a whole: its columns, the first rows of its subjects, and the changes from row to row."""

    columns: tuple[str, ...]
    first_rows: FirstRows
    changes: Changes | None

    @classmethod
    def none(cls) -> Survey:
        """What is known of a log before it was read."""
        return cls((), RowsInFileOrder(), None)


def survey(reader: LogReader, mapping: Mapping, moments: Moments, fits: Callable[[LogRow, str], bool]) -> Survey:
    """Survey a log. Reads all of the log, but only if it must.

    ``moments`` reads the times of this pass; ``fits`` tells whether a row could be the first of its subject. Raises
    ``ReplayError`` when the log cannot be read.
    """
    columns = dict.fromkeys(reader.header or ())
    earliest = EarliestRows(fits) if mapping.needs_first_rows else None
    watched = mapping.watched_columns
    changes = Changes(watched) if watched else None
    if earliest is not None or changes is not None or reader.header is None:
        count = 0
        try:
            for row in reader.rows():
                if reader.header is None:
                    columns.update(dict.fromkeys(row.fields))
                if earliest is not None or changes is not None:
                    _note(row, count, mapping, moments, earliest, changes)
                count += 1
        except ReplayError as error:
            raise ended_after(count, error) from error
    if changes is not None:
        changes.find()
    return Survey(tuple(columns), earliest or RowsInFileOrder(), changes)


def _note(
    row: LogRow,
    ordinal: int,
    mapping: Mapping,
    moments: Moments,
    earliest: EarliestRows | None,
    changes: Changes | None,
) -> None:
    if row.problem or mapping.subject.missing(row.fields):
        return
    subject = mapping.subject.render(row.fields)
    moments.begin(subject)
    try:
        time = moments.of_row(row.fields)
        rank = mapping.equal_times.rank(row, ordinal)
    except ValueError:
        return
    if earliest is not None:
        earliest.note(row, subject, time, rank, ordinal)
    if changes is not None:
        changes.note(row.fields, ordinal, subject, time, rank)
