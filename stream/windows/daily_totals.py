"""Totals by local day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from stream.windows.local_days import QUARTER, LocalDays

Totals = defaultdict[int, int]
"""Sums by slot."""

REPORT_DAYS: Final = 400
"""How many local days back the daily totals reach."""

_OLDER: Final = 0


class DailyTotals:
    """Totals by local day, for the report. What the report does not reach back to is kept in one sum."""

    __slots__ = ("_added_to", "_changed", "_latest", "_latest_quarter", "_local_days", "_older", "_oldest", "days")

    def __init__(self, local_days: LocalDays) -> None:
        self._local_days = local_days
        self._oldest = 0
        self._older: Totals = defaultdict(int)
        self._latest_quarter = -1
        self._latest = self._older
        self._added_to: dict[int, Totals] = {}
        self._changed: set[int] = set()
        self.days: dict[int, Totals] = {}

    def advance(self, now: int) -> None:
        """Leave behind the days that are more than ``REPORT_DAYS`` before ``now``."""
        oldest = self._local_days.day_of(now) - REPORT_DAYS
        if oldest > self._oldest:
            for day in keys_between(self.days, self._oldest, oldest):
                add_totals(self._older, self.days.pop(day))
                self._changed.add(_OLDER)
            self._oldest = oldest
            self._forget_latest()

    def days_at(self, now: int) -> Mapping[int, Totals]:
        """The totals of the days that the report reaches back to at ``now``, by number."""
        oldest = self._local_days.day_of(now) - REPORT_DAYS
        return {day: totals for day, totals in self.days.items() if day > oldest}

    def number_of(self, at: int) -> int:
        """The number of the day of a moment."""
        return self._local_days.day_of(at)

    def numbers(self) -> Iterator[int]:
        """The numbers of the days there are; 0 stands for all days before the report's."""
        yield _OLDER
        yield from self.days

    def changed(self) -> Iterator[tuple[int, Totals]]:
        """The days added to since this was last asked, by number."""
        changed, self._changed = self._changed, set()
        self._forget_latest()
        for day in changed:
            totals = self._older if day == _OLDER else self.days.get(day)
            if totals is not None:
                yield day, totals

    def all_changed(self) -> None:
        """Whatever was written down of the days is of no use."""
        self._changed.update(self.numbers())

    def of_day(self, day: int) -> Totals:
        """The totals of the day of a number, to be added to without being changed by that."""
        return self._older if day <= self._oldest else self.days.setdefault(day, defaultdict(int))

    def of_changed_day(self, day: int) -> Totals:
        """The totals of the day of a number, or of all days before the report's, which changes by that."""
        if day <= self._oldest:
            self._changed.add(_OLDER)
            return self._older
        self._changed.add(day)
        totals = self.days.get(day)
        if totals is None:
            totals = self.days[day] = defaultdict(int)
        return totals

    def sum(self) -> Totals:
        """All days together, also those that the report does not reach back to."""
        result = self._older.copy()
        for totals in self.days.values():
            add_totals(result, totals)
        return result

    def totals_at(self, at: int) -> Totals:
        """The sums of the local day of ``at``, or of all days before the report's."""
        quarter = at // QUARTER
        if quarter != self._latest_quarter:
            self._latest_quarter = quarter
            day = self._local_days.day_of(at)
            latest = self._added_to.get(day)
            if latest is None:
                latest = self._added_to[day] = self.of_changed_day(day)
            self._latest = latest
        return self._latest

    def _forget_latest(self) -> None:
        self._latest_quarter = -1
        self._added_to.clear()


def add_totals(into: Totals, totals: Totals) -> None:
    """Add totals to others."""
    for slot, amount in totals.items():
        into[slot] += amount


def keys_between(panes: Mapping[int, Totals], after: int, through: int) -> list[int]:
    """The numbers of the panes there are after one, up to and with another."""
    if through - after > len(panes):
        return [index for index in panes if after < index <= through]
    return [index for index in range(after + 1, through + 1) if index in panes]
