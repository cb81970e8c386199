"""Opening hours, policies and rules, written down in the oracle's words, as the desk takes them.

What is as usual is left for the desk to fill in, so that its defaults are held against the oracle's too.
"""

from __future__ import annotations

from functools import cache
from zoneinfo import ZoneInfo

from stream.desks.agents.rules import AgentRules
from stream.desks.calls.rules import CallRules
from stream.desks.customers.rules import CustomerRules
from stream.desks.reviews.rules import ReviewRules
from stream.desks.tickets.rules import TicketRules
from stream.desks.tickets.sla import policy as desk
from stream.desks.tickets.timeline import STATUSES
from stream.windows.business_calendar import BusinessCalendar, Shift
from stream.windows.moments import DAY, HOUR, MICROSECONDS
from tests.oracle.agents import AgentSettings
from tests.oracle.calls import CallSettings
from tests.oracle.customers import CustomerSettings
from tests.oracle.opening_hours import OpeningHours
from tests.oracle.reviews import ReviewSettings
from tests.oracle.sla_policies import Policies, Policy, TargetChoice, TargetRule
from tests.oracle.ticket_settings import TicketSettings


@cache
def desk_calendar(calendar: OpeningHours | None) -> BusinessCalendar | None:
    """The desk's calendar, always the same one for the same opening hours; public holidays are not taken along."""
    if calendar is None:
        return None
    assert calendar.national is None
    week = [[Shift(shift.start, shift.end) for shift in shifts] for shifts in calendar.week]
    return BusinessCalendar(ZoneInfo(calendar.zone), week, calendar.holidays)


def desk_agent_rules(settings: AgentSettings) -> AgentRules:
    """The desk's rules of agents."""
    return AgentRules(silence=round(settings.silence_hours * HOUR))


def desk_call_rules(settings: CallSettings) -> CallRules:
    """The desk's rules of calls."""
    return CallRules(
        within=settings.within,
        headline=settings.headline,
        abandoned=settings.abandoned,
        short_abandon=round(settings.short_abandon_seconds * MICROSECONDS),
        cut_off=round(settings.cut_off_hours * HOUR),
    )


def desk_customer_rules(settings: CustomerSettings) -> CustomerRules:
    """The desk's rules of customers."""
    return CustomerRules(
        active_after_purchase=round(settings.active_after_purchase_days * DAY),
        funnel_within=round(settings.funnel_days * DAY),
        cut_off=round(settings.cut_off_days * DAY),
    )


def desk_review_rules(settings: ReviewSettings) -> ReviewRules:
    """The desk's rules of reviews."""
    return ReviewRules(self_reviews=settings.self_reviews)


def desk_rules(settings: TicketSettings) -> TicketRules:
    """The desk's rules of tickets."""
    return TicketRules(
        complaint_categories=frozenset(settings.complaint_categories),
        first_contact_rule=settings.fcr_rule,
        first_contact_quiet=round(settings.fcr_days * DAY),
        first_contact_limit=round(settings.fcr_closed_within_seconds * MICROSECONDS),
        calendar=desk_calendar(settings.calendar),
    )


def desk_backlog_threshold(settings: TicketSettings) -> int | None:
    """The desk's age of backlog, in microseconds."""
    threshold = settings.backlog_threshold_seconds
    return None if threshold is None else round(threshold * MICROSECONDS)


def desk_policies(policies: Policies) -> desk.Policies:
    """The desk's policies."""
    return desk.Policies(list(map(_policy, policies)))


def _policy(policy: Policy) -> desk.Policy:
    targets = {desk.SlaMetric[name.upper()]: rule for name, rule in policy.targets.items()}
    return desk.Policy(
        policy.name, policy.conditions, {metric: _target_or_choice(metric, rule) for metric, rule in targets.items()}
    )


def _target_or_choice(metric: desk.SlaMetric, rule: TargetRule | TargetChoice) -> desk.Target | desk.TargetChoice:
    if isinstance(rule, TargetRule):
        return _target(metric, rule)
    by_value = {value: _target(metric, one) for value, one in rule.by_value.items()}
    return desk.TargetChoice(
        rule.attribute, by_value, None if rule.otherwise is None else _target(metric, rule.otherwise)
    )


def _target(metric: desk.SlaMetric, rule: TargetRule) -> desk.Target:
    pauses = None if rule.pauses is None else frozenset(STATUSES[status] for status in rule.pauses)
    return desk.Target.of(metric, rule.span, desk_calendar(rule.calendar), pauses, rule.warning)
