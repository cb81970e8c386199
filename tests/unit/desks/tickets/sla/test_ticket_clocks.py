from __future__ import annotations

from typing import Final

from stream.desks.tickets.desk import TicketDesk
from stream.desks.tickets.sla.policy import Policies, Policy, SlaMetric, Target, TargetChoice
from stream.windows.moments import HOUR
from tests.kinds.tickets import TicketsUnder, ticket
from tests.kinds.worker import settled
from tests.moments import MINUTE

FIRST_REPLY: Final = {SlaMetric.FIRST_REPLY: Target.of(SlaMetric.FIRST_REPLY, HOUR)}


def test_a_clock_that_ends_leaves_the_agenda_though_no_other_one_begins() -> None:
    worker = settled(ticket("opened", 0), under=[TicketsUnder(policies=Policies([Policy("hour", {}, FIRST_REPLY)]))])
    before = worker.desk(TicketDesk).agenda
    assert before is not None
    assert before.counts.total() == 1

    worker.take(ticket("replied", MINUTE, actor="agent", author="ann"))
    after = worker.desk(TicketDesk).agenda
    assert after is not None
    assert not after.counts
    assert not list(after.deadlines())


def test_a_clock_without_a_target_is_not_on_the_agenda() -> None:
    urgent = TargetChoice("priority", {"urgent": FIRST_REPLY[SlaMetric.FIRST_REPLY]})
    policies = Policies([Policy("urgent", {}, {SlaMetric.FIRST_REPLY: urgent})])
    agenda = (
        settled(ticket("opened", 0, priority="low"), under=[TicketsUnder(policies=policies)]).desk(TicketDesk).agenda
    )

    assert agenda is not None
    assert not agenda.counts
