"""The tickets that are open, and their clocks, over all partitions of a worker."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from stream.desks.tickets import gauges
from stream.desks.tickets.attributes import Attributes
from stream.desks.tickets.reading import TicketsReading
from stream.desks.tickets.sla.agenda import ClockState
from stream.desks.tickets.sla.gauges import CLOCKS, NEXT_DEADLINE
from stream.desks.tickets.sla.policy import METRICS
from stream.state.kind import Samples
from stream.state.metric import Metric
from stream.state.totals import total_of
from stream.state.view import Distribution, View
from stream.windows.moments import DAY, HOUR, MICROSECONDS, to_seconds, to_text

AGE_EDGES: Final[tuple[int, ...]] = (
    HOUR,
    4 * HOUR,
    8 * HOUR,
    DAY,
    3 * DAY,
    7 * DAY,
    14 * DAY,
    30 * DAY,
    90 * DAY,
)
"""Upper borders, in microseconds, of the age distribution of open tickets."""

BACKLOG_FALLBACK: Final = DAY
"""The backlog threshold, in microseconds, while no ticket was resolved in the last 30 days."""

BACKLOG_WINDOW: Final = "30d"
"""The window whose mean resolution time is the backlog threshold where none is set."""

_AGE_LABELS: Final = tuple(repr(to_seconds(edge)) for edge in AGE_EDGES)


@dataclass(slots=True)
class OpenTotal:
    """Open tickets of one combination of labels. ``ages`` counts, for each of ``AGE_EDGES``, those not older."""

    tickets: int = 0
    backlog: int = 0
    ages: list[int] = field(default_factory=lambda: [0] * len(AGE_EDGES))
    age_sum: int = 0


class ClockLabels(NamedTuple):
    """What SLA clocks are counted by; ``labels`` are the ticket's, without the category."""

    state: ClockState
    policy: str
    sla: str
    labels: Attributes


@dataclass(slots=True)
class ClocksSummary:
    """The open clocks, and the nearest deadline, in microseconds, by policy and metric."""

    counts: Counter[ClockLabels]
    next_deadlines: dict[tuple[str, str], int]


@dataclass(slots=True)
class TicketsSummary:
    """The tickets that are open at a moment, and their clocks. Moments and spans are in microseconds."""

    by_labels: dict[Attributes, OpenTotal]
    waiting: Counter[Attributes]
    backlog_threshold: int
    oldest: int | None
    without_opening: int
    clocks: ClocksSummary


def summarised(readings: Sequence[TicketsReading], view: View, backlog_threshold: int | None) -> TicketsSummary:
    """Add the readings of partitions up; ``backlog_threshold`` is the setting, in microseconds."""
    now = view.now
    threshold = _mean_resolution(view) if backlog_threshold is None else backlog_threshold
    by_labels: dict[Attributes, OpenTotal] = {}
    waiting: Counter[Attributes] = Counter()
    oldest: list[int] = []
    for reading in readings:
        for series, count in reading.waiting:
            waiting[_exported(series.labels)] += count
        for series, opened in reading.opened:
            total = by_labels.setdefault(_exported(series.labels), OpenTotal())
            oldest.append(opened[0])
            total.tickets += len(opened)
            total.backlog += bisect_left(opened, now - threshold)
            past = bisect_right(opened, now)
            total.age_sum += past * now - sum(opened[:past])
            for index, edge in enumerate(AGE_EDGES):
                total.ages[index] += len(opened) - bisect_left(opened, now - edge)
    without_opening = sum(reading.without_opening for reading in readings)
    clocks = clocks_of(readings)
    return TicketsSummary(by_labels, waiting, threshold, min(oldest, default=None), without_opening, clocks)


def clocks_of(readings: Sequence[TicketsReading]) -> ClocksSummary:
    """Add the clocks of partitions up."""
    clocks: Counter[ClockLabels] = Counter()
    deadlines: dict[tuple[str, str], int] = {}
    for reading in readings:
        for key, count in reading.clocks.items():
            labels = _exported(key.series.labels)
            clocks[ClockLabels(key.state, key.policy, METRICS[key.metric].label, labels)] += count
        for policy, metric, due in reading.deadlines:
            pair = policy, METRICS[metric].label
            deadlines[pair] = min(due, deadlines.get(pair, due))
    return ClocksSummary(clocks, deadlines)


def samples(summary: TicketsSummary) -> Iterator[Samples]:
    """The gauges, in the order of the definition."""

    def values(metric: Metric, of: str) -> Samples:
        return metric, {_values(metric, labels): getattr(total, of) for labels, total in summary.by_labels.items()}

    yield values(gauges.OPEN_TICKETS, "tickets")
    yield gauges.OPEN_CASES, {_values(gauges.OPEN_CASES, labels): count for labels, count in summary.waiting.items()}
    yield values(gauges.BACKLOG_TICKETS, "backlog")
    yield (
        gauges.OPEN_TICKET_AGE,
        {
            _values(gauges.OPEN_TICKET_AGE, labels): Distribution(
                _AGE_LABELS, [*total.ages, total.tickets], to_seconds(total.age_sum)
            )
            for labels, total in summary.by_labels.items()
        },
    )
    yield gauges.BACKLOG_THRESHOLD, {(): to_seconds(summary.backlog_threshold)}
    yield gauges.OLDEST_OPEN_TICKET, {} if summary.oldest is None else {(): to_seconds(summary.oldest)}
    yield gauges.TICKETS_WITHOUT_OPENING, {(): summary.without_opening}
    for state, metric in CLOCKS.items():
        yield (
            metric,
            {
                (policy, sla, *_values(gauges.OPEN_TICKETS, labels)): count
                for (of, policy, sla, labels), count in summary.clocks.counts.items()
                if of is state
            },
        )
    yield NEXT_DEADLINE, {key: to_seconds(due) for key, due in summary.clocks.next_deadlines.items()}


def state_numbers(summary: TicketsSummary) -> dict[str, Any]:
    """The gauges over open tickets as final numbers."""
    totals = summary.by_labels.values()
    tickets = sum(total.tickets for total in totals)
    ages = {
        str(edge // MICROSECONDS): sum(total.ages[index] for total in totals) for index, edge in enumerate(AGE_EDGES)
    }
    return {
        "open_tickets": tickets,
        "open_cases": summary.waiting.total(),
        "backlog_tickets": sum(total.backlog for total in totals),
        "backlog_threshold_seconds": to_seconds(summary.backlog_threshold),
        "oldest_open_ticket": None if summary.oldest is None else to_text(summary.oldest),
        "open_ticket_age_seconds": {**ages, "+Inf": tickets},
        "tickets_without_opening": summary.without_opening,
    }


def clocks_now(clocks: ClocksSummary, now: int) -> dict[str, Any]:
    """How many clocks are in each state by policy, metric and label values, and the nearest deadlines, as JSON."""
    return {
        "now": to_text(now),
        "clocks": [
            {
                "policy": policy,
                "sla": sla,
                "channel": labels.channel,
                "priority": labels.priority,
                "team": labels.team,
                "state": state.value,
                "count": count,
            }
            for (state, policy, sla, labels), count in clocks.counts.items()
        ],
        "next_deadlines": [
            {"policy": policy, "sla": sla, "due": to_text(due)} for (policy, sla), due in clocks.next_deadlines.items()
        ],
    }


def _mean_resolution(view: View) -> int:
    resolved = total_of(view.window(BACKLOG_WINDOW), "resolution_seconds")
    return resolved.sum // resolved.count if resolved.count else BACKLOG_FALLBACK


def _values(metric: Metric, labels: Attributes) -> tuple[str, ...]:
    return tuple(str(getattr(labels, label)) for label in metric.labels)


def _exported(labels: Attributes) -> Attributes:
    """The labels that the gauges have."""
    return Attributes(
        **{label: value for label, value in labels._asdict().items() if label in gauges.OPEN_TICKETS.labels}
    )
