"""Turns a worker's view into Prometheus metrics at the moment of the scrape.

Only additive parts are exported: counts, sums and cumulative buckets of the partitions that this worker
holds. Means, ratios and quantiles over the fleet are for recording rules. Nothing is kept between
scrapes, so a series whose partition or label value is gone is gone from the next scrape.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
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

from stream.desk.sla.agenda import ClockState
from stream.desk.sla.announced import BreachLabels
from stream.metrics import catalogue, sla_catalogue
from stream.metrics.metric import Kind, Metric
from stream.metrics.view import AGE_EDGES, OpenView, SeriesTotal, WorkerView
from stream.windows.histogram import EXPORT_EDGES, cumulative
from stream.windows.moments import to_seconds
from stream.windows.sliding import WINDOWS

_VERSION: Final = version("deskpulse")
_EDGE_LABELS: Final = tuple(repr(to_seconds(edge)) for edge in EXPORT_EDGES)
_CLOCKS: Final = {
    ClockState.ACTIVE: sla_catalogue.SLA_CLOCKS_ACTIVE,
    ClockState.PAUSED: sla_catalogue.SLA_CLOCKS_PAUSED,
    ClockState.AT_RISK: sla_catalogue.SLA_CLOCKS_AT_RISK,
    ClockState.BREACHED: sla_catalogue.SLA_CLOCKS_BREACHED,
}
_AGE_LABELS: Final = tuple(repr(to_seconds(edge)) for edge in AGE_EDGES)


@dataclass(slots=True)
class Vitals:
    """How the worker itself is doing, each mapping by label values.

    ``next_offsets`` are those of the records that each partition held takes in next, ``horizons`` the moments
    (microseconds) before which it refuses events of entities that it does not know. ``clock_stepped`` and
    ``clock_ahead`` are seconds.
    """

    events: Mapping[tuple[str, str], int] = field(default_factory=dict)
    dead_letters: Mapping[tuple[str, str], int] = field(default_factory=dict)
    rebuilds: Mapping[str, int] = field(default_factory=dict)
    split_tickets: int = 0
    label_overflows: Mapping[str, int] = field(default_factory=dict)
    last_event_at: Mapping[str, float] = field(default_factory=dict)
    lags: Mapping[tuple[str, int], int] = field(default_factory=dict)
    next_offsets: Mapping[tuple[str, int], int] = field(default_factory=dict)
    horizons: Mapping[tuple[str, int], int] = field(default_factory=dict)
    partitions: Mapping[str, int] = field(default_factory=dict)
    breaches: Mapping[BreachLabels, int] = field(default_factory=dict)
    transitions: Mapping[str, int] = field(default_factory=dict)
    clock_stepped: float = 0.0
    clock_ahead: float | None = None


class HelpdeskCollector(Collector):
    """Collects every metric of the catalogue. ``view`` and ``vitals`` are asked at each scrape."""

    def __init__(self, view: Callable[[], WorkerView], vitals: Callable[[], Vitals]) -> None:
        self._view = view
        self._vitals = vitals

    def describe(self) -> Iterable[Family]:
        """The families, without samples, so that a clash of names is found at start."""
        return [_family(metric) for metric in catalogue.CATALOGUE]

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
        yield _single(catalogue.COLLECT_DURATION, seconds)

    def _families(self) -> Iterator[Family]:
        view = self._view()
        yield from _windowed(view)
        yield from _open(view.open_tickets())
        yield from _clocks(view)
        yield from _worker(self._vitals(), view)


LabelValues = TypeVar("LabelValues", bound=tuple[str, ...])


def _family(metric: Metric) -> Family:
    if metric.kind is Kind.COUNTER:
        return CounterMetricFamily(metric.name, metric.definition, labels=metric.labels)
    if metric.kind is Kind.INFO:
        return InfoMetricFamily(metric.name, metric.definition)
    if metric.kind in (Kind.WINDOWED_DURATION, Kind.DISTRIBUTION):
        return GaugeHistogramMetricFamily(metric.name, metric.definition, labels=metric.labels)
    return GaugeMetricFamily(metric.name, metric.definition, labels=metric.labels)


def _windowed(view: WorkerView) -> Iterator[Family]:
    by_measure: dict[str, list[tuple[dict[str, str], SeriesTotal]]] = {}
    labels_of = {metric.measure: metric.labels for metric in catalogue.WINDOWED}
    for shape in WINDOWS:
        for series, total in view.window(shape.name).items():
            labels = dict(zip(labels_of[series.measure], (*series.values, shape.name), strict=True))
            by_measure.setdefault(series.measure, []).append((labels, total))
    for metric in catalogue.WINDOWED:
        family = _family(metric)
        for labels, total in by_measure.get(str(metric.measure), ()):
            if metric.kind is Kind.WINDOWED_COUNT:
                family.add_sample(metric.name, labels, total.count)
            else:
                counts = cumulative(total.buckets.items())
                _add_distribution(family, labels, _EDGE_LABELS, counts, to_seconds(total.sum))
        yield family


def _add_distribution(
    family: Family, labels: dict[str, str], edges: tuple[str, ...], counts: list[int], total: float
) -> None:
    name = f"{family.name}_bucket"
    for edge, count in zip((*edges, "+Inf"), counts, strict=True):
        family.add_sample(name, {**labels, "le": edge}, count)
    family.add_sample(f"{family.name}_gcount", labels, counts[-1])
    family.add_sample(f"{family.name}_gsum", labels, total)


def _open(view: OpenView) -> Iterator[Family]:
    tickets, cases, backlog = map(_family, (catalogue.OPEN_TICKETS, catalogue.OPEN_CASES, catalogue.BACKLOG_TICKETS))
    ages = _family(catalogue.OPEN_TICKET_AGE)
    for attributes, total in view.by_labels.items():
        labels = {label: str(getattr(attributes, label)) for label in catalogue.OPEN_TICKETS.labels}
        tickets.add_sample(tickets.name, labels, total.tickets)
        backlog.add_sample(backlog.name, labels, total.backlog)
        _add_distribution(ages, labels, _AGE_LABELS, [*total.ages, total.tickets], to_seconds(total.age_sum))
    for attributes, count in view.waiting.items():
        labels = {label: str(getattr(attributes, label)) for label in catalogue.OPEN_CASES.labels}
        cases.add_sample(cases.name, labels, count)
    yield from (tickets, cases, backlog, ages)
    yield _single(catalogue.BACKLOG_THRESHOLD, to_seconds(view.backlog_threshold))
    yield _single(catalogue.OLDEST_OPEN_TICKET, None if view.oldest is None else to_seconds(view.oldest))
    yield _single(catalogue.TICKETS_WITHOUT_OPENING, view.without_opening)


def _clocks(view: WorkerView) -> Iterator[Family]:
    families = {state: _family(metric) for state, metric in _CLOCKS.items()}
    for (state, policy, sla, attributes), count in view.clocks().items():
        labels = {label: str(getattr(attributes, label)) for label in catalogue.OPEN_TICKETS.labels}
        family = families[state]
        family.add_sample(family.name, {"policy": policy, "sla": sla, **labels}, count)
    yield from families.values()
    deadlines = {key: to_seconds(due) for key, due in view.next_deadlines().items()}
    yield _labelled(sla_catalogue.SLA_NEXT_DEADLINE, deadlines)


def _worker(vitals: Vitals, view: WorkerView) -> Iterator[Family]:
    yield _labelled(catalogue.EVENTS, vitals.events)
    yield _labelled(catalogue.DEAD_LETTERS, vitals.dead_letters)
    yield _labelled(catalogue.STATE_REBUILDS, {(topic,): count for topic, count in vitals.rebuilds.items()})
    yield _single(catalogue.SPLIT_TICKETS, vitals.split_tickets)
    yield _labelled(catalogue.LABEL_OVERFLOWS, {(label,): count for label, count in vitals.label_overflows.items()})
    yield _labelled(catalogue.LAST_EVENT, {(topic,): moment for topic, moment in vitals.last_event_at.items()})
    yield _single(catalogue.WATERMARK, to_seconds(view.watermark) if view.watermark else None)
    yield _labelled(catalogue.CONSUMER_LAG, {(topic, str(number)): lag for (topic, number), lag in vitals.lags.items()})
    yield _labelled(catalogue.PARTITIONS, {(topic,): count for topic, count in vitals.partitions.items()})
    yield _labelled(sla_catalogue.SLA_BREACHES, vitals.breaches)
    yield _labelled(sla_catalogue.SLA_TRANSITIONS, {(kind,): count for kind, count in vitals.transitions.items()})
    yield _single(catalogue.CLOCK_STEP, vitals.clock_stepped)
    yield _single(catalogue.CLOCK_AHEAD, vitals.clock_ahead)
    build = InfoMetricFamily(catalogue.BUILD.name, catalogue.BUILD.definition)
    build.add_metric((), {"version": _VERSION, "clock": view.clock_name})
    yield build


def _single(metric: Metric, value: float | None) -> Family:
    return _labelled(metric, {} if value is None else {(): value})


def _labelled(metric: Metric, values: Mapping[LabelValues, float]) -> Family:
    family = _family(metric)
    name = metric.exposed_name
    for label_values, value in values.items():
        family.add_sample(name, dict(zip(metric.labels, label_values, strict=True)), value)
    return family
