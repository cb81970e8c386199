"""Days as people live them: from midnight to midnight in a time zone."""

from __future__ import annotations

from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from stream.windows.moments import MINUTE, from_microseconds

QUARTER: Final = 15 * MINUTE
"""Every offset from UTC in use is a multiple of this, in microseconds."""

_REMEMBERED: Final = 20_000


class LocalDays:
    """Numbers the local days of a zone; a day's number is its proleptic Gregorian ordinal.

    The day is the same all through a quarter of an hour of UTC, so it is looked up once for each.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._days: dict[int, int] = {}

    def day_of(self, at: int) -> int:
        """The number of the local day in which ``at`` (microseconds since the epoch) lies."""
        quarter = at // QUARTER
        day = self._days.get(quarter)
        if day is None:
            day = from_microseconds(quarter * QUARTER).astimezone(self._zone).toordinal()
            if len(self._days) > _REMEMBERED:
                self._days.clear()
            self._days[quarter] = day
        return day

    @staticmethod
    def date_of(day: int) -> date:
        """The calendar date of a day's number."""
        return date.fromordinal(day)
