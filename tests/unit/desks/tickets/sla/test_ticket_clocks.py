from __future__ import annotations

from typing import Final

from stream.desks.tickets.sla.policy import Policies, Policy, SlaMetric, Target, TargetChoice
from stream.windows.moments import HOUR
from tests.unit.desks.tickets.ticket_log import MINUTE, settled, ticket

FIRST_REPLY: Final = {SlaMetric.FIRST_REPLY: Target.of(SlaMetric.FIRST_REPLY, HOUR)}


def test_a_clock_that_ends_leaves_the_agenda_though_no_other_one_begins() -> None:
    worker = settled(ticket("opened", 0), policies=Policies([Policy("hour", {}, FIRST_REPLY)]))
    before = worker.ticket_desk.agenda
    assert before is not None
    assert before.counts.total() == 1

    worker.take(ticket("replied", MINUTE, actor="agent", author="ann"))
    after = worker.ticket_desk.agenda
    assert after is not None
    assert not after.counts
    assert not list(after.deadlines())


def test_a_clock_without_a_target_is_not_on_the_agenda() -> None:
    urgent = TargetChoice("priority", {"urgent": FIRST_REPLY[SlaMetric.FIRST_REPLY]})
    policies = Policies([Policy("urgent", {}, {SlaMetric.FIRST_REPLY: urgent})])
    agenda = settled(ticket("opened", 0, priority="low"), policies=policies).ticket_desk.agenda

    assert agenda is not None
    assert not agenda.counts
