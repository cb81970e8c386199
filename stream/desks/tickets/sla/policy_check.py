"""What is allowed in policies, but hardly meant: policies that never hold, calendars that no target counts in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from stream.desks.tickets.sla.policy import METRICS, Policies, Policy, Target, TargetChoice
from stream.windows.business_calendar import BusinessCalendar


class PolicyWarning(NamedTuple):
    """What is hardly meant, and what to do about it."""

    what: str
    way_out: str


def policy_warnings(policies: Policies, calendars: Iterable[str]) -> list[PolicyWarning]:
    """The warnings about policies beside which there are calendars of these names."""
    return [*_shadowed(policies), *_unused(policies, calendars)]


def calendars_of(policies: Policies) -> list[BusinessCalendar]:
    """The calendars that the policies' targets count in, each once."""
    found = (target.calendar for policy in policies.policies for target in _all_targets(policy))
    return list({id(calendar): calendar for calendar in found if calendar is not None}.values())


def _shadowed(policies: Policies) -> Iterator[PolicyWarning]:
    for place, policy in enumerate(policies.policies):
        above = next((one for one in policies.policies[:place] if _covers(one, policy)), None)
        if above is not None:
            yield PolicyWarning(
                f"policy {policy.name!r} is never in force: {above.name!r} above it matches all its tickets",
                f"move it above {above.name!r}, or remove it",
            )


def _unused(policies: Policies, calendars: Iterable[str]) -> Iterator[PolicyWarning]:
    used = {calendar.name for calendar in calendars_of(policies)}
    for name in calendars:
        if name not in used:
            yield PolicyWarning(f"no target counts in the calendar {name!r}", "name it in a policy, or remove it")


def _covers(above: Policy, policy: Policy) -> bool:
    return all(
        name in policy.conditions and policy.conditions[name] <= values for name, values in above.conditions.items()
    )


def _all_targets(policy: Policy) -> Iterator[Target]:
    for metric in METRICS:
        target = policy.targets.get(metric)
        if isinstance(target, TargetChoice):
            yield from target.by_value.values()
            if target.otherwise is not None:
                yield target.otherwise
        elif target is not None:
            yield target
