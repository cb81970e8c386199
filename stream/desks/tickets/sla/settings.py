"""SLA policies as they are written in the settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from stream.desks.tickets.attributes import Attributes
from stream.desks.tickets.sla.default_policy import DEFAULT_POLICY
from stream.desks.tickets.sla.policy import METRICS, Policies, Policy, SlaMetric, Target, TargetChoice
from stream.desks.tickets.timeline import STATUSES
from stream.settings.calendar import CalendarSettings
from stream.settings.section import Section
from stream.settings.shared import SharedSettings
from stream.windows.business_calendar import BusinessCalendar
from stream.windows.moments import DAY, HOUR, MICROSECONDS, MINUTE

DEFAULT_CALENDAR: Final = "default"
"""The name by which policies find the business hours of ``[calendar]``."""

NO_CALENDAR: Final = "none"
OTHER: Final = "other"

_UNITS: Final = {"s": MICROSECONDS, "m": MINUTE, "h": HOUR, "d": DAY}
_SPAN: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)([smhd])")
_LONGEST: Final = 3_660 * DAY

MetricName = Literal["first_reply", "next_reply", "periodic_update", "requester_wait", "agent_work", "resolution"]
AttributeName = Literal["channel", "priority", "category", "team", "customer_tier"]
StatusName = Literal["new", "open", "pending", "hold"]

_BY_NAME: Final[Mapping[str, SlaMetric]] = {metric.label: metric for metric in METRICS}


def span_of(text: object) -> int:
    """The microseconds of a span such as ``30s``, ``4m``, ``1h30m`` or ``2d`` (a day has 24 hours).

    Raises ``ValueError`` if it is none, or not more than nothing.
    """
    parts = _SPAN.findall(text) if isinstance(text, str) else []
    if not isinstance(text, str) or "".join(number + unit for number, unit in parts) != text or not parts:
        message = f"{text!r} is not a duration such as 30s, 4m, 1h30m or 2d"
        raise ValueError(message)
    span = sum(float(number) * _UNITS[unit] for number, unit in parts)
    if not 1 <= span <= _LONGEST:
        message = f"{text!r} must be longer than zero and shorter than ten years"
        raise ValueError(message)
    return round(span)


def _checked_span(text: object) -> object:
    span_of(text)
    return text


def _printable(name: str) -> str:
    if not name.strip() or not name.isprintable():
        message = f"{name!r} is not a printable name such as gold"
        raise ValueError(message)
    return name


Span = Annotated[str, BeforeValidator(_checked_span)]
Name = Annotated[str, Field(max_length=256), AfterValidator(_printable)]


class TargetSettings(Section):
    """One target: how long something may take."""

    within: Span
    calendar: Name | None = None
    pause: frozenset[StatusName] | None = None
    at_risk: Span | None = None


def _as_table(value: object) -> object:
    if isinstance(value, str):
        return {"within": value}
    if not isinstance(value, (Mapping, TargetSettings)):
        message = f'{value!r} is neither a duration such as 4m nor a table such as {{ within = "4m" }}'
        raise ValueError(message)  # noqa: TRY004 - pydantic wants a ValueError
    return value


def _told_apart(table: dict[str, TargetSettings]) -> dict[str, TargetSettings]:
    for place, value in enumerate(table):
        same = next((one for one in list(table)[:place] if one.casefold() == value.casefold()), None)
        if same is not None:
            raise PydanticCustomError(
                "same",
                "{value} is the same as {same}; case does not matter",
                {
                    "value": value,
                    "same": same,
                },
            )
    return table


TargetTable = Annotated[TargetSettings, BeforeValidator(_as_table)]
TargetsByValue = Annotated[
    dict[Annotated[str, Field(min_length=1)], TargetTable], Field(min_length=1), AfterValidator(_told_apart)
]


class ChoiceSettings(Section):
    """A target for each value of one attribute."""

    channel: TargetsByValue | None = None
    priority: TargetsByValue | None = None
    category: TargetsByValue | None = None
    team: TargetsByValue | None = None
    customer_tier: TargetsByValue | None = None

    @property
    def chosen(self) -> tuple[str, dict[str, TargetSettings]]:
        """The attribute and its targets."""
        return next((name, table) for name in Attributes._fields if (table := getattr(self, name)))


def _target_or_choice(value: object) -> object:
    """The shape is told from the keys, so that an error names what is wrong with that shape."""
    if isinstance(value, (TargetSettings, ChoiceSettings)):
        return value
    if isinstance(value, Mapping) and value.keys() & set(Attributes._fields):
        if len(value) != 1:
            names = ", ".join(map(str, value))
            raise PydanticCustomError("choice", "a choice is by one attribute, not by {names}", {"names": names})
        return ChoiceSettings.model_validate(value)
    return TargetSettings.model_validate(_as_table(value))


TargetOrChoice = Annotated[TargetSettings | ChoiceSettings, BeforeValidator(_target_or_choice)]


def _case_folded(values: tuple[str, ...]) -> tuple[str, ...]:
    if not all(values):
        message = "'' is no value that an attribute has"
        raise ValueError(message)
    return tuple(sorted({value.casefold() for value in values}))


Values = Annotated[tuple[str, ...], Field(min_length=1), AfterValidator(_case_folded)]


class PolicySettings(Section):
    """A policy: for which tickets it is, and its targets."""

    name: Name
    match: dict[AttributeName, Values] = Field(default_factory=dict)
    calendar: Name | None = None
    targets: Annotated[dict[MetricName, TargetOrChoice], Field(min_length=1)]


class PolicyFile(Section):
    """Calendars and policies, in a file of their own."""

    calendars: dict[Name, CalendarSettings] = Field(default_factory=dict)
    policies: tuple[PolicySettings, ...] = ()


class SlaSettings(Section):
    """SLA policies and the calendars that they count in."""

    enabled: bool = Field(True, description="Whether SLA clocks run.")
    file: Path | None = Field(
        None,
        description="A TOML file with `calendars` and `policies` instead of those here; relative to the folder"
        " of the settings file.",
    )
    calendars: dict[Name, CalendarSettings] = Field(
        default_factory=dict,
        description="Business hours by name, each with the keys of `[calendar]`, which is called `default` here.",
    )
    policies: tuple[PolicySettings, ...] = Field(
        (),
        description="The policies, of which the first that matches counts; see stream/desks/tickets/sla/README.md."
        " Default: first reply by channel and resolution by priority, in calendar time.",
    )

    @model_validator(mode="after")
    def _check_names(self) -> SlaSettings:
        if self.file is not None and (self.calendars or self.policies):
            message = "sla.file: policies and calendars are either in that file or in sla.policies and sla.calendars"
            raise ValueError(message)
        for reserved in (DEFAULT_CALENDAR, NO_CALENDAR):
            if reserved in self.calendars:
                message = f"sla.calendars.{reserved}: this name means the section calendar, or none; take another"
                raise ValueError(message)
        names = [policy.name for policy in self.policies]
        for place, name in enumerate(names):
            if name in names[:place]:
                message = f"sla.policies.{place}.name: there is a policy {name!r} already"
                raise ValueError(message)
        return self

    def made_policies(self, default: CalendarSettings) -> Policies | None:
        """The policies, or ``None`` if there is to be no SLA; ``default`` is the section ``calendar``.

        Raises ``ValueError`` with a line for each key that is wrong, which begins with its path.
        """
        calendars = {name: made.calendar(name) for name, made in self.calendars.items()}
        calendars[DEFAULT_CALENDAR] = default.calendar(DEFAULT_CALENDAR)
        found = _Calendars(calendars)
        policies = [_policy(f"sla.policies.{place}", made, found) for place, made in enumerate(self.policies)]
        if found.problems:
            raise ValueError("\n".join(dict.fromkeys(found.problems)))
        return Policies(policies or [DEFAULT_POLICY]) if self.enabled else None


@dataclass(frozen=True, slots=True)
class _Calendars:
    """The calendars by name, and what was wrong where they were asked for."""

    by_name: Mapping[str, BusinessCalendar | None]
    problems: list[str] = field(default_factory=list)

    def find(self, path: str, name: str) -> BusinessCalendar | None:
        if name == NO_CALENDAR:
            return None
        if name not in self.by_name:
            known = ", ".join(sorted(self.by_name))
            self.problems.append(f"{path}: there is no calendar {name!r}; known are {known} and {NO_CALENDAR}")
            return None
        calendar = self.by_name[name]
        if calendar is None:
            section = "calendar" if name == DEFAULT_CALENDAR else f"sla.calendars.{name}"
            self.problems.append(
                f"{path}: no day of the calendar {name!r} has opening hours; set {section}.monday and so on"
            )
        return calendar


def _policy(path: str, settings: PolicySettings, calendars: _Calendars) -> Policy:
    policy_calendar = NO_CALENDAR if settings.calendar is None else settings.calendar

    def target(key: str, metric: SlaMetric, made: TargetSettings) -> Target:
        where = f"{key}.calendar" if made.calendar is not None else f"{path}.calendar"
        return Target.of(
            metric,
            span_of(made.within),
            calendars.find(where, policy_calendar if made.calendar is None else made.calendar),
            None if made.pause is None else frozenset(STATUSES[status] for status in made.pause),
            None if made.at_risk is None else span_of(made.at_risk),
        )

    targets: dict[SlaMetric, Target | TargetChoice] = {}
    for name, made in settings.targets.items():
        metric = _BY_NAME[name]
        key = f"{path}.targets.{name}"
        if isinstance(made, TargetSettings):
            targets[metric] = target(key, metric, made)
            continue
        attribute, table = made.chosen
        by_value = {value.casefold(): target(f"{key}.{attribute}.{value}", metric, one) for value, one in table.items()}
        otherwise = by_value.pop(OTHER, None)
        targets[metric] = TargetChoice(attribute, by_value, otherwise)
    conditions: dict[str, frozenset[str]] = {
        attribute: frozenset(values) for attribute, values in settings.match.items()
    }
    return Policy(settings.name, conditions, targets)


def policies_of(settings: SharedSettings) -> Policies | None:
    """The SLA policies, ``None`` if there is to be no SLA. Raises ``ValueError`` if a key of theirs is wrong."""
    return settings.section(SlaSettings).made_policies(settings.calendar)


def sla_content(settings: SlaSettings) -> dict[str, Any]:
    """All that decides which clocks run and when they are due, for a fingerprint."""
    content = settings.model_dump(mode="json", exclude={"file"})
    for calendar in content["calendars"].values():
        calendar["holidays"].sort()
    for policy in content["policies"]:
        for target in policy["targets"].values():
            _sort_pauses(target)
    return content


def _sort_pauses(target: Any) -> None:  # noqa: ANN401 - a target, or a table of some
    if isinstance(target, dict):
        for key, value in target.items():
            if key == "pause" and isinstance(value, list):
                value.sort()
            else:
                _sort_pauses(value)
