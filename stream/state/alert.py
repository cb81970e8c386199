"""Alerts of a kind: which of its figures, held against which thresholds, somebody has to be told of.

The declarations say nothing of Prometheus; the rules are made where those for monitoring are.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from stream.state.figure import Figure


class Severity(StrEnum):
    """How soon somebody has to look: at once, today, when there is time."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


class Comparison(StrEnum):
    """On which side of a threshold a number has to be for a condition to hold."""

    BELOW = "<"
    ABOVE = ">"
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True)
class Condition:
    """A figure held against ``threshold``, the name of one of the settings `monitoring`.

    Windowed figures name their window.
    """

    figure: Figure
    comparison: Comparison
    threshold: str


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert for each combination of the labels by which all of its ``conditions`` hold for as long as ``pending``.

    ``summary`` is the same for all of them; ``description`` is a template over the labels and the value, which is that
    of the first condition. It leads to the ``panel`` so titled on the dashboard ``page``, narrowed by ``narrowed_by``.
    The runbook is ``runbooks/<name>.md`` in the package of the kind.
    """

    name: str
    severity: Severity
    summary: str
    description: str
    conditions: tuple[Condition, ...]
    page: str
    panel: str
    narrowed_by: tuple[str, ...] = ()
    pending: str = "0s"
