"""Rules for Prometheus from the alerts that kinds declare."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from stream.metrics import worker_metrics
from stream.metrics.catalogue import metric_of
from stream.monitoring.addresses import DashboardLink
from stream.monitoring.fleet import summed
from stream.monitoring.recording import level_name, ratio_name, score_name, smallest_name
from stream.monitoring.rules import AlertingRule
from stream.monitoring.wording import number
from stream.settings.monitoring import MonitoringSettings
from stream.state.alert import Alert, Condition
from stream.state.figure import Figure, Statistic
from stream.state.kind import Kind
from stream.state.measure import by_name
from stream.state.metric import WINDOW_LABEL, Metric

_BUILD: Final = worker_metrics.BUILD.exposed_name


def kind_alerts(kind: Kind, thresholds: MonitoringSettings) -> Iterator[AlertingRule]:
    """The alerts of a kind at these thresholds. Raises ``LookupError`` for a figure that nothing is recorded of."""
    return (_rule(kind, alert, thresholds) for alert in kind.alerts)


def _rule(kind: Kind, alert: Alert, thresholds: MonitoringSettings) -> AlertingRule:
    conditions = [_held(kind, condition, thresholds) for condition in alert.conditions]
    if any(condition.figure.statistic is Statistic.AGE for condition in alert.conditions):
        # With the clock of events, moments are not to be compared with the time of Prometheus.
        conditions[-1] += f'\nunless on (job)\n{_BUILD}{{clock="event"}}'
    # A difference between two windows is of none of them.
    matching = (
        f"and ignoring ({WINDOW_LABEL})" if any(condition.fallen_from for condition in alert.conditions) else "and"
    )
    return AlertingRule(
        alert.name,
        f"\n{matching}\n".join(conditions),
        alert.severity,
        alert.summary,
        alert.description,
        DashboardLink(alert.page, ("job", *alert.narrowed_by), alert.panel, alert.conditions[0].figure.window),
        alert.pending,
    )


def _held(kind: Kind, condition: Condition, thresholds: MonitoringSettings) -> str:
    limit = number(float(getattr(thresholds, condition.threshold)))
    held = _recorded(kind, condition.figure)
    if condition.fallen_from:
        before = _recorded(kind, replace(condition.figure, window=condition.fallen_from))
        held = f"{before} - ignoring ({WINDOW_LABEL}) {held}"
    return f"{held} {condition.comparison.value} {limit}"


def _recorded(kind: Kind, figure: Figure) -> str:
    window = f'{{{WINDOW_LABEL}="{figure.window}"}}'
    levels = {ratio.name: ratio.levels for ratio in kind.ratios}
    if figure.by in levels.get(figure.name, ()):
        return ratio_name(figure.name, figure.by) + window
    scores = {score.name: score.levels for score in kind.scores}
    if figure.by in scores.get(figure.name, ()):
        return score_name(figure.name, figure.by) + window
    if figure.name in by_name(kind.measures):
        return summed(metric_of(figure.name), (*figure.by, WINDOW_LABEL), selector=window)
    gauges = {metric.short_name: metric for metric in (*kind.gauges, *kind.stock_metrics)}
    metric = gauges.get(figure.name)
    if metric is not None and figure.statistic is Statistic.AGE and figure.by == metric.labels:
        return f"time() - {smallest_name(metric)}"
    of_window = (*figure.by, WINDOW_LABEL)
    if metric is not None and of_window in _levels(metric):
        return level_name(metric, of_window) + window
    if metric is not None and figure.by in _levels(metric):
        return level_name(metric, figure.by)
    raise LookupError(f"no alert can be made of {figure.name} by {', '.join(figure.by) or 'nothing'}")


def _levels(metric: Metric) -> tuple[tuple[str, ...], ...]:
    return (metric.labels, *metric.levels)
