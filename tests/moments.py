"""Moments of stories, and the records of what happens then."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from stream.windows.business_calendar import BusinessCalendar, Shift
from stream.windows.clock import WallClock
from stream.windows.moments import to_microseconds
from tests import event_records

START: Final = datetime(2024, 3, 4, 12, tzinfo=UTC)
"""When the stories begin: noon of a Monday."""

MINUTE: Final = 60
HOUR: Final = 3_600
DAY: Final = 86_400

When = float | str
"""Seconds after the start of the story, or an RFC 3339 time."""


def moment(when: When) -> datetime:
    """The time of an event."""
    return datetime.fromisoformat(when) if isinstance(when, str) else START + timedelta(seconds=when)


def microseconds(when: When) -> int:
    """The time of an event as the domain counts it."""
    return to_microseconds(moment(when))


class MovableClock(WallClock):
    """A wall clock that shows what it is set to, in seconds after the start of the story."""

    def __init__(self, seconds: float = 0) -> None:
        super().__init__(lambda: microseconds(self.seconds) * 1_000, lambda: 0)
        self.seconds = seconds


def record(event_type: str, when: When, subject: str, data: object, **attributes: object) -> bytes:
    """A raw record; records with the same content are the same event."""
    return event_records.record(event_type, subject, moment(when).isoformat(), data, **attributes)


def office_hours(
    zone: str = "UTC", shifts: Iterable[tuple[float, float]] = ((9, 17),), days: Iterable[int] = range(5)
) -> BusinessCalendar:
    """A calendar with the same shifts, in hours, on each of the given days of the week."""
    week = tuple(Shift(round(start * 60), round(end * 60)) for start, end in shifts)
    chosen = set(days)
    return BusinessCalendar(ZoneInfo(zone), [week if day in chosen else () for day in range(7)])
