"""All clocks of a ticket: which begin and end with each entry of its timeline.

The clocks follow the ticket's own state: the reply clocks run while its customer waits, the clocks of the work
while it is active. So there is one reading of a timeline, and the SLA cannot contradict the durations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Final, NamedTuple

from stream.desks.tickets.sla.clock import NEVER, SlaClock
from stream.desks.tickets.sla.policy import NO_TERMS, SlaMetric, Terms
from stream.desks.tickets.sla.transitions import CANCEL, FULFIL, CancelReason, Transition, TransitionKind
from stream.desks.tickets.ticket import TicketState
from stream.desks.tickets.timeline import ACTOR_MASK, AGENT, INTERNAL, Rank
from stream.windows.sliding import Contribution

_FIRST_REPLY: Final = int(SlaMetric.FIRST_REPLY)
_NEXT_REPLY: Final = int(SlaMetric.NEXT_REPLY)
_PERIODIC_UPDATE: Final = int(SlaMetric.PERIODIC_UPDATE)
_REPLIES: Final = (_FIRST_REPLY, _NEXT_REPLY)
_UPDATES: Final = (_PERIODIC_UPDATE,)
_WORK: Final = (int(SlaMetric.REQUESTER_WAIT), int(SlaMetric.AGENT_WORK), int(SlaMetric.RESOLUTION))

_OTHERS_REPLIED: Final = int(Rank.OTHERS_REPLIED)
_HANDED_OFF: Final = int(Rank.HANDED_OFF)

Slots = Mapping[tuple[str, int], tuple[int, int]]
"""For each policy and metric the first slots of instances that ended in time, and late."""

_COUNTING_REASONS: Final = frozenset({CancelReason.SOLVED, CancelReason.ABANDONED})


class UsedMetrics(NamedTuple):
    """The metrics that any policy has a target for: all, whether the periodic update is one, and those of the work."""

    metrics: frozenset[int]
    updates: bool
    work: tuple[int, ...]

    @classmethod
    def of(cls, metrics: Iterable[int]) -> UsedMetrics:
        """These metrics."""
        used = frozenset(map(int, metrics))
        return cls(used, _PERIODIC_UPDATE in used, tuple(metric for metric in _WORK if metric in used))


class TicketClocks:
    """The open clocks of a ticket by metric, as far as its timeline was followed.

    There are no clocks but for the metrics in ``used``. ``changed`` says that a clock began, ended, paused, resumed or
    changed its deadline since it was last set to ``False``. ``alarm`` is when something happens by itself next, and
    ``rung_at`` when it last did (microseconds). ``ended`` is what the clocks that have ended contribute.
    """

    __slots__ = (
        "_active",
        "_moved",
        "_numbers",
        "_status",
        "_used",
        "_waiting_since",
        "alarm",
        "changed",
        "ended",
        "open",
        "rung_at",
        "terms",
    )

    def __init__(self, used: UsedMetrics) -> None:
        self._used = used
        self.reset()

    def reset(self) -> None:
        """Back to before the first entry."""
        self.open: list[SlaClock] = []
        self.ended: tuple[Contribution, ...] = ()
        self._numbers: dict[int, int] = {}
        self._waiting_since: int | None = None
        self._active = False
        self._status = 0
        self.terms: Terms = NO_TERMS
        self.rung_at = 0
        self.changed = False
        self._moved = False
        self.alarm = NEVER

    def follow(  # noqa: C901, PLR0912 - the table of what each change of the ticket does, and hot
        self,
        ticket: TicketState,
        time: int,
        rank: int,
        flags: int,
        terms: Terms,
        slots: Slots,
        out: list[Transition],
    ) -> None:
        """Take what an entry did to the ticket, which has just stepped over it."""
        clocks = self.open
        if self.alarm < time:
            self.ring(time, out)
        active, status = ticket.active, ticket.status
        if terms is not self.terms:
            if clocks:
                self._change_terms(time, terms, out)
            self.terms = terms
        waiting_since = ticket.waiting_since
        if (
            waiting_since == self._waiting_since
            and status == self._status
            and active is self._active
            and rank != _HANDED_OFF
            and (rank != _OTHERS_REPLIED or not self._used.updates)
        ):
            if self._moved:
                self._find_alarm()
            return
        was_active = self._active
        reply = rank == _OTHERS_REPLIED and flags & ACTOR_MASK == AGENT and not flags & INTERNAL
        if waiting_since != self._waiting_since or (rank == _HANDED_OFF and active):
            if self._waiting_since is not None:
                kind, reason = FULFIL, None
                if not reply:
                    kind, reason = CANCEL, CancelReason.HANDED_OFF if rank == _HANDED_OFF else _reason(ticket)
                self._end(_REPLIES, time, kind, reason, slots, out)
            if waiting_since is not None:
                self._begin(_NEXT_REPLY if ticket.first_reply_made else _FIRST_REPLY, time, status, out)
            self._waiting_since = waiting_since
        if reply and active and self._used.updates:
            self._end(_UPDATES, time, FULFIL, None, slots, out)
            self._begin(_PERIODIC_UPDATE, time, status, out)
        if active is not was_active:
            self._active = active
            self._status = status
            if active:
                for metric in self._used.work:
                    self._begin(metric, time, status, out)
            else:
                reason = _reason(ticket)
                kind, why = (FULFIL, None) if reason is CancelReason.SOLVED else (CANCEL, reason)
                self._end(_UPDATES, time, CANCEL, reason, slots, out)
                self._end(_WORK, time, kind, why, slots, out)
        elif active and status != self._status:
            self._status = status
            for clock in clocks:
                if clock.follow_status(time, status, out):
                    self._moved = True
        if self._moved:
            self._find_alarm()

    def void(self, time: int, reason: CancelReason, out: list[Transition]) -> None:
        """The ticket counts nowhere from here on: whatever is open is cancelled."""
        self.ring(time, out)
        for clock in self.open:
            clock.end(time, CANCEL, reason, out)
        self.open = []
        self.ended = ()
        self._active = False
        self.changed = True
        self.alarm = NEVER

    def ring(self, time: int, out: list[Transition]) -> None:
        """What happens to the clocks by itself before ``time``."""
        if self.alarm >= time:
            return
        rung = len(out)
        for clock in self.open:
            if clock.alarm < time:
                self._ring(clock, time, out)
        if len(out) > rung + 1:
            out[rung:] = sorted(out[rung:], key=_time)
        self._find_alarm()

    def _find_alarm(self) -> None:
        alarm = NEVER
        for clock in self.open:
            if clock.alarm < alarm:  # noqa: PLR1730 - a call for each clock costs more than it reads better
                alarm = clock.alarm
        self.alarm = alarm
        self._moved = False
        self.changed = True

    def _ring(self, clock: SlaClock, time: int, out: list[Transition]) -> None:
        clock.ring(time, out)
        self.rung_at = max(self.rung_at, clock.warned_at or 0, clock.breached_at or 0)
        self._moved = True

    def _change_terms(self, time: int, terms: Terms, out: list[Transition]) -> None:
        for clock in self.open:
            clock.change_terms(time, terms.policy, terms.targets[clock.metric], self._status, out)
        self._moved = True

    def _begin(self, metric: int, time: int, status: int, out: list[Transition]) -> None:
        if metric not in self._used.metrics:
            return
        numbers, terms = self._numbers, self.terms
        number = numbers.get(metric, 0) + 1
        numbers[metric] = number
        self.open.append(SlaClock(metric, number, terms.policy, terms.targets[metric], time, status, out))
        self._moved = True

    def _end(
        self,
        metrics: tuple[int, ...],
        time: int,
        kind: TransitionKind,
        reason: CancelReason | None,
        slots: Slots,
        out: list[Transition],
    ) -> None:
        for clock in self.open[:]:
            if clock.metric not in metrics:
                continue
            self.open.remove(clock)
            clock.end(time, kind, reason, out)
            self._moved = True
            if clock.target is None or clock.policy is None:
                continue
            in_time, late = slots[clock.policy, clock.metric]
            if clock.breached_at is not None:
                if kind is FULFIL or reason in _COUNTING_REASONS:
                    self.ended += ((late, time, 1, 0),)
            elif kind is FULFIL:
                self.ended += ((in_time, time, 1, 0),)


_time = attrgetter("time")


def _reason(ticket: TicketState) -> CancelReason:
    return CancelReason.SOLVED if ticket.resolved_at is not None else CancelReason.ABANDONED
