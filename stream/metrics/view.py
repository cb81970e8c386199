"""What a worker knows at one moment, summed over the partitions that it holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from stream.metrics.partition_reading import LENGTHS, HeldPartition, LivePartition, PartitionReading
from stream.state.desk import Desk
from stream.state.kind import DeskGroup, Kind, Samples
from stream.state.partition import PartitionState
from stream.state.stock import StockLevels, WindowStocks, levels_by_series, stocks_by_series
from stream.state.totals import WindowTotals, by_series
from stream.windows.clock import Clock
from stream.windows.local_days import LocalDays
from stream.windows.series import SeriesRegistry
from stream.windows.sliding import LIFETIME, WINDOWS


class DetachedViewError(Exception):
    """A view that has let go of the states was asked for what only they know."""


@dataclass(frozen=True, slots=True)
class KindStates:
    """A kind with its desks in a worker, and the states of the partitions held."""

    kind: Kind
    group: DeskGroup
    states: Sequence[PartitionState]


class WorkerView:
    """Reads the states of a worker's partitions; made anew for each scrape or request.

    It is sound between two batches, and on any thread at any time once it is detached.
    """

    def __init__(self, kinds: Iterable[KindStates], registry: SeriesRegistry, clock: Clock) -> None:
        self._kinds: list[KindStates] | None = list(kinds)
        self._registry = registry
        self._groups = {part.kind.name: part.group for part in self._kinds}
        self.kinds: tuple[Kind, ...] = tuple(part.kind for part in self._kinds)
        self.clock_name = clock.name
        self.now = clock.now()
        states = [state for part in self._kinds for state in part.states]
        self.watermark = max((state.watermark for state in states), default=0)
        self._readings: dict[str, list[PartitionReading]] = {
            part.kind.name: [LivePartition(state, self.now) for state in part.states] for part in self._kinds
        }
        self._windows: dict[str, WindowTotals] = {}
        self._levels: StockLevels | None = None
        self._stocks: dict[str, WindowStocks] = {}
        self._summaries: dict[str, Any] = {}

    def detach(self, windows: Collection[str] = (), *, days: bool = False) -> None:
        """Let go of the states, with a copy of these windows, the days if wanted, the stocks and what the desks say.

        Whatever else is asked for from then on raises ``KeyError`` or ``DetachedViewError``.
        """
        self._readings = {
            part.kind.name: [
                HeldPartition(state, self.now, windows, days=days, stocks=bool(part.kind.stocks))
                for state in part.states
            ]
            for part in self._attached()
        }
        self._kinds = None

    def window(self, name: str) -> WindowTotals:
        """The totals of a window, or of the lifetime, by series; only what is not zero."""
        totals = self._windows.get(name)
        if totals is None:
            found = chain.from_iterable(partition.totals_of(name) for partition in self._all())
            totals = self._windows[name] = by_series(found, self._registry)
        return totals

    def levels(self) -> StockLevels:
        """How much there is of each stock now, by series; only what is not zero."""
        if self._levels is None:
            self._levels = levels_by_series((partition.levels() for partition in self._stocked()), self._registry)
        return self._levels

    def stocks(self, name: str) -> WindowStocks:
        """The stocks over a window, by series; only what is not zero. Raises ``KeyError`` for the lifetime."""
        stocks = self._stocks.get(name)
        if stocks is None:
            found = (partition.stocks_of(name) for partition in self._stocked())
            stocks = self._stocks[name] = stocks_by_series(found, name, LENGTHS[name], self._registry)
        return stocks

    def days(self) -> Iterator[tuple[str, WindowTotals]]:
        """The totals of each local day that has any, oldest first, by ISO date."""
        by_day = [partition.days() for partition in self._all()]
        for day in sorted(set().union(*by_day)):
            if totals := by_series((days.get(day, {}) for days in by_day), self._registry):
                yield LocalDays.date_of(day).isoformat(), totals

    def readings(self, kind: str) -> list[Any]:
        """What the desks of a kind said of their entities, partition by partition."""
        return [partition.of_desk() for partition in self._readings[kind]]

    def summary(self, kind: str) -> Any:  # noqa: ANN401 - what the kind makes of its own entities
        """What the readings of a kind's partitions come to at ``now``."""
        if kind not in self._summaries:
            self._summaries[kind] = self._groups[kind].summary(self.readings(kind), self)
        return self._summaries[kind]

    def holds(self, kind: str) -> bool:
        """Whether the worker holds a partition of a kind; without one it cannot say that there is nothing of it."""
        return bool(self._readings[kind])

    def samples(self) -> Iterator[Samples]:
        """The gauges of all kinds, without values for a kind of which no partition is held."""
        for name, group in self._groups.items():
            held = self.holds(name)
            for metric, values in group.samples(self.summary(name)):
                yield metric, values if held else {}

    def state_numbers(self) -> dict[str, Any]:
        """The gauges of all kinds, and how much there is of their stocks, as final numbers."""
        levels = self.levels()
        stocks = [stock.name for kind in self.kinds for stock in kind.stocks if not stock.windowed]
        numbers: dict[str, Any] = {name: sum(levels.get(name, {}).values()) for name in stocks}
        for name, group in self._groups.items():
            numbers |= group.state_numbers(self.summary(name))
        return numbers

    def desks(self, kind: str) -> list[Desk[Any]]:
        """The desks of a kind, one for each partition held."""
        return [state.desk for part in self._attached() if part.kind.name == kind for state in part.states]

    def _all(self) -> Iterator[PartitionReading]:
        return chain.from_iterable(self._readings.values())

    def _stocked(self) -> Iterator[PartitionReading]:
        return chain.from_iterable(self._readings[kind.name] for kind in self.kinds if kind.stocks)

    def _attached(self) -> list[KindStates]:
        if self._kinds is None:
            raise DetachedViewError("this view has let go of the states")
        return self._kinds


WINDOW_NAMES: Final[Sequence[str]] = (*(shape.name for shape in WINDOWS), LIFETIME)
"""The windows that can be asked for, the lifetime last."""
