"""The numbers of one window, put together from its additive parts and its quantiles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from tests.oracle.moments import SECOND
from tests.oracle.numbers import Numbers, ratio

_LABELS: Final = ("channel", "priority", "team", "category", "policy", "sla")
_QUANTILES: Final = ("p50", "p90", "p95", "p99")
_DURATIONS: Final = (
    "first_reply_seconds",
    "next_reply_seconds",
    "requester_wait_seconds",
    "agent_work_seconds",
    "on_hold_seconds",
    "first_resolution_seconds",
    "resolution_seconds",
    "complaint_first_resolution_seconds",
    "complaint_resolution_seconds",
)
_BUSINESS_DURATIONS: Final = tuple(measure.removesuffix("_seconds") + "_business_seconds" for measure in _DURATIONS)
_COUNTS: Final = (
    "tickets_opened",
    "tickets_resolved",
    "tickets_resolved_first_contact",
    "tickets_reopened",
    "tickets_escalated",
    "ticket_reassignments",
    "tickets_abandoned",
    "ticket_events_before_opening",
    "ticket_events_after_resolution",
)


class _Part(NamedTuple):
    """What one measure comes to for one set of label values; ``total`` is microseconds, for durations only."""

    measure: str
    labels: dict[str, str]
    amount: int
    total: int | None


@dataclass(slots=True)
class WindowAnswer:
    """The contributions that fall into one window."""

    _parts: list[_Part] = field(default_factory=list)
    _quantiles: dict[str, dict[str, float]] = field(default_factory=dict)

    def add_part(self, measure: str, label_values: Sequence[str | None], count: int, total: int | None) -> None:
        """Add the count and the total in microseconds of one set of label values; ``None`` is no label at all."""
        labels = {label: value for label, value in zip(_LABELS, label_values, strict=True) if value is not None}
        self._parts.append(_Part(measure, labels, count, total))

    def add_quantiles(self, measure: str, quantiles: Sequence[int]) -> None:
        """Set the quantiles of a measure, in microseconds."""
        self._quantiles[measure] = {name: value / SECOND for name, value in zip(_QUANTILES, quantiles, strict=True)}

    def count(self, measure: str, **labels: str) -> int:
        """Return how often a measure counts, over the parts with these label values."""
        return sum(part.amount for part in self._of(measure, **labels))

    def total(self, measure: str) -> int:
        """Return the total of a measure's durations in microseconds."""
        return sum(part.total or 0 for part in self._of(measure))

    def snapshot(self) -> Numbers:
        """Return the window as deskpulse shows it, with its parts."""
        opened = self.count("tickets_opened")
        resolved = self.count("tickets_resolved")
        opened_by_channel = self._counts_by("tickets_opened", "channel")
        return {
            **{measure: self._distribution(measure) for measure in _DURATIONS},
            **{measure: self._distribution(measure) for measure in _BUSINESS_DURATIONS if self.count(measure)},
            **{measure: self.count(measure) for measure in _COUNTS},
            "tickets_opened_by_channel": opened_by_channel,
            "channel_share": {channel: count / opened for channel, count in opened_by_channel.items()},
            "tickets_opened_by_category": self._counts_by("tickets_opened_by_category", "category"),
            "resolution_ratio": ratio(self.count("tickets_opened_resolved"), opened),
            "resolution_ratio_by_team": {
                team: self.count("tickets_opened_resolved", team=team) / count
                for team, count in self._counts_by("tickets_opened", "team").items()
                if team != "none"
            },
            "first_contact_resolution_ratio": ratio(self.count("tickets_resolved_first_contact"), resolved),
            "reopen_ratio": ratio(self.count("tickets_reopened"), resolved),
            "escalation_ratio": ratio(self.count("tickets_escalated"), opened),
            "abandonment_ratio": ratio(self.count("tickets_abandoned"), opened),
            "sla_ended_in_time": self.count("sla_ended_in_time"),
            "sla_ended_late": self.count("sla_ended_late"),
            "sla_compliance_ratio": ratio(
                self.count("sla_ended_in_time"), self.count("sla_ended_in_time") + self.count("sla_ended_late")
            ),
            "parts": self._parts_by_measure(),
        }

    def _of(self, measure: str, **labels: str) -> Iterator[_Part]:
        return (part for part in self._parts if part.measure == measure and labels.items() <= part.labels.items())

    def _counts_by(self, measure: str, label: str) -> dict[str, int]:
        counts: dict[str, int] = {}
        for part in self._of(measure):
            counts[part.labels[label]] = counts.get(part.labels[label], 0) + part.amount
        return counts

    def _distribution(self, measure: str) -> dict[str, float | None]:
        count = self.count(measure)
        seconds = self.total(measure) / SECOND
        quantiles = self._quantiles.get(measure, {})
        return {
            "count": count,
            "sum": seconds,
            "mean": ratio(seconds, count),
            **{name: quantiles.get(name) for name in _QUANTILES},
        }

    def _parts_by_measure(self) -> dict[str, list[Numbers]]:
        by_measure: dict[str, list[Numbers]] = {}
        for part in self._parts:
            numbers: Numbers = {"labels": part.labels, "count": part.amount}
            if part.total is not None:
                numbers["sum"] = part.total / SECOND
            by_measure.setdefault(part.measure, []).append(numbers)
        return by_measure
