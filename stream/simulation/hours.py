"""When people work and when they are awake."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from stream.windows.moments import MICROSECONDS

Spans = tuple[tuple[time, time], ...]
"""The spans of a day, in local time, in order."""

_WORKDAY: Final[Spans] = ((time(8, 30), time(12, 30)), (time(13, 15), time(17, 45)))
_LONG_DAY: Final[Spans] = ((time(7, 30), time(21)),)
_SHORT_DAY: Final[Spans] = ((time(9), time(17)),)
_WAKING: Final[Spans] = ((time(7), time(22, 45)),)

OFFICE: Final[tuple[Spans, ...]] = (_WORKDAY,) * 5 + ((),) * 2
SERVICE: Final[tuple[Spans, ...]] = (_LONG_DAY,) * 5 + (_SHORT_DAY,) * 2
WAKING: Final[tuple[Spans, ...]] = (_WAKING,) * 7


class Hours:
    """A week of open spans, Monday first, in a time zone."""

    def __init__(self, week: tuple[Spans, ...], zone: ZoneInfo) -> None:
        self._week = week
        self._zone = zone
        self._next_day = date.min
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._open_before: list[int] = []
        self._open_after: list[int] = []

    def after(self, moment: int, work: int) -> int:
        """When ``work`` microseconds of open time have passed since ``moment``."""
        if not self._starts or moment < self._starts[0]:
            self._begin(moment)
        while self._ends[-1] <= moment:
            self._add_day()
        span = bisect_right(self._starts, moment) - 1
        done = self._open_before[span] + min(moment, self._ends[span]) - self._starts[span]
        target = done + max(work, 1)
        while self._open_after[-1] < target:
            self._add_day()
        span = bisect_left(self._open_after, target)
        return self._starts[span] + target - self._open_before[span]

    def _begin(self, moment: int) -> None:
        for spans in (self._starts, self._ends, self._open_before, self._open_after):
            spans.clear()
        self._next_day = datetime.fromtimestamp(moment / MICROSECONDS, self._zone).date() - timedelta(days=7)
        while not self._starts:
            self._add_day()

    def _add_day(self) -> None:
        day = self._next_day
        for opens, closes in self._week[day.weekday()]:
            start, end = (
                int(datetime.combine(day, at, self._zone).timestamp()) * MICROSECONDS for at in (opens, closes)
            )
            before = self._open_after[-1] if self._open_after else 0
            self._starts.append(start)
            self._ends.append(end)
            self._open_before.append(before)
            self._open_after.append(before + end - start)
        self._next_day = day + timedelta(days=1)
