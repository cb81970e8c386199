"""What a view reads of a partition's state: from the state itself, or from a copy that any thread may read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final, Protocol

from stream.state.partition import PartitionState
from stream.state.totals import SlotTotals
from stream.windows.sliding import LIFETIME, WINDOWS
from stream.windows.stocks import Reading

LENGTHS: Final = {shape.name: shape.length for shape in WINDOWS}
"""How long the windows are of which there are stocks, in microseconds."""


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

    def totals_of(self, window: str) -> Iterable[SlotTotals]:
        """What the totals of a window, or of the lifetime, are the sum of; slots may hold zero."""
        windows = self._state.windows
        if window == LIFETIME:
            return map(windows.days.of_day, windows.days.numbers())
        return (windows.totals_at(window, self._now),)

    def days(self) -> Mapping[int, SlotTotals]:
        """The totals by slot of each local day of the report, by its number."""
        return self._state.windows.days.days_at(self._now)

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
