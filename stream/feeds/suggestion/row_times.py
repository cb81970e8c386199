"""Which of a row's times is its own, and how the others lie to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from stream.feeds.suggestion import column_names as names
from stream.feeds.suggestion.columns import Column
from stream.feeds.suggestion.time_columns import TimeColumn
from stream.feeds.suggestion.time_spelling import moments_of

_MOSTLY: Final = 0.9

_Rows = Sequence[dict[str, str]]


def main_time_of(
    times: Sequence[TimeColumn], rows: _Rows, *, subject: Column | None, happened: Sequence[Column]
) -> TimeColumn | None:
    """The time of the rows: where a ``subject`` has several, the one of ``happened`` that differs most among them."""
    if not times:
        return None
    if subject is None:
        opened = [time for time in times if time.column.matches(names.OPENED)]
        plain = [time for time in times if time.column.matches(names.STAMP)]
        return max(opened or plain or times, key=lambda time: round(time.column.filled, 1))

    def changes(time: TimeColumn) -> tuple[int, bool]:
        parts = [subject.name, *(part.name for part in time.columns)]
        moments = {tuple(fields.get(part, "") for part in parts) for fields in rows}
        return len(moments), time.column.matches(names.UPDATED) or time.column.matches(names.STAMP)

    often = [time for time in times if time.column.filled >= _MOSTLY and time.column in happened]
    return max(often, key=changes, default=times[0])


def rows_over_midnight(main: TimeColumn | None, times: Sequence[TimeColumn], rows: _Rows) -> dict[str, int]:
    """In how many rows a time of day that has its date from elsewhere is before the ``main`` time."""
    joined = [time for time in times if time is not main and len(time.columns) > 1]
    if main is None or not joined:
        return {}
    begun = _moments(main, rows)
    found = {}
    for time in joined:
        pairs = zip(begun, _moments(time, rows), strict=True)
        found[time.column.name] = sum(
            earlier is not None and later is not None and later < earlier for earlier, later in pairs
        )
    return found


def begin_with_their_text(main: TimeColumn, opened: TimeColumn, subject: Column, rows: _Rows) -> bool:
    """Whether the earliest row of a subject mostly is of the time at which its ticket was opened."""
    first: dict[str, tuple[datetime, datetime]] = {}
    for fields, at, began in zip(rows, _moments(main, rows), _moments(opened, rows), strict=True):
        if at is not None and began is not None:
            ticket = fields.get(subject.name, "")
            first[ticket] = min(first.get(ticket, (at, began)), (at, began))
    return sum(at == began for at, began in first.values()) > len(first) / 2


def _moments(time: TimeColumn, rows: Sequence[dict[str, str]]) -> list[datetime | None]:
    texts = [" ".join(fields.get(column.name, "") for column in time.columns) for fields in rows]
    moments = moments_of(time.spelling.format, texts)
    return [moments.get(text) for text in texts]
