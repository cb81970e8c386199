"""Opening hours, read off a clock on the wall and cut into days of UTC.

A shift begins and ends when the clock on the wall shows it. As in iCalendar, a time that it shows twice is the first of
the two, and one that the clocks skip is as long after midnight as if they had not been changed yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date
from functools import cache
from itertools import accumulate, pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo

from holidays import country_holidays

from tests.oracle.moments import EPOCH, MICROSECOND

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_MINUTE: Final = 60_000_000
_MINUTES_OF_A_DAY: Final = 24 * 60
_DAY: Final = _MINUTES_OF_A_DAY * _MINUTE
_EPOCH_ORDINAL: Final = EPOCH.toordinal()

_DAYS_BEFORE: Final = 3
"""An overnight shift ends up to two days after the midnight of its day, and zones are up to a day apart."""

_LONGEST_WALK: Final = 4_000
"""Days: opening hours that do not come in ten years do not come."""

_SHIFT: Final = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shift:
    """From one minute after a local midnight to another, of the next day if it is 1440 or more."""

    start: int
    end: int

    @classmethod
    def of(cls, text: str) -> Shift:
        """The shift that is written as ``09:00-17:00``, or overnight as ``22:00-06:00``.

        Raises ``ValueError`` if it is none.
        """
        match = _SHIFT.fullmatch(text)
        if match is None:
            message = f"{text!r} is not a shift such as 09:00-17:00"
            raise ValueError(message)
        first_hour, first_minute, last_hour, last_minute = map(int, match.groups())
        start, end = first_hour * 60 + first_minute, last_hour * 60 + last_minute
        return cls(start, end if start < end else end + _MINUTES_OF_A_DAY)


@dataclass(frozen=True, slots=True, eq=False)
class OpeningHours:
    """The shifts of Monday to Sunday in a time zone; none starts on a holiday, which are local dates.

    ``national`` are the public holidays of a country, as ``(country, subdivision)``.
    """

    zone: str
    week: tuple[tuple[Shift, ...], ...]
    holidays: frozenset[date] = frozenset()
    national: tuple[str, str | None] | None = None
    _zone: ZoneInfo = field(init=False)
    _national: Any = field(init=False)

    def __post_init__(self) -> None:
        """Look up the zone and the country."""
        object.__setattr__(self, "_zone", ZoneInfo(self.zone))
        found = () if self.national is None else country_holidays(self.national[0], subdiv=self.national[1])
        object.__setattr__(self, "_national", found)

    @classmethod
    def of_table(cls, table: Mapping[str, Any]) -> OpeningHours | None:
        """The opening hours of a table with the keys of the section ``calendar``, ``None`` if no day has any."""
        week = tuple(tuple(map(Shift.of, table.get(day, ()))) for day in DAYS)
        if not any(week):
            return None
        country = table.get("country")
        return cls(
            table.get("time_zone", "UTC"),
            week,
            frozenset(day if isinstance(day, date) else date.fromisoformat(day) for day in table.get("holidays", ())),
            None if country is None else (country, table.get("subdivision")),
        )

    def offset_at(self, moment: int) -> int:
        """By how many microseconds the clock on the wall is ahead of UTC at a moment."""
        local = (EPOCH + moment * MICROSECOND).astimezone(self._zone)
        return (local.replace(tzinfo=UTC) - EPOCH) // MICROSECOND - moment

    def shifts_on(self, day: date) -> tuple[Shift, ...]:
        """The shifts that start on a local date."""
        return () if day in self.holidays or day in self._national else self.week[day.weekday()]

    def moment_of(self, local: int) -> int:
        """When the clock on the wall shows a time, which is given in microseconds as if it were one of UTC."""
        earlier, later = self.offset_at(local - _DAY), self.offset_at(local + _DAY)
        for offset in (earlier, later):
            if self.offset_at(local - offset) == offset:
                return local - offset
        return local - earlier


@cache
def _spans_of(calendar: OpeningHours, day: int) -> tuple[tuple[int, int], ...]:
    """The beginning and end of each shift that starts on a local day, which is so many days after the epoch."""
    return tuple(
        (calendar.moment_of(day * _DAY + shift.start * _MINUTE), calendar.moment_of(day * _DAY + shift.end * _MINUTE))
        for shift in calendar.shifts_on(date.fromordinal(day + _EPOCH_ORDINAL))
    )


@cache
def openings_on(calendar: OpeningHours, day: int) -> tuple[tuple[int, int], ...]:
    """When it is open on a day of UTC, so many days after the epoch: spans in order that do not overlap.

    Each edge of a shift changes how many shifts are on; it is open wherever that is more than none.
    """
    steps: list[tuple[int, int]] = []
    for local_day in range(day - _DAYS_BEFORE, day + 2):
        for begin, end in _spans_of(calendar, local_day):
            opens, closes = max(begin, day * _DAY), min(end, (day + 1) * _DAY)
            if opens < closes:
                steps += [(opens, 1), (closes, -1)]
    steps.sort()
    on = accumulate(change for _, change in steps)
    return tuple(
        (begin, end) for ((begin, _), (end, _)), shifts in zip(pairwise(steps), on, strict=False) if shifts > 0
    )


def openings_between(calendar: OpeningHours, start: int, end: int) -> Iterator[tuple[int, int]]:
    """When it is open from one moment to another, in order."""
    for day in range(start // _DAY, -(-end // _DAY)):
        for opens, closes in openings_on(calendar, day):
            if opens < end and start < closes:
                yield max(opens, start), min(closes, end)


def time_between(calendar: OpeningHours | None, start: int, end: int) -> int:
    """How many microseconds from ``start`` to ``end`` were open; all of them without a calendar."""
    if calendar is None:
        return max(0, end - start)
    return sum(closes - opens for opens, closes in openings_between(calendar, start, end))


def moment_after(calendar: OpeningHours | None, start: int, span: int) -> int | None:
    """The first moment at which ``span`` microseconds have been open since ``start``, ``None`` if never."""
    if calendar is None or span == 0:
        return start + span
    for opens, closes in openings_between(calendar, start, start + _LONGEST_WALK * _DAY):
        if closes - opens >= span:
            return opens + span
        span -= closes - opens
    return None
