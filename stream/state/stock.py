"""The stocks of a kind: what there is of something at a moment, each with its labels and its definition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from stream.state.metric import PREFIX, WINDOW_LABEL, Metric, MetricType
from stream.windows.series import SeriesRegistry
from stream.windows.stocks import Reading


@dataclass(frozen=True, slots=True)
class Stock:
    """What there is at a moment, as ``definition`` says: entities add to it in steps, each at its own time.

    ``before`` asks for the level at the start of each window besides. A stock that is ``windowed`` has steps of its own
    for each window, because what is counted depends on the window, such as who is there now and was there a window
    ago; it has the label ``window``, the last one, and of it only the level is told. Over the fleet its metrics are
    summed up further to each combination of labels in ``levels``.
    """

    name: str
    labels: tuple[str, ...]
    definition: str
    before: bool = False
    levels: tuple[tuple[str, ...], ...] = ()
    windowed: bool = False

    @property
    def level(self) -> Metric:
        """The metric that exports how much there is now."""
        return Metric(PREFIX + self.name, MetricType.GAUGE, self.labels, self.definition, self.name, levels=self.levels)

    @property
    def integral(self) -> Metric:
        """The metric that exports the integral of the level over each window; divided by its length it is the mean."""
        return self._over_windows("seconds", "Seconds within the window, added up over all that there was: ")

    @property
    def level_before(self) -> Metric:
        """The metric that exports how much there was at the start of each window."""
        return self._over_windows("before", "At the start of the window: ")

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """All that is exported of it."""
        if self.windowed:
            return (self.level,)
        return (self.level, self.integral, self.level_before) if self.before else (self.level, self.integral)

    def _over_windows(self, what: str, words: str) -> Metric:
        name = f"{self.name}_{what}"
        levels = tuple((*labels, WINDOW_LABEL) for labels in self.levels)
        labels, definition = (*self.labels, WINDOW_LABEL), words + self.definition
        return Metric(PREFIX + name, MetricType.GAUGE, labels, definition, name, levels=levels)


@dataclass(slots=True)
class StockTotal:
    """A series of a stock: how much there was at the window's start, the sum of level times microseconds since.

    ``level`` is how much there is at its end.
    """

    before: int = 0
    integral: int = 0
    level: int = 0


StockLevels = Mapping[str, Mapping[tuple[str, ...], int]]
"""How much there is of each stock, by label values in the order that the stock names them; only what is not zero."""


class WindowStocks(NamedTuple):
    """The stocks over the window of this name and ``length`` (microseconds), by name and label values.

    There is only what is not zero.
    """

    window: str
    length: int
    totals: Mapping[str, Mapping[tuple[str, ...], StockTotal]]

    def level(self, stock: str, *, windowed: bool = False) -> int:
        """How much there is of a stock at the window's end, over all labels but, if it is windowed, the window."""
        found = self.totals.get(stock, {})
        return sum(total.level for values, total in found.items() if not windowed or values[-1] == self.window)

    def before(self, stock: str) -> int:
        """How much there was of a stock at the window's start, over all labels."""
        return sum(total.before for total in self.totals.get(stock, {}).values())

    def integral(self, stock: str) -> int:
        """The sum of level times microseconds of a stock over the window and all labels."""
        return sum(total.integral for total in self.totals.get(stock, {}).values())


def levels_by_series(found: Iterable[Mapping[int, int]], registry: SeriesRegistry) -> StockLevels:
    """Add levels by slot up and give them back by stock and label values."""
    summed: dict[int, int] = {}
    for levels in found:
        for slot, level in levels.items():
            summed[slot] = summed.get(slot, 0) + level
    result: dict[str, dict[tuple[str, ...], int]] = {}
    for slot, level in summed.items():
        if level:
            name, values = registry.series_of(slot)
            result.setdefault(name, {})[values] = level
    return result


def stocks_by_series(found: Iterable[Reading], window: str, length: int, registry: SeriesRegistry) -> WindowStocks:
    """Add readings of a window of a length (microseconds) up and give them back by stock and label values."""
    summed: dict[int, StockTotal] = {}
    for reading in found:
        for slot, before in reading.before.items():
            summed.setdefault(slot, StockTotal()).before += before
        for slot, integral in reading.integral.items():
            summed.setdefault(slot, StockTotal()).integral += integral
        for slot, level in reading.level.items():
            summed.setdefault(slot, StockTotal()).level += level
    result: dict[str, dict[tuple[str, ...], StockTotal]] = {}
    for slot, total in summed.items():
        if total.before or total.integral or total.level:
            name, values = registry.series_of(slot)
            result.setdefault(name, {})[values] = total
    return WindowStocks(window, length, result)
