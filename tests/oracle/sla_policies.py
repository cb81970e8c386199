"""Service level policies as the oracle understands them: which target is in force for which ticket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from tests.oracle.opening_hours import OpeningHours

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE

METRICS: Final = ("first_reply", "next_reply", "periodic_update", "requester_wait", "agent_work", "resolution")
"""What a target is set for, in the order in which clocks are shown."""

_USUAL_PAUSES: Final[Mapping[str, frozenset[str]]] = {
    "periodic_update": frozenset({"pending"}),
    "requester_wait": frozenset({"pending"}),
    "agent_work": frozenset({"pending", "hold"}),
}
_LONGEST_USUAL_WARNING: Final = HOUR


class SlaAttributes(NamedTuple):
    """The attributes of a ticket that policies look at; ``None`` where it has none."""

    channel: str | None = None
    priority: str | None = None
    category: str | None = None
    team: str | None = None
    customer_tier: str | None = None


@dataclass(frozen=True, slots=True)
class TargetRule:
    """A target as it is written: what is ``None`` is as usual for its metric.

    ``span`` and ``warning`` are in microseconds, of opening hours if there is a calendar.
    """

    span: int
    calendar: OpeningHours | None = None
    pauses: frozenset[str] | None = None
    warning: int | None = None


@dataclass(frozen=True, slots=True)
class TargetChoice:
    """A target for each value of an attribute, lower case, and perhaps one for all others."""

    attribute: str
    by_value: Mapping[str, TargetRule]
    otherwise: TargetRule | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """Targets by metric, for tickets whose attributes have one of the values, lower case, of each condition."""

    name: str
    conditions: Mapping[str, frozenset[str]]
    targets: Mapping[str, TargetRule | TargetChoice]


Policies = tuple[Policy, ...]
"""In the order in which they are tried."""


@dataclass(frozen=True, slots=True)
class Target:
    """A target in force. The clock stands still in the statuses of ``pauses``."""

    span: int
    calendar: OpeningHours | None
    pauses: frozenset[str]
    warning: int


def usual_pauses(metric: str) -> frozenset[str]:
    """The statuses in which a metric's clock stands still if nothing else is said."""
    return _USUAL_PAUSES.get(metric, frozenset())


def target_in_force(
    policies: Policies, metric: str, attributes: SlaAttributes
) -> tuple[str, Target] | tuple[None, None]:
    """The name of the first policy that matches and its target for the metric, if there are both."""
    values = {name: value and value.casefold() for name, value in attributes._asdict().items()}
    for policy in policies:
        if any(values[name] not in allowed for name, allowed in policy.conditions.items()):
            continue
        rule = policy.targets.get(metric)
        if isinstance(rule, TargetChoice):
            value = values[rule.attribute]
            rule = rule.otherwise if value is None else rule.by_value.get(value, rule.otherwise)
        return (None, None) if rule is None else (policy.name, _in_force(metric, rule))
    return None, None


def _in_force(metric: str, rule: TargetRule) -> Target:
    return Target(
        rule.span,
        rule.calendar,
        usual_pauses(metric) if rule.pauses is None else rule.pauses,
        min(rule.span // 4, _LONGEST_USUAL_WARNING) if rule.warning is None else rule.warning,
    )


def _each(attribute: str, **spans: int) -> TargetChoice:
    return TargetChoice(attribute, {value: TargetRule(span) for value, span in spans.items()})


DEFAULT_POLICIES: Final[Policies] = (
    Policy(
        "default",
        {},
        {
            "first_reply": _each(
                "channel", phone=4 * MINUTE, chat=2 * MINUTE, social=HOUR, email=24 * HOUR, web=24 * HOUR
            ),
            "resolution": _each("priority", urgent=4 * HOUR, high=8 * HOUR, normal=24 * HOUR, low=72 * HOUR),
        },
    ),
)
"""What customers expect, by channel and by priority, in calendar time."""
