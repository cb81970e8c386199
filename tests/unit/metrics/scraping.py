"""A scrape as Prometheus would read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import cast

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.openmetrics import exposition, parser

from stream.metrics.collector import HelpdeskCollector, Vitals
from stream.metrics.view import WorkerView

Labels = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Scrape:
    """The families of one scrape, by name, and the text that they were read from."""

    families: dict[str, Family]
    text: str

    @property
    def samples(self) -> list[tuple[str, Labels, float]]:
        """Every sample: its name, its labels and its value."""
        return [
            (sample.name, frozenset(sample.labels.items()), sample.value)
            for family in self.families.values()
            for sample in family.samples
        ]

    @property
    def names(self) -> set[str]:
        """The names that have samples."""
        return {name for name, _, _ in self.samples}

    @property
    def series(self) -> list[str]:
        """Name and labels of every sample as they stand in the text, repeated ones too."""
        return [line.rsplit(" ", 1)[0] for line in self.text.splitlines() if not line.startswith("#")]

    def by_labels(self, name: str, *labels: str) -> dict[tuple[str, ...], float]:
        """The samples of a name, summed by the values of some of their labels."""
        sums: dict[tuple[str, ...], float] = {}
        for sample, found, value in self.samples:
            if sample == name:
                key = tuple(dict(found)[label] for label in labels)
                sums[key] = sums.get(key, 0) + value
        return sums


def exposition_of(registry: CollectorRegistry) -> str:
    """What a registry exports in OpenMetrics text."""
    return cast("bytes", exposition.generate_latest(registry)).decode()  # type: ignore[no-untyped-call]


def parsed(text: str) -> Scrape:
    """OpenMetrics text as the strict parser of the Prometheus client understands it."""
    families = cast("Iterable[Family]", parser.text_string_to_metric_families(text))  # type: ignore[no-untyped-call]
    return Scrape({family.name: family for family in families}, text)


def scrape(view: Callable[[], WorkerView], vitals: Callable[[], Vitals] = Vitals) -> Scrape:
    """One scrape of a worker."""
    registry = CollectorRegistry()
    registry.register(HelpdeskCollector(view, vitals))
    return parsed(exposition_of(registry))
