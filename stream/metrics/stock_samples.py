"""What is exported of stocks: how much there is, the integral over each window, and what there was before it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from stream.metrics.view import WorkerView
from stream.state.kind import Samples
from stream.state.metric import WINDOW_LABEL, Metric
from stream.windows.moments import to_seconds
from stream.windows.sliding import WINDOWS

_WINDOWS: Final = tuple(shape.name for shape in WINDOWS)

Values = dict[tuple[str, ...], float]


def stock_samples(view: WorkerView) -> Iterator[Samples]:
    """The metrics of the stocks of all kinds with their values; only what is not zero, unless it has no labels."""
    kinds = [kind for kind in view.kinds if kind.stocks]
    if not kinds:
        return
    levels = view.levels()
    windows = {name: view.stocks(name).totals for name in _WINDOWS}
    for kind in kinds:
        zeros = _zeros if view.holds(kind.name) else _nothing
        for stock in kind.stocks:
            yield stock.level, {**zeros(stock.level), **levels.get(stock.name, {})}
            if stock.windowed:
                continue
            integral, before = zeros(stock.integral), zeros(stock.level_before)
            for window, found in windows.items():
                for values, total in found.get(stock.name, {}).items():
                    if total.integral:
                        integral[*values, window] = to_seconds(total.integral)
                    if total.before:
                        before[*values, window] = total.before
            yield stock.integral, integral
            if stock.before:
                yield stock.level_before, before


def _zeros(metric: Metric) -> Values:
    """The series of which there always is a value: those of a metric without labels of its own."""
    if not metric.labels:
        return {(): 0}
    return {(window,): 0 for window in _WINDOWS} if metric.labels == (WINDOW_LABEL,) else {}


def _nothing(_metric: Metric) -> Values:
    return {}
