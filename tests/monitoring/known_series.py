"""The series that a query may ask for: those of the catalogue, of the process, of the rules, and Prometheus' own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from stream.metrics.catalogue import CATALOGUE
from stream.metrics.process_metrics import PROCESS
from stream.monitoring.alerts import alert_groups
from stream.monitoring.recording import duration_groups, recording_groups
from stream.monitoring.rules import RecordingRule
from stream.settings.monitoring import MonitoringSettings
from stream.state.metric import WINDOW_LABEL, Metric, MetricType
from tests.monitoring.dashboard_lint import Known

OF_PROMETHEUS: Final = ("ALERTS", "up")


def known_series() -> Known:
    """All of them."""
    exported = {name: metric for metric in (*CATALOGUE, *PROCESS) for name in _names(metric)}
    groups = (*recording_groups(), *duration_groups(), *alert_groups(MonitoringSettings()))
    recorded = [rule.name for group in groups for rule in group.rules if isinstance(rule, RecordingRule)]
    counters = {name for name, metric in exported.items() if metric.type is MetricType.COUNTER}
    windowed = {name for name, metric in exported.items() if WINDOW_LABEL in metric.labels}
    windowed |= {name for name in recorded if WINDOW_LABEL in name.partition(":")[0].split("_")}
    return Known(frozenset((*exported, *recorded, *OF_PROMETHEUS)), frozenset(counters), frozenset(windowed))


def _names(metric: Metric) -> Iterable[str]:
    if metric.type in (MetricType.WINDOWED_DURATION, MetricType.DISTRIBUTION):
        return (metric.name + part for part in ("_bucket", "_gcount", "_gsum"))
    return (metric.exposed_name,)
