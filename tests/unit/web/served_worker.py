"""A worker for the web port to serve, without Kafka."""

from __future__ import annotations

from dataclasses import dataclass, field

from stream.metrics.collector import Vitals
from stream.metrics.view import WorkerView
from tests.unit.desk.ticket_log import Worker


@dataclass(slots=True)
class ServedWorker:
    """What a worker knows, how it is doing and whether it is ready."""

    worker: Worker = field(default_factory=Worker)
    ready: bool = True
    state: Vitals = field(default_factory=Vitals)

    def view(self) -> WorkerView:
        """What it knows now."""
        return self.worker.view()

    def vitals(self) -> Vitals:
        """How it is doing now."""
        return self.state

    def is_ready(self) -> bool:
        """Whether it is ready."""
        return self.ready
