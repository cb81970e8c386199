"""Opening hours as a list of openings, one local day after the other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Final

from stream.windows.business_calendar import BusinessCalendar
from tests.oracle.records import EPOCH, MICROSECOND

_DAYS_BEFORE: Final = 3
"""An overnight shift ends up to two days after the midnight of its day, and zones are up to a day apart."""

_LONGEST_WALK: Final = 4_000
"""Days: opening hours that do not come in ten years do not come."""


@cache
def _shifts_of(calendar: BusinessCalendar, day: date) -> tuple[tuple[int, int], ...]:
    """The begins and ends of the shifts that start on a local day, in microseconds since the epoch."""
    if day in calendar.holidays:
        return ()
    shifts = [
        (_moment(calendar, day, shift.start), _moment(calendar, day, shift.end))
        for shift in calendar.week[day.weekday()]
    ]
    return tuple(sorted((opens, closes) for opens, closes in shifts if opens < closes))


def _moment(calendar: BusinessCalendar, day: date, minutes: int) -> int:
    days, minute = divmod(minutes, 24 * 60)
    local = datetime.combine(day + timedelta(days=days), time(minute // 60, minute % 60), calendar.zone)
    return (local.astimezone(UTC) - EPOCH) // MICROSECOND


def _openings_from(calendar: BusinessCalendar, moment: int) -> Iterator[tuple[int, int]]:
    """The openings after a moment, in order; of shifts that overlap, the later one begins where the earlier ends."""
    first_day = (EPOCH + moment * MICROSECOND).date() - timedelta(days=_DAYS_BEFORE)
    counted = moment
    for days in range(_LONGEST_WALK):
        for opens, closes in _shifts_of(calendar, first_day + timedelta(days=days)):
            if closes > counted:
                yield max(opens, counted), closes
                counted = closes


def time_between(calendar: BusinessCalendar | None, start: int, end: int) -> int:
    """How many microseconds from ``start`` to ``end`` were open; all of them without a calendar."""
    if calendar is None:
        return max(0, end - start)
    total = 0
    for opens, closes in _openings_from(calendar, start):
        if opens >= end:
            break
        total += min(closes, end) - opens
    return total


def moment_after(calendar: BusinessCalendar | None, start: int, span: int) -> int | None:
    """The first moment at which ``span`` microseconds have been open since ``start``, ``None`` if never."""
    if calendar is None or span == 0:
        return start + span
    for opens, closes in _openings_from(calendar, start):
        if closes - opens >= span:
            return opens + span
        span -= closes - opens
    return None
