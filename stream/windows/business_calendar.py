"""Business calendars: how much of a span lies within opening hours."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from stream.windows.moments import DAY, EPOCH, to_microseconds

_MINUTES_A_DAY: Final = 24 * 60
_EPOCH_DAY: Final = EPOCH.toordinal()
# A shift may end two days after its own in UTC, which has to exist as well.
_MARGIN: Final = 2
_FIRST_DAY: Final = date.min.toordinal() + _MARGIN
_LAST_DAY: Final = date.max.toordinal() - _MARGIN - 1
_AHEAD: Final = 370


@dataclass(frozen=True, slots=True)
class Shift:
    """An opening from ``start`` to ``end``, in minutes after a day's local midnight.

    An overnight shift ends after ``24 * 60``. The shift belongs to the day on which it starts.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < _MINUTES_A_DAY or not self.start < self.end <= self.start + _MINUTES_A_DAY:
            message = f"a shift from minute {self.start} to minute {self.end} of a day is impossible"
            raise ValueError(message)


@dataclass(slots=True, eq=False)
class BusinessCalendar:
    """Opening hours of a week in a time zone, with days off.

    ``week`` holds the shifts of Monday to Sunday; ``holidays`` are local dates on which no shift starts.
    Local times are turned into UTC day by day, so a change of the clocks lengthens or shortens the shift
    that it falls into, as it does for the people who work it. ``name`` is for people.
    """

    zone: ZoneInfo
    week: Sequence[Sequence[Shift]]
    holidays: Container[date] = frozenset()
    name: str = field(default="", kw_only=True)
    _first_day: int = field(default=0, init=False)
    _last_day: int = field(default=-1, init=False)
    _covered_from: int = field(default=0, init=False)
    _covered_until: int = field(default=-1, init=False)
    _starts: list[int] = field(default_factory=list, init=False)
    _ends: list[int] = field(default_factory=list, init=False)
    _open_before: list[int] = field(default_factory=list, init=False)

    def between(self, start: int, end: int) -> int:
        """Microseconds of opening hours in ``[start, end)``; zero if the span is empty or turned round."""
        if end <= start:
            return 0
        self._cover(start, end)
        return self._open_until(end) - self._open_until(start)

    def after(self, start: int, span: int) -> int | None:
        """The earliest moment at which ``span`` microseconds of opening hours have passed since ``start``.

        ``None`` if that is not so within years.
        """
        if span <= 0:
            return start
        self._cover(start, start)
        for years in (0, 1, 4, 16):
            if years:
                self._cover(start, start + years * 366 * DAY)
            wanted = self._open_until(start) + span
            index = bisect_left(self._open_before, wanted) - 1
            moment = self._starts[index] + wanted - self._open_before[index] if index >= 0 else 0
            if index >= 0 and moment <= self._ends[index]:
                return moment
        return None

    def _open_until(self, moment: int) -> int:
        index = bisect_right(self._starts, moment) - 1
        if index < 0:
            return 0
        return self._open_before[index] + min(moment, self._ends[index]) - self._starts[index]

    def _cover(self, start: int, end: int) -> None:
        if self._covered_from <= start and end <= self._covered_until:
            return
        first, last = start // DAY + _EPOCH_DAY - _AHEAD, end // DAY + _EPOCH_DAY + _AHEAD
        if self._last_day >= self._first_day:
            first, last = min(first, self._first_day), max(last, self._last_day)
        self._first_day, self._last_day = max(first, _FIRST_DAY), min(last, _LAST_DAY)
        self._covered_from = (first - _EPOCH_DAY + _MARGIN) * DAY
        self._covered_until = (last - _EPOCH_DAY - _MARGIN) * DAY
        self._starts.clear()
        self._ends.clear()
        self._open_before.clear()
        total = 0
        for opens, closes in _merged(self._openings()):
            self._starts.append(opens)
            self._ends.append(closes)
            self._open_before.append(total)
            total += closes - opens

    def _openings(self) -> Iterable[tuple[int, int]]:
        for ordinal in range(self._first_day, self._last_day + 1):
            day = date.fromordinal(ordinal)
            if day in self.holidays:
                continue
            for shift in self.week[day.weekday()]:
                yield self._moment(day, shift.start), self._moment(day, shift.end)

    def _moment(self, day: date, minutes: int) -> int:
        local = datetime.combine(day, time(), self.zone) + timedelta(minutes=minutes)
        return to_microseconds(local.astimezone(UTC))


def _merged(spans: Iterable[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    current: tuple[int, int] | None = None
    for opens, closes in sorted(spans):
        if opens >= closes:
            continue
        if current is None:
            current = (opens, closes)
        elif opens <= current[1]:
            current = (current[0], max(current[1], closes))
        else:
            yield current
            current = (opens, closes)
    if current is not None:
        yield current
