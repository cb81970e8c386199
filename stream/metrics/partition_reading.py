"""What a view reads of a partition's state: from the state itself, or from a copy that any thread may read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final, Protocol

from stream.state.partition import PartitionState
from stream.state.totals import SlotTotals
from stream.windows.series import SUM
from stream.windows.sliding import LIFETIME, WINDOWS, Contribution
from stream.windows.stocks import Reading

LENGTHS: Final = {shape.name: shape.length for shape in WINDOWS}
"""How long the windows are of which there are stocks, in microseconds."""

_PANES: Final = {shape.name: shape.pane for shape in WINDOWS}


class PartitionReading(Protocol):
    """A partition of which totals, stocks, days and what its desk says can be read."""

    def totals_of(self, window: str) -> Iterable[SlotTotals]:
        """What the totals of a window, or of the lifetime, are the sum of; slots may hold zero."""

    def days(self) -> Mapping[int, SlotTotals]:
        """The totals by slot of each local day of the report, by its number."""

    def levels(self) -> Mapping[int, int]:
        """How much there is of each stock, by slot."""

    def stocks_of(self, window: str) -> Reading:
        """The stocks over a window, by slot."""

    def of_desk(self) -> Any:  # noqa: ANN401 - what the kind makes of its own entities
        """What the desk says of its entities at the moment."""


class LivePartition:
    """Reads the state as it is at the moment ``now`` (microseconds), which is sound only between two batches."""

    def __init__(self, state: PartitionState, now: int) -> None:
        self._state = state
        self._now = now
        self._ahead = tuple(state.desk.ahead(now))

    def totals_of(self, window: str) -> Iterable[SlotTotals]:
        """What the totals of a window, or of the lifetime, are the sum of; slots may hold zero."""
        windows = self._state.windows
        if window == LIFETIME:
            found: Iterable[SlotTotals] = map(windows.days.of_day, windows.days.numbers())
            return (*found, _taken_off(self._ahead)) if self._ahead else found
        pane = _PANES[window]
        early = [contribution for contribution in self._ahead if contribution[1] // pane <= self._now // pane]
        totals = windows.totals_at(window, self._now)
        return (totals, _taken_off(early)) if early else (totals,)

    def days(self) -> Mapping[int, SlotTotals]:
        """The totals by slot of each local day of the report, by its number."""
        days = self._state.windows.days
        found: dict[int, SlotTotals] = dict(days.days_at(self._now))
        early: dict[int, list[Contribution]] = {}
        for contribution in self._ahead:
            early.setdefault(days.number_of(contribution[1]), []).append(contribution)
        for number, contributions in early.items():
            totals = found[number] = dict(found.get(number, {}))
            for slot, amount in _taken_off(contributions).items():
                totals[slot] = totals.get(slot, 0) + amount
        return found

    def levels(self) -> Mapping[int, int]:
        """How much there is of each stock, by slot."""
        return self._state.stocks.levels(self._now)

    def stocks_of(self, window: str) -> Reading:
        """The stocks over a window, by slot."""
        return self._state.stocks.reading(LENGTHS[window], self._now)

    def of_desk(self) -> Any:  # noqa: ANN401 - what the kind makes of its own entities
        """What the desk says of its entities at the moment."""
        return self._state.desk.reading(held=False)


class HeldPartition:
    """A copy of some windows, of the days and the ``stocks`` if they are wanted, and of what the desk says.

    What was not copied raises ``KeyError`` when it is asked for.
    """

    def __init__(self, state: PartitionState, now: int, windows: Collection[str], *, days: bool, stocks: bool) -> None:
        live = LivePartition(state, now)
        # Unlike dict(), this copies a dict and its subclasses as one piece of memory.
        self._totals = {name: [dict.copy(totals) for totals in live.totals_of(name)] for name in windows}
        self._days = {number: dict.copy(totals) for number, totals in live.days().items()} if days else None
        self._levels = live.levels() if stocks else {}
        self._stocks = {name: live.stocks_of(name) for name in windows if name in LENGTHS} if stocks else {}
        self._of_desk = state.desk.reading(held=True)

    def totals_of(self, window: str) -> Iterable[SlotTotals]:
        """What the totals of a window, or of the lifetime, are the sum of; slots may hold zero."""
        return self._totals[window]

    def days(self) -> Mapping[int, SlotTotals]:
        """The totals by slot of each local day of the report, by its number."""
        if self._days is None:
            raise KeyError("days")
        return self._days

    def levels(self) -> Mapping[int, int]:
        """How much there was of each stock, by slot."""
        return self._levels

    def stocks_of(self, window: str) -> Reading:
        """The stocks over a window, by slot."""
        return self._stocks[window]

    def of_desk(self) -> Any:  # noqa: ANN401 - what the kind makes of its own entities
        """What the desk said of its entities at the moment."""
        return self._of_desk


def _taken_off(contributions: Iterable[Contribution]) -> SlotTotals:
    """What takes contributions off a sum of totals, by slot."""
    totals: SlotTotals = {}
    for slot, _, count, duration in contributions:
        totals[slot] = totals.get(slot, 0) - count
        if duration:
            totals[slot | SUM] = totals.get(slot | SUM, 0) - duration
    return totals
