"""What the desk says of the clocks of one ticket, in the words in which cases and the oracle say it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from stream.desks.tickets.desk import TicketDesk
from stream.desks.tickets.sla.explanation import ClockReading
from stream.desks.tickets.sla.transitions import CancelReason
from stream.windows.clock import WallClock
from tests.desk_terms import desk_policies
from tests.kinds.tickets import TicketsUnder
from tests.kinds.worker import Worker
from tests.oracle.sla_policies import Policies
from tests.published import published_in


class Clock(NamedTuple):
    """What a clock shows; times and spans in microseconds.

    ``sla`` is the metric's label and ``state`` one of ``active``, ``paused``, ``at_risk``, ``breached``,
    ``fulfilled`` and ``cancelled``. ``elapsed`` is that of the look, or of the end. ``due`` is the deadline of a clock
    that runs, is open and not breached, ``None`` for any other.
    """

    sla: str
    number: int
    state: str
    elapsed: int
    due: int | None
    breached_at: int | None
    policy: str | None


class Transition(NamedTuple):
    """One announcement, at ``time`` in microseconds."""

    id: str
    kind: str
    time: int


@dataclass(frozen=True, slots=True)
class Reading:
    """The clocks of a ticket and what they announced.

    ``clocks`` are those of open instances with a target in force and of ended ones that had one at their end.
    ``transitions`` are those that stand: announced and not retracted.
    """

    clocks: list[Clock]
    transitions: list[Transition]


def read(events: Sequence[bytes], policies: Policies, now: int, ticket: str) -> Reading:
    """What the desk says at ``now`` of a ticket after these records, in the order in which they arrive.

    The records may be those of several tickets, may repeat, and none of them is later than ``now``.
    """
    worker = Worker(TicketsUnder(policies=desk_policies(policies)), clock=WallClock(lambda: now * 1_000))
    outcomes = [worker.take(event) for event in events]
    outcomes.append(worker.tickets.advance(caught_up=True))
    assert not any(outcome.rejections for outcome in outcomes)
    standing: dict[str, Transition] = {}
    told = published_in(record for outcome in outcomes for record in outcome.outgoing)
    for one in (one for one in told if one.subject == ticket):
        if one.retracts is not None:
            del standing[one.retracts]
        else:
            assert one.id not in standing
            standing[one.id] = Transition(one.id, one.kind.value, one.time)
    found = worker.desk(TicketDesk).find(ticket)
    if found is None:
        return Reading([], [])
    sla = worker.desk(TicketDesk).sla
    assert sla is not None
    readings, _ = sla.read(found.timeline, found.history, found.series, now)
    return Reading([_clock(one) for one in readings if one.reason != CancelReason.NO_TARGET], list(standing.values()))


def _clock(reading: ClockReading) -> Clock:
    due = reading.due if reading.breached_at is None else None
    return Clock(
        *(reading.sla, reading.number, reading.state, reading.elapsed, due, reading.breached_at, reading.policy)
    )
