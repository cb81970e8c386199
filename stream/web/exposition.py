"""The forms in which a Prometheus can have the metrics."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from stream.metrics.collector import HelpdeskCollector, Vitals
from stream.metrics.view import WorkerView

_VERSION = re.compile(r"\s*version=[^;]*(;|$)")


class Look(NamedTuple):
    """What a worker knows and how it is doing, both at the same moment; the view is detached."""

    view: WorkerView
    vitals: Vitals


@dataclass(frozen=True, slots=True)
class Exposition:
    """A form of the metrics. Forms that differ only in the version that they claim have the same text and are equal."""

    text: str
    encode: Callable[[CollectorRegistry], bytes] = field(compare=False)
    content_type: str = field(compare=False)

    @classmethod
    def wanted_by(cls, accept: str) -> Exposition:
        """The form that a request's header ``Accept`` asks for."""
        encode, content_type = choose_encoder(accept)
        return cls(_VERSION.sub("", content_type), encode, content_type)

    def of(self, look: Look, others: Iterable[Collector] = ()) -> bytes:
        """The metrics of a look, then those of other collectors."""
        registry = CollectorRegistry(auto_describe=False)
        for collector in (HelpdeskCollector(lambda: look.view, lambda: look.vitals), *others):
            registry.register(collector)
        return self.encode(registry)
