"""What an exported metric is: its name, its type, its labels and its definition."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

PREFIX: Final = "helpdesk_"
WINDOW_LABEL: Final = "window"


class MetricType(StrEnum):
    """How a metric is exported."""

    WINDOWED_COUNT = "windowed count"
    WINDOWED_DURATION = "windowed distribution"
    GAUGE = "gauge"
    DISTRIBUTION = "distribution"
    COUNTER = "counter"
    INFO = "info"


class OverFleet(StrEnum):
    """What the fleet's value of a gauge is of those of its workers; ``NONE`` if it is not recorded."""

    SUM = "sum"
    MIN = "min"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Metric:
    """An exported metric. ``name`` is the full name, for a counter without its ``_total``.

    A gauge is recorded ``over_fleet``, and summed up further to each combination of labels in ``levels``.
    """

    name: str
    type: MetricType
    labels: tuple[str, ...]
    definition: str
    measure: str | None = None
    over_fleet: OverFleet = OverFleet.SUM
    levels: tuple[tuple[str, ...], ...] = ()

    @property
    def short_name(self) -> str:
        """The name without the prefix."""
        return self.name.removeprefix(PREFIX)

    @property
    def exposed_name(self) -> str:
        """The name by which a query finds it."""
        if self.type is MetricType.COUNTER:
            return f"{self.name}_total"
        if self.type is MetricType.INFO:
            return f"{self.name}_info"
        if self.type in (MetricType.WINDOWED_DURATION, MetricType.DISTRIBUTION):
            return f"{self.name}_bucket"
        return self.name


def gauge(
    name: str,
    labels: tuple[str, ...],
    definition: str,
    over_fleet: OverFleet = OverFleet.SUM,
    levels: tuple[tuple[str, ...], ...] = (),
) -> Metric:
    """A gauge; ``name`` is without the prefix."""
    return Metric(PREFIX + name, MetricType.GAUGE, labels, definition, None, over_fleet, levels)


def counter(name: str, labels: tuple[str, ...], definition: str) -> Metric:
    """A counter since the worker started; ``name`` is without the prefix and without ``_total``."""
    return Metric(PREFIX + name, MetricType.COUNTER, labels, definition)


def distribution(name: str, labels: tuple[str, ...], definition: str) -> Metric:
    """A distribution at a moment; ``name`` is without the prefix."""
    return Metric(PREFIX + name, MetricType.DISTRIBUTION, labels, definition)
