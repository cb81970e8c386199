"""The agenda: what falls due next, and how many clocks are in which state now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum
from heapq import heapify, heappop, heappush
from typing import Final, NamedTuple

from stream.desks.tickets.series import TicketSeries
from stream.desks.tickets.sla.clock import NEVER, SlaClock
from stream.desks.tickets.sla.policy import Target

_SLACK: Final = 1_000


class ClockState(StrEnum):
    """What a clock under a target is doing; each open one is in exactly one of these states."""

    ACTIVE = "active"
    PAUSED = "paused"
    AT_RISK = "at_risk"
    BREACHED = "breached"


class ClockKey(NamedTuple):
    """What clocks are counted by."""

    series: TicketSeries
    policy: str
    metric: int
    state: ClockState


class Lane(NamedTuple):
    """Clocks that are told of in the same way: the tickets' alarms under one target."""

    policy: str
    metric: int
    target: Target
    warning: bool


class Place(NamedTuple):
    """Where a clock stands on the agenda: what it counts as, when it rings, and its deadline if it has one."""

    key: ClockKey
    lane: Lane | None
    moment: int
    due: int | None


def state_of(clock: SlaClock) -> ClockState:
    """The state of an open clock under a target."""
    if clock.breached_at is not None:
        return ClockState.BREACHED
    if clock.running_since is None:
        return ClockState.PAUSED
    return ClockState.AT_RISK if clock.at_risk else ClockState.ACTIVE


def places_of(clocks: Iterable[SlaClock], series: TicketSeries) -> list[Place]:
    """The places of a ticket's open clocks."""
    found = []
    for clock in clocks:
        policy, target = clock.policy, clock.target
        if policy is None or target is None:
            continue
        state = state_of(clock)
        found.append(place_of(series, policy, clock.metric, target, state, clock.alarm, clock.due))
    return found


def place_of(
    series: TicketSeries, policy: str, metric: int, target: Target, state: ClockState, alarm: int, due: int | None
) -> Place:
    """The place of a clock in this state whose next alarm is at that moment, or never."""
    lane = None if alarm == NEVER else Lane(policy, metric, target, state is ClockState.ACTIVE)
    return Place(ClockKey(series, policy, metric, state), lane, alarm, due)


class _Alarms:
    """One moment for each ticket; the earliest is found fast."""

    __slots__ = ("_heap", "_moments")

    def __init__(self) -> None:
        self._heap: list[tuple[int, str]] = []
        self._moments: dict[str, int] = {}

    def set(self, ticket: str, moment: int) -> None:
        self._moments[ticket] = moment
        heappush(self._heap, (moment, ticket))
        if len(self._heap) > 2 * len(self._moments) + _SLACK:
            self._heap = [(moment, ticket) for ticket, moment in self._moments.items()]
            heapify(self._heap)

    def clear(self, ticket: str) -> None:
        self._moments.pop(ticket, None)

    def first(self) -> tuple[int, str] | None:
        """The earliest moment with its ticket."""
        heap, moments = self._heap, self._moments
        while heap:
            moment, ticket = heap[0]
            if moments.get(ticket) == moment:
                return heap[0]
            heappop(heap)
        return None

    def __bool__(self) -> bool:
        return bool(self._moments)


class Agenda:
    """The alarms and counts of all open clocks of a partition's tickets."""

    def __init__(self) -> None:
        self.counts: Counter[ClockKey] = Counter()
        self._lanes: dict[Lane, _Alarms] = {}

    def add(self, ticket: str, places: Iterable[Place]) -> None:
        """The clocks of a ticket stand at these places from now on."""
        for key, lane, moment, _ in places:
            self.counts[key] += 1
            if lane is not None:
                alarms = self._lanes.get(lane)
                if alarms is None:
                    alarms = self._lanes[lane] = _Alarms()
                alarms.set(ticket, moment)

    def remove(self, ticket: str, places: Iterable[Place]) -> None:
        """The clocks of a ticket, which were added at these places, stand there no more."""
        for key, lane, _, _ in places:
            left = self.counts[key] - 1
            if left:
                self.counts[key] = left
            else:
                del self.counts[key]
            if lane is not None:
                self._lanes[lane].clear(ticket)

    def next_before(self, moment: int) -> tuple[int, str] | None:
        """The earliest alarm before ``moment`` with its ticket."""
        found: tuple[int, str] | None = None
        for alarms in self._lanes.values():
            first = alarms.first()
            if first is not None and first[0] < moment:
                moment, found = first[0], first
        return found

    def deadlines(self) -> Iterator[tuple[str, int, int]]:
        """For each policy and metric the nearest deadline of a running clock that is not breached.

        A pair may come several times, once for each of its targets.
        """
        for lane, alarms in self._lanes.items():
            first = alarms.first()
            if first is not None:
                yield lane.policy, lane.metric, first[0] + (lane.target.warning if lane.warning else 0)
