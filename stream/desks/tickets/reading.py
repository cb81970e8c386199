"""What is true of a partition's tickets at a moment: who is open, who waits, and how their clocks stand."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from stream.desks.tickets.series import TicketSeries
from stream.desks.tickets.sla.agenda import ClockKey


class TicketsReading(NamedTuple):
    """The open tickets and SLA clocks of a partition, as its desk and agenda tell of them."""

    without_opening: int
    opened: Iterable[tuple[TicketSeries, array[int]]]
    waiting: Iterable[tuple[TicketSeries, int]]
    clocks: Mapping[ClockKey, int]
    deadlines: Iterable[tuple[str, int, int]]

    def held(self) -> TicketsReading:
        """A copy that stays as it is."""
        return TicketsReading(
            self.without_opening,
            [(series, opened[:]) for series, opened in self.opened],
            list(self.waiting),
            dict(self.clocks),
            list(self.deadlines),
        )
