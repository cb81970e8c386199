"""Sums over all workers, and the names under which they are recorded.

A worker exports what its partitions hold, so the fleet's number is the sum over the workers. While a worker
restarts it exports nothing, but its partitions are kept for it: for ``BRIDGE_SECONDS`` its last scrape stands in,
so that a restart shows no dip. Three things keep a partition from being counted twice:

- Only a worker that holds no partition at the moment is stood in for. What a living worker no longer exports has
  left it, with a partition that moved or because the number became zero.
- Kafka gives the partitions of a silent worker to others ``kafka.session_timeout_seconds`` after its last
  heartbeat, which is up to a quarter of that old when the worker ends. The bridge is shorter than what remains.
- Nothing stands in for a single series: all of a worker's samples are of the same scrape, the newest in which it held
  a partition. A series that was gone by then, with a partition that moved or because the number became zero, does not
  come back beside those that were not, so no part is larger than its whole. That is why the rules look at what there
  was at moments before, one after the other, and not at the last sample of each series.

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
"""How long after its last scrape a worker that exports nothing counts; below 3/4 of the session timeout."""

BRIDGE_STEP_SECONDS: Final = 5
"""The time between the moments at which a worker's last scrape is looked for: that between two scrapes, or less."""

PER_WORKER: Final = "instance, pod"
"""The labels that tell workers apart; ``job`` stays, so that two installations do not mix."""


def level(labels: Sequence[str]) -> str:
    """The first part of a rule's name: the labels of the result, or ``job`` where there are none but that."""
    return "_".join(labels) or "job"


def bridged(name: str) -> str:
    """The series of a name in all workers, with those of the last scrape of each worker that is restarting."""
    held = worker_metrics.PARTITIONS.exposed_name
    moments = range(0, BRIDGE_SECONDS + 1, BRIDGE_STEP_SECONDS)
    *newer, found = [f"{name}{_ago(moment)}" for moment in moments]
    for moment, newest in zip(reversed(moments[:-1]), reversed(newer), strict=True):
        found = f"{newest}\nor ({found})\nunless on (job, instance) {held}{_ago(moment)} > 0"
    return found


def _ago(seconds: int) -> str:
    return f" offset {seconds}s" if seconds else ""


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
