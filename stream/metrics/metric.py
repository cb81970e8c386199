"""What an exported metric is: its name, its kind, its labels and its definition."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

PREFIX: Final = "helpdesk_"
WINDOW_LABEL: Final = "window"


class Kind(StrEnum):
    """How a metric is exported."""

    WINDOWED_COUNT = "windowed count"
    WINDOWED_DURATION = "windowed distribution"
    GAUGE = "gauge"
    DISTRIBUTION = "distribution"
    COUNTER = "counter"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Metric:
    """An exported metric. ``name`` is the full name, for a counter without its ``_total``."""

    name: str
    kind: Kind
    labels: tuple[str, ...]
    definition: str
    measure: str | None = None

    @property
    def exposed_name(self) -> str:
        """The name by which a query finds it."""
        if self.kind is Kind.COUNTER:
            return f"{self.name}_total"
        if self.kind is Kind.INFO:
            return f"{self.name}_info"
        if self.kind in (Kind.WINDOWED_DURATION, Kind.DISTRIBUTION):
            return f"{self.name}_bucket"
        return self.name
