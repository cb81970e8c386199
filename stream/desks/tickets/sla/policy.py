"""SLA policies: which targets a ticket has, given its attributes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, NamedTuple

from stream.desks.tickets.attributes import Attributes
from stream.desks.tickets.timeline import HOLD, PENDING
from stream.windows.business_calendar import BusinessCalendar
from stream.windows.moments import HOUR


class SlaMetric(IntEnum):
    """What a target is set for."""

    FIRST_REPLY = 0
    NEXT_REPLY = 1
    PERIODIC_UPDATE = 2
    REQUESTER_WAIT = 3
    AGENT_WORK = 4
    RESOLUTION = 5

    @property
    def label(self) -> str:
        """Its name in settings, labels and events."""
        return self.name.lower()


METRICS: Final = tuple(SlaMetric)

DEFAULT_PAUSES: Final[Mapping[SlaMetric, frozenset[int]]] = {
    SlaMetric.FIRST_REPLY: frozenset(),
    SlaMetric.NEXT_REPLY: frozenset(),
    SlaMetric.PERIODIC_UPDATE: frozenset({PENDING}),
    SlaMetric.REQUESTER_WAIT: frozenset({PENDING}),
    SlaMetric.AGENT_WORK: frozenset({PENDING, HOLD}),
    SlaMetric.RESOLUTION: frozenset(),
}
"""The statuses in which a clock of a metric stands still unless the target says otherwise."""

LONGEST_WARNING: Final = HOUR
"""A target that does not say from when on it is at risk is so for its last quarter, at most so long."""


SlaAttributes = Attributes


class Target(NamedTuple):
    """How long something may take.

    ``span`` is in microseconds, of the opening hours of ``calendar`` if there is one. The clock stands still
    in the statuses in ``pauses`` and is at risk within ``warning`` microseconds of its deadline.
    """

    span: int
    calendar: BusinessCalendar | None
    pauses: frozenset[int]
    warning: int

    @classmethod
    def of(
        cls,
        metric: SlaMetric,
        span: int,
        calendar: BusinessCalendar | None = None,
        pauses: frozenset[int] | None = None,
        warning: int | None = None,
    ) -> Target:
        """A target of a metric, with its defaults where nothing is given."""
        return cls(
            span,
            calendar,
            DEFAULT_PAUSES[metric] if pauses is None else pauses,
            min(span // 4, LONGEST_WARNING) if warning is None else warning,
        )


Targets = tuple[Target | None, ...]
"""One for each `SlaMetric`, in their order."""

NO_TARGETS: Final[Targets] = (None,) * len(METRICS)


@dataclass(frozen=True, slots=True)
class TargetChoice:
    """A target that depends on one attribute: by its values, lower case, with one for all others if there is any."""

    attribute: str
    by_value: Mapping[str, Target]
    otherwise: Target | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """Targets for the tickets that meet all conditions.

    ``conditions`` names the values, in lower case, that an attribute may have; one that is not named may have any
    or none.
    """

    name: str
    conditions: Mapping[str, frozenset[str]]
    targets: Mapping[SlaMetric, Target | TargetChoice]

    def failing(self, attributes: SlaAttributes) -> str | None:
        """The first attribute that does not meet its condition, ``None`` if the policy matches."""
        for attribute, values in self.conditions.items():
            value = getattr(attributes, attribute)
            if value is None or value.casefold() not in values:
                return attribute
        return None

    def targets_for(self, attributes: SlaAttributes) -> Targets:
        """The targets of a ticket with these attributes."""
        return tuple(_chosen(self.targets.get(metric), attributes) for metric in METRICS)


@dataclass(frozen=True, slots=True)
class Terms:
    """What is in force for a ticket: a policy, by name, and its targets. ``policy`` is ``None`` if none matches."""

    policy: str | None
    targets: Targets


NO_TERMS: Final = Terms(None, NO_TARGETS)

_CACHE_LIMIT: Final = 10_000


@dataclass(slots=True)
class Policies:
    """Policies in the order in which they are tried.

    Equal attributes get the same `Terms` object, and so do those with equal terms.
    """

    policies: Sequence[Policy]
    _found: dict[SlaAttributes, Terms] = field(default_factory=dict, init=False)
    _shared: dict[tuple[str, Targets], Terms] = field(default_factory=dict, init=False)

    def terms_for(self, attributes: SlaAttributes) -> Terms:
        """The terms of the first policy that matches."""
        terms = self._found.get(attributes)
        if terms is None:
            if len(self._found) >= _CACHE_LIMIT:
                self._found.clear()
            terms = self._found[attributes] = self._look_up(attributes)
        return terms

    @property
    def metrics(self) -> frozenset[SlaMetric]:
        """The metrics that any policy has a target for."""
        return frozenset(metric for policy in self.policies for metric in policy.targets)

    @property
    def targets(self) -> tuple[tuple[str, int], ...]:
        """Each policy, by name, with each metric that it has a target for."""
        return tuple((policy.name, int(metric)) for policy in self.policies for metric in policy.targets)

    @property
    def deciding(self) -> frozenset[int]:
        """The places of the attributes on which it depends which terms are in force."""
        names = {name for policy in self.policies for name in policy.conditions}
        choices = (target for policy in self.policies for target in policy.targets.values())
        names.update(choice.attribute for choice in choices if isinstance(choice, TargetChoice))
        return frozenset(map(Attributes._fields.index, names))

    def _look_up(self, attributes: SlaAttributes) -> Terms:
        for policy in self.policies:
            if policy.failing(attributes) is None:
                targets = policy.targets_for(attributes)
                return self._shared.setdefault((policy.name, targets), Terms(policy.name, targets))
        return NO_TERMS


def _chosen(choice: Target | TargetChoice | None, attributes: SlaAttributes) -> Target | None:
    if not isinstance(choice, TargetChoice):
        return choice
    value = getattr(attributes, choice.attribute)
    return choice.otherwise if value is None else choice.by_value.get(value.casefold(), choice.otherwise)
