"""What a view reads of a partition's state: from the state itself, or from a copy that any thread may read."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple, Protocol

from stream.desks.tickets.desk import TicketDesk
from stream.desks.tickets.series import TicketSeries
from stream.desks.tickets.sla.agenda import ClockKey
from stream.state.partition import PartitionState
from stream.windows.sliding import LIFETIME

SlotTotals = dict[int, int]


class TicketsReading(NamedTuple):
    """The open tickets and SLA clocks of a partition, as its desk and agenda tell of them."""

    without_opening: int
    opened: Iterable[tuple[TicketSeries, array[int]]]
    waiting: Iterable[tuple[TicketSeries, int]]
    clocks: Mapping[ClockKey, int]
    deadlines: Iterable[tuple[str, int, int]]


class PartitionReading(Protocol):
    """A partition of which totals, days and open tickets can be read."""

    def totals_of(self, window: str) -> Iterable[SlotTotals]:
        """What the totals of a window, or of the lifetime, are the sum of; slots may hold zero."""

    def days(self) -> Mapping[int, SlotTotals]:
        """The totals by slot of each local day of the report, by its number."""

    def tickets(self) -> TicketsReading | None:
        """The open tickets, ``None`` if the partition is not one of tickets."""


class LivePartition:
    """Reads the state as it is, which is sound only between two batches."""

    def __init__(self, state: PartitionState) -> None:
        self._state = state

    def totals_of(self, window: str) -> Iterable[SlotTotals]:
        """What the totals of a window, or of the lifetime, are the sum of; slots may hold zero."""
        windows = self._state.windows
        if window == LIFETIME:
            return map(windows.days.of_day, windows.days.numbers())
        return (windows.totals_of(window),)

    def days(self) -> Mapping[int, SlotTotals]:
        """The totals by slot of each local day of the report, by its number."""
        return self._state.windows.days.days

    def tickets(self) -> TicketsReading | None:
        """The open tickets, ``None`` if the partition is not one of tickets."""
        desk = self._state.desk
        if not isinstance(desk, TicketDesk):
            return None
        agenda = desk.agenda
        clocks, deadlines = ({}, ()) if agenda is None else (agenda.counts, agenda.deadlines())
        return TicketsReading(desk.without_opening, desk.open.opened(), desk.open.waiting(), clocks, deadlines)


class HeldPartition:
    """A copy of some windows, of the days if they are wanted, and of the open tickets.

    What was not copied raises ``KeyError`` when it is asked for.
    """

    def __init__(self, state: PartitionState, windows: Collection[str], *, days: bool) -> None:
        live = LivePartition(state)
        # Unlike dict(), this copies a dict and its subclasses as one piece of memory.
        self._totals = {name: [dict.copy(totals) for totals in live.totals_of(name)] for name in windows}
        self._days = {number: dict.copy(totals) for number, totals in live.days().items()} if days else None
        found = live.tickets()
        self._tickets = found and TicketsReading(
            found.without_opening,
            [(series, opened[:]) for series, opened in found.opened],
            list(found.waiting),
            dict(found.clocks),
            list(found.deadlines),
        )

    def totals_of(self, window: str) -> Iterable[SlotTotals]:
        """What the totals of a window, or of the lifetime, are the sum of; slots may hold zero."""
        return self._totals[window]

    def days(self) -> Mapping[int, SlotTotals]:
        """The totals by slot of each local day of the report, by its number."""
        if self._days is None:
            raise KeyError("days")
        return self._days

    def tickets(self) -> TicketsReading | None:
        """The open tickets, ``None`` if the partition is not one of tickets."""
        return self._tickets
