"""What a worker knows at one moment, summed over the partitions that it holds."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import merge
from itertools import chain, islice
from typing import Any, Final, NamedTuple

from stream.desk.attributes import Attributes
from stream.desk.newest_comments import Comment
from stream.desk.partition import PartitionState
from stream.desk.sla.agenda import ClockState
from stream.desk.sla.policy import METRICS
from stream.desk.surveys import SurveyDesk
from stream.desk.tickets import TicketDesk
from stream.metrics.partition_reading import HeldPartition, LivePartition, PartitionReading, SlotTotals, TicketsReading
from stream.metrics.sla_explained import explained
from stream.windows.clock import Clock
from stream.windows.local_days import LocalDays
from stream.windows.moments import DAY, HOUR
from stream.windows.series import SUM, Series, SeriesRegistry
from stream.windows.sliding import LIFETIME, WINDOWS

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

_BACKLOG_WINDOW: Final = "30d"


@dataclass(slots=True)
class SeriesTotal:
    """How often a series was contributed to, by bucket too; for durations also their sum (microseconds).

    What is only counted has a single bucket.
    """

    count: int = 0
    sum: int = 0
    buckets: dict[int, int] = field(default_factory=dict)


WindowTotals = dict[Series, SeriesTotal]


@dataclass(slots=True)
class OpenTotal:
    """Open tickets of one combination of labels. ``ages`` counts, for each of ``AGE_EDGES``, those not older."""

    tickets: int = 0
    backlog: int = 0
    ages: list[int] = field(default_factory=lambda: [0] * len(AGE_EDGES))
    age_sum: int = 0


@dataclass(slots=True)
class OpenView:
    """The tickets that are open. Moments and spans are in microseconds."""

    by_labels: dict[Attributes, OpenTotal]
    waiting: Counter[Attributes]
    backlog_threshold: int
    oldest: int | None
    without_opening: int


class ClockLabels(NamedTuple):
    """What SLA clocks are counted by; ``labels`` are the ticket's, without the category."""

    state: ClockState
    policy: str
    sla: str
    labels: Attributes


class DetachedViewError(Exception):
    """A view that has let go of the states was asked for what only they know."""


class WorkerView:
    """Reads the states of a worker's partitions; made anew for each scrape or request.

    It is sound between two batches, and on any thread at any time once it is detached.
    """

    def __init__(
        self, states: Iterable[PartitionState], registry: SeriesRegistry, clock: Clock, backlog_threshold: int | None
    ) -> None:
        self._states: list[PartitionState] | None = list(states)
        self._registry = registry
        self._backlog_threshold = backlog_threshold
        self.clock_name = clock.name
        self.now = clock.now()
        self.watermark = max((state.watermark for state in self._states), default=0)
        for state in self._states:
            state.advance()
        self._partitions: list[PartitionReading] = [LivePartition(state) for state in self._states]
        self._windows: dict[str, WindowTotals] = {}

    def detach(self, windows: Collection[str] = (), *, days: bool = False) -> None:
        """Let go of the states, with a copy of these windows, the days if wanted, the open tickets and the clocks.

        Whatever else is asked for from then on raises ``KeyError`` or ``DetachedViewError``.
        """
        self._partitions = [HeldPartition(state, windows, days=days) for state in self._attached()]
        self._states = None

    def window(self, name: str) -> WindowTotals:
        """The totals of a window, or of the lifetime, by series; only what is not zero."""
        totals = self._windows.get(name)
        if totals is None:
            found = chain.from_iterable(partition.totals_of(name) for partition in self._partitions)
            totals = self._windows[name] = self._by_series(found)
        return totals

    def days(self) -> Iterator[tuple[str, WindowTotals]]:
        """The totals of each local day that has any, oldest first, by ISO date."""
        by_day = [partition.days() for partition in self._partitions]
        for day in sorted(set().union(*by_day)):
            if totals := self._by_series(days.get(day, {}) for days in by_day):
                yield LocalDays.date_of(day).isoformat(), totals

    def open_tickets(self) -> OpenView:
        """The tickets that are open at ``now``."""
        threshold = self.backlog_threshold
        by_labels: dict[Attributes, OpenTotal] = {}
        waiting: Counter[Attributes] = Counter()
        oldest: list[int] = []
        without_opening = 0
        for tickets in self._tickets():
            without_opening += tickets.without_opening
            for series, count in tickets.waiting:
                waiting[_exported(series.labels)] += count
            for series, opened in tickets.opened:
                total = by_labels.setdefault(_exported(series.labels), OpenTotal())
                oldest.append(opened[0])
                total.tickets += len(opened)
                total.backlog += bisect_left(opened, self.now - threshold)
                past = bisect_right(opened, self.now)
                total.age_sum += past * self.now - sum(opened[:past])
                for index, edge in enumerate(AGE_EDGES):
                    total.ages[index] += len(opened) - bisect_left(opened, self.now - edge)
        return OpenView(by_labels, waiting, threshold, min(oldest, default=None), without_opening)

    @property
    def backlog_threshold(self) -> int:
        """The age, in microseconds, beyond which an open ticket is backlog."""
        if self._backlog_threshold is not None:
            return self._backlog_threshold
        resolved = [
            total for series, total in self.window(_BACKLOG_WINDOW).items() if series.measure == "resolution_seconds"
        ]
        count = sum(total.count for total in resolved)
        return sum(total.sum for total in resolved) // count if count else BACKLOG_FALLBACK

    def clocks(self) -> Counter[ClockLabels]:
        """How many SLA clocks are in each state now, by policy, metric and the ticket's labels."""
        found: Counter[ClockLabels] = Counter()
        for tickets in self._tickets():
            for key, count in tickets.clocks.items():
                found[ClockLabels(key.state, key.policy, METRICS[key.metric].label, _exported(key.series.labels))] += (
                    count
                )
        return found

    def next_deadlines(self) -> dict[tuple[str, str], int]:
        """The nearest deadline, in microseconds, by policy and metric."""
        found: dict[tuple[str, str], int] = {}
        for tickets in self._tickets():
            for policy, metric, due in tickets.deadlines:
                key = policy, METRICS[metric].label
                found[key] = min(due, found.get(key, due))
        return found

    def explain_sla(self, ticket: str) -> dict[str, Any] | None:
        """A ticket's clocks and why its policy is in force, as JSON; ``None`` if no such ticket is known here."""
        for desk in (state.desk for state in self._attached() if isinstance(state.desk, TicketDesk)):
            found = desk.ticket(ticket) if desk.sla is not None else None
            if found is not None and desk.sla is not None:
                readings, _ = desk.sla.read(found.timeline, found.history, found.series, self.now)
                return explained(ticket, found.attributes, desk.sla.policies, readings, self.now)
        return None

    def comments(self, limit: int) -> list[Comment]:
        """The newest survey comments, newest first."""
        desks = [state.desk for state in self._attached() if isinstance(state.desk, SurveyDesk)]
        newest = merge(*(desk.comments() for desk in desks), key=lambda comment: comment.at, reverse=True)
        return list(islice(newest, limit))

    def _tickets(self) -> Iterator[TicketsReading]:
        return filter(None, (partition.tickets() for partition in self._partitions))

    def _attached(self) -> list[PartitionState]:
        if self._states is None:
            raise DetachedViewError("this view has let go of the states")
        return self._states

    def _by_series(self, found: Iterable[SlotTotals]) -> WindowTotals:
        summed: dict[int, int] = {}
        for totals in found:
            if summed:
                get = summed.get
                for slot, amount in totals.items():
                    summed[slot] = get(slot, 0) + amount
            else:
                summed = dict(totals)
        by_first_slot: dict[int, SeriesTotal] = {}
        offset_of = self._registry.offset_of
        for slot, amount in summed.items():
            if not amount:
                continue
            offset = offset_of(slot)
            total = by_first_slot.get(slot - offset)
            if total is None:
                total = by_first_slot[slot - offset] = SeriesTotal()
            if offset == SUM:
                total.sum = amount
            else:
                total.count += amount
                total.buckets[offset] = amount
        return {self._registry.series_of(slot): total for slot, total in by_first_slot.items()}


def _exported(labels: Attributes) -> Attributes:
    """The labels that the gauges over open tickets have: all but the category."""
    return labels._replace(category=None)


WINDOW_NAMES: Final[Sequence[str]] = (*(shape.name for shape in WINDOWS), LIFETIME)
"""The windows that can be asked for, the lifetime last."""
