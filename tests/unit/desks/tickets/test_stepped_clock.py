"""A machine's clock that was ahead for a while: what it did is undone when it is set right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import pytest

from stream.desks.tickets.desk import TicketDesk
from stream.desks.tickets.sla.policy import Policies, Policy, SlaMetric, Target
from stream.desks.tickets.sla.transitions import TransitionKind
from stream.state.outbox import Outgoing
from stream.state.partition import PartitionState
from stream.state.rows import Row
from stream.windows.clock import WallClock
from tests.kinds.tickets import TicketsUnder, ticket
from tests.kinds.worker import UNLIMITED, Worker, records_of
from tests.moments import HOUR, MINUTE, microseconds
from tests.published import published_in

AN_HOUR = microseconds(HOUR) - microseconds(0)
AHEAD = 50 * MINUTE
SPANS = [AHEAD, 45]
NO_CONDITIONS: Final[Mapping[str, frozenset[str]]] = MappingProxyType({})


class Machine:
    """A worker whose wall clock can be set ahead and back; what it announces is kept."""

    def __init__(self, conditions: Mapping[str, frozenset[str]] = NO_CONDITIONS) -> None:
        self.seconds = 0.0
        self.ahead = 0.0
        targets = {SlaMetric.FIRST_REPLY: Target.of(SlaMetric.FIRST_REPLY, AN_HOUR)}
        policies = Policies([Policy("hour", conditions, targets)])
        clock = WallClock(
            lambda: microseconds(self.seconds + self.ahead) * 1_000, lambda: microseconds(self.seconds) * 1_000
        )
        self.worker = Worker(TicketsUnder(policies=policies), clock=clock)
        self.told: Counter[tuple[str, TransitionKind]] = Counter()
        self.appended: list[Row] = []

    def take(self, *values: bytes) -> None:
        state = self.worker.tickets
        outcome = state.take_in(
            records_of(values, state.applied_offset + 1),
            wall_now=microseconds(self.seconds + self.ahead),
            row_bytes=UNLIMITED,
        )
        assert not outcome.rejections
        self.keep(outcome.outgoing)
        self.appended += outcome.rows

    def advance(self) -> None:
        outcome = self.worker.tickets.advance(caught_up=True)
        self.keep(outcome.outgoing)
        self.appended += outcome.rows

    def keep(self, records: Sequence[Outgoing]) -> None:
        for one in published_in(records):
            self.told[one.subject, one.kind] += 1 if one.retracts is None else -1
        self.worker.tickets.went_out(len(records))

    def restart(self) -> None:
        """Go on with what the changelog has."""
        state: PartitionState = self.worker.new_state("tickets")
        state.load(self.appended)
        state.loaded()
        self.worker.tickets = state

    @property
    def standing(self) -> set[tuple[str, TransitionKind]]:
        """What was announced and not taken back."""
        return {told for told, times in self.told.items() if times}


@pytest.fixture
def machine() -> Machine:
    """A ticket was opened 40 minutes ago and is to be answered within the hour."""
    made = Machine()
    made.take(ticket("opened", 0))
    made.seconds = 40 * MINUTE
    made.advance()
    return made


def set_ahead_and_back(machine: Machine, *, restarts: bool) -> None:
    machine.ahead = AHEAD
    machine.advance()
    assert ("T-1", TransitionKind.BREACH) in machine.standing
    machine.take(ticket("opened", 40 * MINUTE, "T-2"))
    machine.ahead = 0
    if restarts:
        machine.restart()
    machine.seconds += 1
    machine.advance()


@pytest.mark.parametrize("restarts", [False, True], ids=["running on", "started again"])
def test_breaches_that_are_still_to_come_are_retracted(machine: Machine, restarts: bool) -> None:  # noqa: FBT001 - a case
    set_ahead_and_back(machine, restarts=restarts)

    assert machine.standing == {("T-1", TransitionKind.ACTIVATE), ("T-2", TransitionKind.ACTIVATE)}
    agenda = machine.worker.desk(TicketDesk).agenda
    assert agenda is not None
    assert {key.state for key in agenda.counts} <= {"active"}


def test_breaches_under_a_policy_for_some_tickets_alone_are_retracted_too() -> None:
    machine = Machine({"priority": frozenset({"urgent"})})
    machine.take(ticket("opened", 0, priority="urgent"))
    machine.seconds = 40 * MINUTE
    machine.ahead = AHEAD
    machine.advance()
    assert ("T-1", TransitionKind.BREACH) in machine.standing

    machine.ahead = 0
    machine.advance()
    assert machine.standing == {("T-1", TransitionKind.ACTIVATE)}


@pytest.mark.parametrize("restarts", [False, True], ids=["running on", "started again"])
def test_deadlines_come_at_their_true_time_afterwards(machine: Machine, restarts: bool) -> None:  # noqa: FBT001 - a case
    set_ahead_and_back(machine, restarts=restarts)
    machine.seconds = HOUR + 1
    machine.advance()

    assert ("T-1", TransitionKind.BREACH) in machine.standing
    assert ("T-2", TransitionKind.BREACH) not in machine.standing


def test_a_ticket_that_is_opened_after_the_correction_is_not_breached_at_once(machine: Machine) -> None:
    set_ahead_and_back(machine, restarts=False)
    machine.seconds = 42 * MINUTE
    machine.take(ticket("opened", 42 * MINUTE, "T-3"))
    machine.advance()

    assert ("T-3", TransitionKind.BREACH) not in machine.standing


@pytest.mark.parametrize("restarts", [False, True], ids=["running on", "started again"])
@pytest.mark.parametrize("ahead", SPANS)
def test_windows_follow_the_clock_back(ahead: float, restarts: bool) -> None:  # noqa: FBT001 - a case
    machine = Machine()
    machine.take(ticket("opened", 0), ticket("opened", 30, "T-2"))
    machine.seconds = 4 * MINUTE
    assert machine.worker.count("tickets_opened", "5m") == 2

    machine.ahead = ahead
    machine.advance()
    assert machine.worker.count("tickets_opened", "1h") == 2
    machine.ahead = 0
    if restarts:
        machine.restart()
    machine.advance()
    assert machine.worker.count("tickets_opened", "5m") == 2

    machine.take(ticket("opened", 4 * MINUTE, "T-3"))
    assert machine.worker.count("tickets_opened", "5m") == 3
