"""The tickets that are open now, by their series and their age."""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from collections import defaultdict
from typing import TYPE_CHECKING

from stream.desks.tickets.series import TicketSeries

if TYPE_CHECKING:
    from collections.abc import Iterator


class OpenTickets:
    """When each open ticket was opened, and how many customers wait, for each series."""

    def __init__(self) -> None:
        self._opened: dict[TicketSeries, array[int]] = {}
        self._waiting: defaultdict[TicketSeries, int] = defaultdict(int)

    def add(self, series: TicketSeries, created: int) -> None:
        """A ticket is open from now on."""
        opened = self._opened.get(series)
        if opened is None:
            opened = self._opened[series] = array("q")
        insort(opened, created)

    def note(self, series: TicketSeries, created: int) -> None:
        """As `add`, but out of order until `sort` is called."""
        opened = self._opened.get(series)
        if opened is None:
            opened = self._opened[series] = array("q")
        opened.append(created)

    def sort(self) -> None:
        """Put what was noted in order."""
        for series, opened in self._opened.items():
            self._opened[series] = array("q", sorted(opened))

    def remove(self, series: TicketSeries, created: int) -> None:
        """A ticket that was added is open no more."""
        opened = self._opened[series]
        del opened[bisect_left(opened, created)]
        if not opened:
            del self._opened[series]

    def wait(self, series: TicketSeries, change: int) -> None:
        """``change`` more (or, if negative, fewer) customers wait for an agent."""
        self._waiting[series] += change

    def opened(self) -> Iterator[tuple[TicketSeries, array[int]]]:
        """Creation times in ascending order (microseconds) by series."""
        return iter(self._opened.items())

    def waiting(self) -> Iterator[tuple[TicketSeries, int]]:
        """How many open tickets wait for an agent, by series."""
        return ((series, count) for series, count in self._waiting.items() if count)
