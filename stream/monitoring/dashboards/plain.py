"""Plain panels of what no kind has declared one for, so that nothing that is exported goes unseen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from stream.monitoring.dashboards.terms import has_twin
from stream.state.figure import Figure, Statistic
from stream.state.metric import WINDOW_LABEL, Metric, MetricType
from stream.state.panel import Form, Panel, Unit

_TIMESTAMP = "_timestamp_seconds"


def plain_panels(metrics: Iterable[Metric], shown: Collection[str]) -> Iterator[Panel]:
    """A panel for each metric that is not among the full names ``shown``, over all its labels or by the first."""
    metrics = list(metrics)
    twins = {metric.name.replace("_seconds", "_business_seconds") for metric in metrics if has_twin(metric)}
    for metric in metrics:
        if metric.name not in shown and metric.name not in twins:
            yield _plain(metric)


def _plain(metric: Metric) -> Panel:
    name = metric.short_name
    title = _title(metric)
    by = tuple(label for label in metric.labels if label != WINDOW_LABEL)[:1]
    if metric.type in (MetricType.WINDOWED_DURATION, MetricType.DISTRIBUTION):
        shares = (Statistic.MEAN, Statistic.P50, Statistic.P90, Statistic.P95)
        figures = tuple(Figure(name, share, legend=share.value) for share in shares)
        return Panel(title, figures, unit=Unit.SECONDS, empty="None in this window")
    if name.endswith(_TIMESTAMP):
        figure = Figure(name, Statistic.AGE, by)
        return Panel(title, (figure,), unit=Unit.SECONDS, description="Seconds since then.", empty="None")
    if metric.type is MetricType.COUNTER:
        return Panel(title, (Figure(name, by=by),), Form.COLUMNS, empty="None")
    if metric.type is MetricType.INFO:
        return Panel(title, (Figure(name, Statistic.LARGEST, metric.labels, legend="value"),), Form.TABLE, empty="None")
    return Panel(title, (Figure(name, by=by),), Form.LINES, _unit(name), empty="None")


def _title(metric: Metric) -> str:
    name = metric.short_name
    # The integral of a stock is named after its level, which has a panel too.
    if metric.type is not MetricType.GAUGE or WINDOW_LABEL not in metric.labels:
        name = name.removesuffix("_seconds").removesuffix("_timestamp")
    return name.replace("_", " ").capitalize()


def _unit(name: str) -> Unit:
    ends = {"_seconds": Unit.SECONDS, "_ratio": Unit.RATIO, "_bytes": Unit.BYTES}
    return next((unit for end, unit in ends.items() if name.endswith(end)), Unit.COUNT)
