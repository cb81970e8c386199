"""The queries behind figures: recorded results where nothing narrows them, else worked out of recorded sums."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from stream.metrics import worker_metrics
from stream.monitoring.dashboards.currencies import in_main_units, is_money
from stream.monitoring.dashboards.intervals import difference_bound, proportion_bound
from stream.monitoring.dashboards.terms import (
    HOURS,
    METRICS,
    RATIOS,
    RECORDED,
    SCORES,
    SHARES,
    SHARES_OF_RATES,
    STOCKS,
    full_name,
    has_twin,
    labels_of,
)
from stream.monitoring.fleet import level
from stream.monitoring.recording import RATE_RANGE, smallest_name
from stream.settings.monitoring import MonitoringSettings
from stream.state.figure import QUANTILES, Figure, Statistic
from stream.state.metric import WINDOW_LABEL, Metric, MetricType
from stream.state.numbers import QUANTILES as SHARES_OF_QUANTILES

JOB: Final = 'job="$job"'
"""Two installations that one Prometheus scrapes are not added up."""

_BUILD: Final = worker_metrics.BUILD.exposed_name
_WATERMARK: Final = f"job:{worker_metrics.WATERMARK.name}:max"
NOTHING_YET: Final = f"0 * max({_BUILD}{{{JOB}}})"
"""A zero as long as some worker is scraped: workers export no zeros, and no workers are no zero either."""

EVENT_NOW: Final = f'scalar(max({_WATERMARK}{{{JOB}}} and on (job) {_BUILD}{{{JOB}, clock="event"}}) or vector(time()))'
"""The moment up to which the helpdesk is known: now, or the newest event where events are the clock."""


@dataclass(frozen=True, slots=True)
class Reader:
    """What the reader of a dashboard may choose: the values of the labels ``filters``, and which ``hours`` count."""

    filters: tuple[str, ...] = ()
    hours: bool = False


def expression(figure: Figure, reader: Reader, objectives: MonitoringSettings) -> str:
    """The query for a figure. Raises ``LookupError`` for a name that means nothing."""
    return _Query(figure, reader, objectives).text()


class _Query:
    def __init__(self, figure: Figure, reader: Reader, objectives: MonitoringSettings) -> None:
        self._figure = figure
        self._reader = reader
        self._objectives = objectives
        self._narrowed_by = [label for label in reader.filters if label in labels_of(figure)]

    def text(self) -> str:
        figure = self._figure
        if figure.statistic in {Statistic.BUDGET_LEFT, Statistic.BURN_RATE}:
            return self._against_objective()
        derived = (
            (RATIOS, self._ratio),
            (SCORES, self._score),
            (SHARES, self._share),
            (SHARES_OF_RATES, self._share_of_rates),
        )
        query = next((query for known, query in derived if figure.name in known), self._of_metric)
        return query()

    def _of_metric(self) -> str:
        figure, metric = self._figure, METRICS[self._figure.name]
        if figure.statistic is Statistic.MEAN and figure.name in STOCKS:
            text = self._or_zero(self._mean_level(STOCKS[figure.name].integral))
        elif figure.statistic is Statistic.COUNT:
            text = self._or_zero(self._sum(metric, "_gcount"))
        elif figure.statistic is Statistic.MEAN or figure.statistic in QUANTILES:
            text = self._spread(metric)
        elif metric.type is MetricType.COUNTER:
            text = self._counter(metric)
        elif figure.statistic in {Statistic.AGE, Statistic.REMAINING}:
            text = self._timestamp(metric)
        elif metric.type is MetricType.DISTRIBUTION:
            text = self._sum(metric, "_bucket")
        elif metric.type is MetricType.INFO or figure.statistic is Statistic.LARGEST:
            text = self._over("max", f"{metric.exposed_name}{self._selector(metric)}")
        elif figure.minus:
            text = self._difference(metric)
        else:
            text = self._or_zero(self._sum(metric))
        return text

    def _ratio(self) -> str:
        ratio = RATIOS[self._figure.name]
        bound = self._figure.statistic
        if bound is Statistic.VALUE and (recorded := self._recorded(f"{full_name(ratio.name)}:ratio")):
            return recorded
        part, whole = (
            _added([self._sum(METRICS[name], only=ratio.selector) for name in names])
            for names in (ratio.parts, ratio.wholes)
        )
        if bound is Statistic.VALUE:
            return f"({part} or 0 * ({whole}))\n/ ({whole} > 0)"
        return proportion_bound(part, whole, upper=bound is Statistic.UPPER)

    def _score(self) -> str:
        score = SCORES[self._figure.name]
        bound = self._figure.statistic
        if bound is Statistic.VALUE and (recorded := self._recorded(f"{full_name(score.name)}:score")):
            return recorded
        plus, minus, whole = (
            self._sum(METRICS[name], only=score.selector) for name in (score.plus, score.minus, score.whole)
        )
        plus, minus = f"({plus} or 0 * {whole})", f"({minus} or 0 * {whole})"
        if bound is Statistic.VALUE:
            return f"100 * ({plus} - {minus})\n/ ({whole} > 0)"
        return difference_bound(plus, minus, whole, upper=bound is Statistic.UPPER)

    def _share(self) -> str:
        share = SHARES[self._figure.name]
        if recorded := self._recorded(f"{full_name(share.name)}:ratio"):
            return recorded
        metric = METRICS[share.measure]
        every = f"sum({self._recorded_sum(metric, '', ())}{self._selector(metric)})"
        return f"{self._sum(metric)}\n/ on () group_left () ({every} > 0)"

    def _share_of_rates(self) -> str:
        recorded, *_ = SHARES_OF_RATES[self._figure.name]
        return recorded + self._matchers((), window=False)

    def _against_objective(self) -> str:
        figure = self._figure
        plain = Figure(figure.name, by=figure.by, window=figure.window, only=figure.only)
        kept = expression(plain, self._reader, self._objectives)
        allowed = 1 - float(getattr(self._objectives, figure.name))
        burnt = f"(1 - ({kept})) / {allowed:.6g}"
        return burnt if figure.statistic is Statistic.BURN_RATE else f"1 - {burnt}"

    def _spread(self, metric: Metric) -> str:
        statistic = self._figure.statistic.value
        if recorded := self._recorded(f"{metric.name}:{statistic}"):
            return self._in_hours(metric, recorded)
        if self._figure.statistic is Statistic.MEAN:
            total, count = self._sum(metric, "_gsum"), self._sum(metric, "_gcount")
            return f"{total}\n/ ({count} > 0)"
        buckets = self._sum(metric, "_bucket", also=("le",))
        return f"histogram_quantile({SHARES_OF_QUANTILES[statistic]}, {buckets})"

    def _mean_level(self, integral: Metric) -> str:
        name = f"{level(integral.labels)}:{full_name(self._figure.name)}:mean"
        return self._over("sum", name + self._selector(integral))

    def _counter(self, metric: Metric) -> str:
        rate = f"{level(metric.labels)}:{metric.name}:rate{RATE_RANGE}"
        if self._figure.statistic is Statistic.RATE:
            if rate in RECORDED and set(self._figure.by) <= set(metric.labels):
                return self._over("sum", rate + self._selector(metric))
            return self._over("sum", f"rate({metric.exposed_name}{self._selector(metric)}[$__rate_interval])")
        series = metric.exposed_name + self._selector(metric)
        # A series begins with what it counts first, and no increase is seen in a series that begins.
        begun = f"({series} unless {series} offset $__rate_interval)"
        return self._or_zero(self._over("sum", f"{begun} or increase({series}[$__rate_interval])"))

    def _timestamp(self, metric: Metric) -> str:
        newest = f"{level(metric.labels)}:{metric.name}:max"
        if smallest_name(metric) in RECORDED:
            now, at = EVENT_NOW, self._over("min", smallest_name(metric) + self._selector(metric))
        elif newest in RECORDED:
            now, at = "time()", self._over("max", newest + self._selector(metric))
        else:
            now, at = "time()", self._over("max", metric.name + self._selector(metric))
        return f"{now} - {at}" if self._figure.statistic is Statistic.AGE else f"{at} - {now}"

    def _difference(self, metric: Metric) -> str:
        plus, minus = self._sum(metric), self._sum(METRICS[self._figure.minus])
        return f"{self._or_zero(plus, minus)}\n- {self._or_zero(minus, plus)}"

    def _or_zero(self, text: str, other: str = "") -> str:
        if not self._figure.by:
            return f"({text} or {NOTHING_YET})"
        return f"({text} or 0 * {other})" if other else text

    def _recorded(self, name: str) -> str:
        """The recorded result of this name, if it tells apart all by which it has to be narrowed; else nothing."""
        figure = self._figure
        if figure.only or not set(self._narrowed_by) <= set(figure.by):
            return ""
        for labels in ((*figure.by, WINDOW_LABEL), figure.by):
            if (recorded := f"{level(labels)}:{name}") in RECORDED:
                window = WINDOW_LABEL in labels
                return recorded + self._matchers(self._narrowed_by, window=window)
        return ""

    def _sum(
        self, metric: Metric, part: str = "", also: tuple[str, ...] = (), only: Iterable[tuple[str, str]] = ()
    ) -> str:
        only = tuple(only)
        name = self._recorded_sum(metric, part, only) or metric.name + part
        selector = self._selector(metric, only)
        series = in_main_units(name, selector) if is_money(metric) else name + selector
        return self._over("sum", self._in_hours(metric, series), also)

    def _recorded_sum(self, metric: Metric, part: str, only: Iterable[tuple[str, str]]) -> str:
        """The recorded sum that tells apart no more than is needed; nothing if none tells apart enough."""
        needed = {*self._figure.by, *self._narrowed_by, *dict((*only, *self._figure.only))} - {"le"}
        if WINDOW_LABEL in metric.labels:
            needed.add(WINDOW_LABEL)
        for size in range(len(needed), len(metric.labels) + 1):
            for labels in combinations(metric.labels, size):
                name = f"{level(labels)}:{metric.name}{part}:sum"
                if needed <= {*labels} and name in RECORDED:
                    return name
        return ""

    def _in_hours(self, metric: Metric, text: str) -> str:
        if not self._reader.hours or not has_twin(metric):
            return text
        stem = metric.name.removesuffix(HOURS["calendar"])
        return text.replace(metric.name, f"{stem}${{hours}}")

    def _over(self, operation: str, text: str, also: tuple[str, ...] = ()) -> str:
        labels = (*self._figure.by, *also)
        return f"{operation} by ({', '.join(labels)}) ({text})" if labels else f"{operation}({text})"

    def _selector(self, metric: Metric, only: Iterable[tuple[str, str]] = ()) -> str:
        chosen = [label for label in self._narrowed_by if label in metric.labels]
        return self._matchers(chosen, window=WINDOW_LABEL in metric.labels, only=only)

    def _matchers(self, labels: Iterable[str], *, window: bool, only: Iterable[tuple[str, str]] = ()) -> str:
        fixed = dict((*only, *self._figure.only))
        found = [JOB]
        if window:
            found.append(f'{WINDOW_LABEL}="{self._figure.window or "$window"}"')
        found += [f'{label}="{value}"' for label, value in fixed.items()]
        found += [f'{label}=~"${label}"' for label in labels if label not in fixed]
        return "{" + ", ".join(found) + "}"


def _added(parts: list[str]) -> str:
    if len(parts) == 1:
        return parts[0]
    others = [" or ".join(f"0 * {other}" for other in parts if other is not part) for part in parts]
    return " + ".join(f"({part} or {other})" for part, other in zip(parts, others, strict=True))
