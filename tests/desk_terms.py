"""Opening hours and policies, written down in the oracle's words, as the desk takes them.

What is as usual is left for the desk to fill in, so that its defaults are held against the oracle's too.
"""

from __future__ import annotations

from functools import cache
from zoneinfo import ZoneInfo

from stream.desks.tickets.sla import policy as desk
from stream.desks.tickets.timeline import STATUSES
from stream.windows.business_calendar import BusinessCalendar, Shift
from tests.oracle.opening_hours import OpeningHours
from tests.oracle.sla_policies import Policies, Policy, TargetChoice, TargetRule


@cache
def desk_calendar(calendar: OpeningHours | None) -> BusinessCalendar | None:
    """The desk's calendar, always the same one for the same opening hours; public holidays are not taken along."""
    if calendar is None:
        return None
    assert calendar.national is None
    week = [[Shift(shift.start, shift.end) for shift in shifts] for shifts in calendar.week]
    return BusinessCalendar(ZoneInfo(calendar.zone), week, calendar.holidays)


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
