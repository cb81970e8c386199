"""Turns a worker's view into Prometheus metrics at the moment of the scrape.

Only additive parts are exported: counts, sums and cumulative buckets of the partitions that this worker
holds. Means, ratios and quantiles over the fleet are for recording rules. Nothing is kept between
scrapes, so a series whose partition or label value is gone is gone from the next scrape.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import chain
from typing import Final, TypeVar

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeHistogramMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
)
from prometheus_client.core import (
    Metric as Family,
)
from prometheus_client.registry import Collector

from stream.metrics import worker_metrics
from stream.metrics.catalogue import CATALOGUE
from stream.metrics.stock_samples import stock_samples
from stream.metrics.view import WorkerView
from stream.state.kind import Samples
from stream.state.metric import Metric, MetricType
from stream.state.view import Distribution
from stream.windows.histogram import EXPORT_EDGES, cumulative
from stream.windows.moments import to_seconds
from stream.windows.sliding import WINDOWS

_VERSION: Final = version("deskpulse")
_EDGE_LABELS: Final = tuple(repr(to_seconds(edge)) for edge in EXPORT_EDGES)


@dataclass(slots=True)
class Vitals:
    """How the worker itself is doing, each mapping by label values.

    ``next_offsets`` are those of the records that each partition held takes in next, ``horizons`` the moments
    (microseconds) before which it refuses events of entities that it does not know. ``clock_stepped`` and
    ``clock_ahead`` are seconds; ``counted`` is what the kinds have counted since the worker started.
    """

    events: Mapping[tuple[str, str], int] = field(default_factory=dict)
    dead_letters: Mapping[tuple[str, str], int] = field(default_factory=dict)
    rebuilds: Mapping[str, int] = field(default_factory=dict)
    label_overflows: Mapping[str, int] = field(default_factory=dict)
    last_event_at: Mapping[str, float] = field(default_factory=dict)
    lags: Mapping[tuple[str, int], int] = field(default_factory=dict)
    next_offsets: Mapping[tuple[str, int], int] = field(default_factory=dict)
    horizons: Mapping[tuple[str, int], int] = field(default_factory=dict)
    partitions: Mapping[str, int] = field(default_factory=dict)
    counted: Sequence[Samples] = ()
    clock_stepped: float = 0.0
    clock_ahead: float | None = None


class HelpdeskCollector(Collector):
    """Collects every metric of the worker_metrics. ``view`` and ``vitals`` are asked at each scrape."""

    def __init__(self, view: Callable[[], WorkerView], vitals: Callable[[], Vitals]) -> None:
        self._view = view
        self._vitals = vitals

    def describe(self) -> Iterable[Family]:
        """The families, without samples, so that a clash of names is found at start."""
        return [_family(metric) for metric in CATALOGUE]

    def collect(self) -> Iterator[Family]:
        """All families with their samples."""
        families = self._families()
        seconds = 0.0
        while True:
            # What is done with a family before the next is asked for is not part of working it out.
            started = time.perf_counter()
            family = next(families, None)
            seconds += time.perf_counter() - started
            if family is None:
                break
            yield family
        yield _single(worker_metrics.COLLECT_DURATION, seconds)

    def _families(self) -> Iterator[Family]:
        view = self._view()
        yield from _windowed(view)
        for metric, values in chain(stock_samples(view), view.samples()):
            yield _labelled(metric, values)
        vitals = self._vitals()
        for metric, values in vitals.counted:
            yield _labelled(metric, values)
        yield from _worker(vitals, view)


LabelValues = TypeVar("LabelValues", bound=tuple[str, ...])


def _family(metric: Metric) -> Family:
    if metric.type is MetricType.COUNTER:
        return CounterMetricFamily(metric.name, metric.definition, labels=metric.labels)
    if metric.type is MetricType.INFO:
        return InfoMetricFamily(metric.name, metric.definition)
    if metric.type in (MetricType.WINDOWED_DURATION, MetricType.DISTRIBUTION):
        return GaugeHistogramMetricFamily(metric.name, metric.definition, labels=metric.labels)
    return GaugeMetricFamily(metric.name, metric.definition, labels=metric.labels)


def _windowed(view: WorkerView) -> Iterator[Family]:
    windows = {shape.name: view.window(shape.name) for shape in WINDOWS}
    for kind in view.kinds:
        for measure in kind.measures:
            metric = measure.metric
            family = _family(metric)
            for window, totals in windows.items():
                for values, total in totals.get(measure.name, {}).items():
                    labels = dict(zip(metric.labels, (*values, window), strict=True))
                    if measure.duration:
                        counts = cumulative(total.buckets.items())
                        _add_distribution(family, labels, Distribution(_EDGE_LABELS, counts, to_seconds(total.sum)))
                    else:
                        family.add_sample(metric.name, labels, total.count)
            yield family


def _add_distribution(family: Family, labels: dict[str, str], found: Distribution) -> None:
    name = f"{family.name}_bucket"
    for edge, count in zip((*found.edges, "+Inf"), found.counts, strict=True):
        family.add_sample(name, {**labels, "le": edge}, count)
    family.add_sample(f"{family.name}_gcount", labels, found.counts[-1])
    family.add_sample(f"{family.name}_gsum", labels, found.sum)


def _worker(vitals: Vitals, view: WorkerView) -> Iterator[Family]:
    yield _labelled(worker_metrics.EVENTS, vitals.events)
    yield _labelled(worker_metrics.DEAD_LETTERS, vitals.dead_letters)
    yield _labelled(worker_metrics.STATE_REBUILDS, {(topic,): count for topic, count in vitals.rebuilds.items()})
    yield _labelled(
        worker_metrics.LABEL_OVERFLOWS, {(label,): count for label, count in vitals.label_overflows.items()}
    )
    yield _labelled(worker_metrics.LAST_EVENT, {(topic,): moment for topic, moment in vitals.last_event_at.items()})
    yield _single(worker_metrics.WATERMARK, to_seconds(view.watermark) if view.watermark else None)
    yield _labelled(
        worker_metrics.CONSUMER_LAG, {(topic, str(number)): lag for (topic, number), lag in vitals.lags.items()}
    )
    yield _labelled(worker_metrics.PARTITIONS, {(topic,): count for topic, count in vitals.partitions.items()})
    yield _single(worker_metrics.CLOCK_STEP, vitals.clock_stepped)
    yield _single(worker_metrics.CLOCK_AHEAD, vitals.clock_ahead)
    build = InfoMetricFamily(worker_metrics.BUILD.name, worker_metrics.BUILD.definition)
    build.add_metric((), {"version": _VERSION, "clock": view.clock_name})
    yield build


def _single(metric: Metric, value: float | None) -> Family:
    return _labelled(metric, {} if value is None else {(): value})


def _labelled(metric: Metric, values: Mapping[LabelValues, float | Distribution]) -> Family:
    family = _family(metric)
    name = metric.exposed_name
    for label_values, value in values.items():
        labels = dict(zip(metric.labels, label_values, strict=True))
        if isinstance(value, Distribution):
            _add_distribution(family, labels, value)
        else:
            family.add_sample(name, labels, value)
    return family
