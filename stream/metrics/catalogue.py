"""The catalogue of exported metrics, put together from the definitions of the kinds.

The collector, the tables of the documentation and every generated rule and dashboard take names, labels and
definitions from here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from stream.desks.kinds import KINDS
from stream.metrics.worker_metrics import WORKER
from stream.state.kind import Kind
from stream.state.metric import Metric

WINDOWED: Final[tuple[Metric, ...]] = tuple(measure.metric for kind in KINDS for measure in kind.measures)
STOCKED: Final[tuple[Metric, ...]] = tuple(metric for kind in KINDS for metric in kind.stock_metrics)
STATE: Final[tuple[Metric, ...]] = tuple(metric for kind in KINDS for metric in kind.gauges)
COUNTED: Final[tuple[Metric, ...]] = tuple(metric for kind in KINDS for metric in kind.counters)

CATALOGUE: Final[tuple[Metric, ...]] = (*WINDOWED, *STOCKED, *STATE, *COUNTED, *WORKER)
"""Every metric that deskpulse exports, but for those of the process itself."""


def check_names(kinds: Iterable[Kind]) -> None:
    """Raise ``ValueError`` if two metrics have the same name, be it of two ``kinds`` or of a kind and the worker."""
    owners = dict.fromkeys((metric.name for metric in WORKER), "workers")
    for kind in kinds:
        measured = (measure.metric for measure in kind.measures)
        for metric in (*measured, *kind.stock_metrics, *kind.gauges, *kind.counters):
            if metric.name in owners:
                message = (
                    f"{kind.name} have a metric {metric.name}, as {owners[metric.name]} have; give it another name"
                )
                raise ValueError(message)
            owners[metric.name] = kind.name


check_names(KINDS)


def metric_of(measure: str) -> Metric:
    """The metric that exports a measure, or a stock in one of its ways. Raises ``LookupError``."""
    for metric in (*WINDOWED, *STOCKED):
        if metric.measure == measure:
            return metric
    raise LookupError(measure)
