"""A worker for the web port to serve, without Kafka."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from stream.metrics.collector import Vitals
from stream.metrics.view import WorkerView
from stream.state.kind import Kind
from tests.kinds.worker import Worker


@dataclass(slots=True)
class ServedWorker:
    """What a worker knows, how it is doing and whether it is ready."""

    worker: Worker = field(default_factory=Worker)
    ready: bool = True
    state: Vitals = field(default_factory=Vitals)

    @property
    def kinds(self) -> Sequence[Kind]:
        """The kinds of entities that it serves."""
        return [desks.kind for desks in self.worker.core.desks.values()]

    def view(self) -> WorkerView:
        """What it knows now."""
        return self.worker.view()

    def vitals(self) -> Vitals:
        """How it is doing now."""
        return self.state

    def is_ready(self) -> bool:
        """Whether it is ready."""
        return self.ready


LONG_BYTES: Final = 16_000_000
"""More than the system keeps for a reader who does not read."""

_LABEL_BYTES: Final = 1_000_000


class LongMetrics(Collector):
    """Makes a scrape so long that it must wait for its reader."""

    def collect(self) -> Iterator[Metric]:
        """A family of long label values."""
        family = GaugeMetricFamily("long", "Nothing.", labels=["value"])
        for number in range(LONG_BYTES // _LABEL_BYTES):
            family.add_metric([f"{number} {'x' * _LABEL_BYTES}"], 1)
        yield family
