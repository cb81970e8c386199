"""Sums over all workers, and the names under which they are recorded.

A worker exports what its partitions hold, so the fleet's number is the sum over the workers. While a worker
restarts it exports nothing, but its partitions are kept for it: for ``BRIDGE_SECONDS`` its last sample stands in,
so that a restart shows no dip. Three things keep a partition from being counted twice:

- Only a worker that holds no partition at the moment is stood in for. What a living worker no longer exports has
  left it, with a partition that moved or because the number became zero.
- Kafka gives the partitions of a silent worker to others ``kafka.session_timeout_seconds`` after its last
  heartbeat, which is up to a quarter of that old when the worker ends. The bridge is shorter than what remains.
- Nothing stands in for a single series: either all of a worker's samples are its last ones or none.

What is left: a worker that lives and lost all its partitions, because there are more workers than partitions, is
counted beside their new owner until the bridge ends. A restart that takes longer than the bridge shows a dip.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from stream.metrics import worker_metrics
from stream.monitoring.rules import RecordingRule
from stream.state.metric import Metric, MetricType

BRIDGE_SECONDS: Final = 20
"""How old the last sample of a worker that exports nothing may be to count; below 3/4 of the session timeout."""

PER_WORKER: Final = "instance, pod"
"""The labels that tell workers apart; ``job`` stays, so that two installations do not mix."""


def level(labels: Sequence[str]) -> str:
    """The first part of a rule's name: the labels of the result, or ``job`` where there are none but that."""
    return "_".join(labels) or "job"


def bridged(name: str) -> str:
    """The series of a name in all workers, with the last samples of those that are restarting."""
    held = worker_metrics.PARTITIONS.exposed_name
    last = f"last_over_time({name}[{BRIDGE_SECONDS}s])"
    return f"{name}\n  or\n  {last} unless on (job, instance) {held} > 0"


def sum_name(metric: Metric, part: str = "") -> str:
    """The name of the recorded sum of a metric, or of a part of it such as ``_gsum``, over the fleet."""
    return f"{level(metric.labels)}:{metric.name}{part}:sum"


def parts_of(metric: Metric) -> tuple[str, ...]:
    """What the names of a metric's series have after its own."""
    if metric.type in (MetricType.WINDOWED_DURATION, MetricType.DISTRIBUTION):
        return ("_bucket", "_gcount", "_gsum")
    return ("",)


def sums(metric: Metric) -> list[RecordingRule]:
    """The rules that add a metric, in all its parts, up over the fleet."""
    return [
        RecordingRule(sum_name(metric, part), f"sum without ({PER_WORKER}) (\n  {bridged(metric.name + part)}\n)")
        for part in parts_of(metric)
    ]


def summed(metric: Metric, labels: Collection[str], part: str = "", selector: str = "") -> str:
    """The recorded sum of a metric, added up further to these labels of it."""
    gone = [label for label in metric.labels if label not in labels]
    name = sum_name(metric, part) + selector
    return f"sum without ({', '.join(gone)}) ({name})" if gone else name
