"""Clocks that are told of by their tickets' rows alone, after a restart."""

from __future__ import annotations

from typing import Final

import pytest

from stream.desks.tickets.desk import TicketDesk
from stream.desks.tickets.sla.agenda import ClockState
from stream.desks.tickets.sla.policy import Policies, Policy, SlaMetric, Target
from stream.desks.tickets.sla.transitions import TransitionKind
from stream.state.rows import Row
from stream.windows.clock import WallClock
from stream.windows.moments import HOUR
from tests.kinds.tickets import TicketsUnder, ticket
from tests.kinds.worker import Worker
from tests.moments import MINUTE, microseconds
from tests.published import published_in

POLICIES: Final = Policies(
    [Policy("hour", {}, {SlaMetric.FIRST_REPLY: Target.of(SlaMetric.FIRST_REPLY, HOUR, warning=HOUR // 4)})]
)
DUE: Final = microseconds(60 * MINUTE)


class Restarted:
    """A worker whose ticket was opened an hour before it is due, and which starts anew at a moment."""

    def __init__(self) -> None:
        self.seconds = 0.0
        clock = WallClock(lambda: microseconds(self.seconds) * 1_000)
        # A checkpoint after each event: without one, the clocks are worked out from the timeline.
        self.worker = Worker(TicketsUnder(policies=POLICIES), clock=clock, events_between=1)
        self.rows: list[Row] = [*self.worker.take(ticket("opened", 0)).rows]

    def at(self, seconds: float) -> list[TransitionKind]:
        """What is announced once it is so late."""
        self.seconds = seconds
        outcome = self.worker.tickets.advance(caught_up=True)
        self.rows += outcome.rows
        self.worker.tickets.went_out(len(outcome.outgoing))
        return [one.kind for one in published_in(outcome.outgoing)]

    def start_anew(self) -> None:
        state = self.worker.new_state("tickets")
        state.load(self.rows)
        state.loaded()
        self.worker.tickets = state

    @property
    def standing(self) -> tuple[list[ClockState], list[int]]:
        """The states of the clocks, and the nearest deadlines in microseconds."""
        agenda = self.worker.desk(TicketDesk).agenda
        assert agenda is not None
        return [key.state for key in agenda.counts], [due for _, _, due in agenda.deadlines()]


@pytest.mark.parametrize(
    "late, state, deadlines",
    [(44, ClockState.ACTIVE, [DUE]), (50, ClockState.AT_RISK, [DUE]), (61, ClockState.BREACHED, [])],
)
@pytest.mark.parametrize("anew", [False, True], ids=["running on", "started anew"])
def test_a_clock_stands_where_the_time_has_put_it(
    late: float,
    state: ClockState,
    deadlines: list[int],
    anew: bool,  # noqa: FBT001 - a case
) -> None:
    restarted = Restarted()
    restarted.at(late * MINUTE)
    if anew:
        restarted.start_anew()

    assert restarted.standing == ([state], deadlines)


def test_a_clock_at_risk_is_breached_after_a_restart_and_is_not_at_risk_again() -> None:
    restarted = Restarted()
    assert restarted.at(50 * MINUTE) == [TransitionKind.AT_RISK]
    restarted.start_anew()

    assert restarted.at(51 * MINUTE) == []
    assert restarted.at(61 * MINUTE) == [TransitionKind.BREACH]
