"""Days as people live them: from midnight to midnight in a time zone."""

from __future__ import annotations

from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from stream.windows.moments import DAY, MINUTE, from_microseconds

QUARTER: Final = 15 * MINUTE
"""Every offset from UTC in use is a multiple of this, in microseconds."""

_QUARTERS: Final = DAY // QUARTER
_REMEMBERED: Final = 2_000


class LocalDays:
    """Numbers the local days of a zone; a day's number is its proleptic Gregorian ordinal.

    The day is the same all through a quarter of an hour of UTC, so it is looked up once for each, for a day of UTC at
    once.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._days: dict[int, tuple[int, ...]] = {}

    def day_of(self, at: int) -> int:
        """The number of the local day in which ``at`` (microseconds since the epoch) lies."""
        quarter = at // QUARTER
        days = self._days.get(quarter // _QUARTERS)
        if days is None:
            days = self._days_of(quarter // _QUARTERS)
        return days[quarter % _QUARTERS]

    def _days_of(self, utc_day: int) -> tuple[int, ...]:
        if len(self._days) >= _REMEMBERED:
            self._days.clear()
        first = utc_day * _QUARTERS
        quarters = range(first, first + _QUARTERS)
        days = tuple(from_microseconds(quarter * QUARTER).astimezone(self._zone).toordinal() for quarter in quarters)
        self._days[utc_day] = days
        return days

    @staticmethod
    def date_of(day: int) -> date:
        """The calendar date of a day's number."""
        return date.fromordinal(day)
