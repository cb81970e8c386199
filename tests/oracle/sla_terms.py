"""Which target of which policy is in force for a metric, looked up anew for each set of attributes."""

from __future__ import annotations

from stream.desks.tickets.sla.policy import Policies, SlaAttributes, SlaMetric, Target, TargetChoice


def target_in_force(
    policies: Policies, metric: SlaMetric, attributes: SlaAttributes
) -> tuple[str, Target] | tuple[None, None]:
    """The name of the first policy that matches and its target for the metric, if there are both."""
    values = {name: value and value.casefold() for name, value in attributes._asdict().items()}
    for policy in policies.policies:
        if any(values[name] not in allowed for name, allowed in policy.conditions.items()):
            continue
        choice = policy.targets.get(metric)
        if isinstance(choice, TargetChoice):
            value = values[choice.attribute]
            choice = choice.otherwise if value is None else choice.by_value.get(value, choice.otherwise)
        return (None, None) if choice is None else (policy.name, choice)
    return None, None
