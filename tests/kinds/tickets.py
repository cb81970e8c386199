"""Tickets in tests."""

from __future__ import annotations

from stream.desks.tickets.definition import Tickets
from stream.desks.tickets.desk import TicketDesk
from stream.desks.tickets.desk_group import TicketDesks
from stream.desks.tickets.kept_ticket import Ticket
from stream.desks.tickets.rules import TicketRules
from stream.desks.tickets.sla.default_policy import DEFAULT_POLICY
from stream.desks.tickets.sla.policy import Policies
from stream.state.kind import Workplace
from stream.state.partition import PartitionState
from stream.windows.moments import DAY, MICROSECONDS
from tests import oracle
from tests.desk_terms import desk_calendar, desk_policies
from tests.kinds.kind_under_test import KindUnderTest, subjects_of
from tests.moments import HOUR, When, record
from tests.oracle import OracleSettings, TicketSettings

DEFAULT_RULES = TicketRules()
DEFAULT_POLICIES = Policies([DEFAULT_POLICY])


def ticket(kind: str, when: When, subject: str = "T-1", **data: object) -> bytes:
    """An event of a ticket."""
    return record(f"helpdesk.ticket.{kind}.v1", when, subject, data)


def desk_of(state: PartitionState) -> TicketDesk:
    """The desk of a partition of tickets."""
    desk = state.desk
    assert isinstance(desk, TicketDesk)
    return desk


def tickets_of(desk: TicketDesk) -> dict[str, Ticket]:
    """All tickets of a desk by subject."""
    return {subject: ticket for subject in subjects_of(desk) if (ticket := desk.find(subject)) is not None}


class TicketsUnder(KindUnderTest, Tickets):
    """Tickets under rules and policies that no settings file can say; the age of backlog is in microseconds."""

    beginnings = frozenset({"helpdesk.ticket.opened.v1"})

    def __init__(
        self,
        rules: TicketRules = DEFAULT_RULES,
        policies: Policies | None = DEFAULT_POLICIES,
        backlog_threshold: int | None = None,
    ) -> None:
        self._under = rules, policies, backlog_threshold

    def new_group(self, workplace: Workplace) -> TicketDesks:
        return TicketDesks(workplace, *self._under)

    @classmethod
    def as_in(cls, settings: OracleSettings) -> TicketsUnder:
        chosen = settings.section(TicketSettings)
        rules = TicketRules(
            complaint_categories=frozenset(chosen.complaint_categories),
            first_contact_rule=chosen.fcr_rule,
            first_contact_quiet=round(chosen.fcr_days * DAY),
            first_contact_limit=round(chosen.fcr_closed_within_seconds * MICROSECONDS),
            calendar=desk_calendar(chosen.calendar),
        )
        # What is as usual is left for the desk to fill in, so that its defaults are held against the oracle's too.
        is_usual = chosen.policies is oracle.DEFAULT_POLICIES
        policies = DEFAULT_POLICIES if is_usual else desk_policies(chosen.policies)
        threshold = chosen.backlog_threshold_seconds
        return cls(rules, policies, None if threshold is None else round(threshold * MICROSECONDS))

    @classmethod
    def events_for_every_metric(cls) -> tuple[bytes, ...]:
        return (
            ticket("opened", 0, channel="email", priority="high", category="complaint", team="first"),
            ticket("replied", 100, actor="agent"),
            ticket("replied", HOUR, actor="customer"),
            ticket("replied", HOUR + 30, actor="agent"),
            ticket("escalated", HOUR + 40),
            ticket("updated", HOUR + 50, assignee="ann"),
            ticket("updated", HOUR + 60, assignee="bob"),
            ticket("resolved", 2 * HOUR),
            ticket("reopened", 3 * HOUR),
            ticket("resolved", 4 * HOUR),
            ticket("opened", 0, "T-2", channel="chat", team="second"),
            ticket("abandoned", HOUR, "T-2"),
            ticket("opened", 5 * HOUR, "T-3", channel="email", status="pending"),
            ticket("opened", 0, "T-4", channel="email"),
            ticket("resolved", 0, "T-5"),
            ticket("opened", 0, "T-6"),
            ticket("replied", 10, "T-6", actor="agent"),
            ticket("resolved", 20, "T-6"),
            ticket("status_changed", 30, "T-6", status="hold"),
            ticket("replied", -10, "T-6", actor="customer"),
        )
