"""SLA policies as they are written in the settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from stream.calendar_settings import CalendarSettings
from stream.desk.attributes import Attributes
from stream.desk.calendar import BusinessCalendar
from stream.desk.sla.default_policy import DEFAULT_POLICY
from stream.desk.sla.policy import METRICS, Policies, Policy, SlaMetric, Target, TargetChoice
from stream.desk.timeline import STATUSES
from stream.section import Section
from stream.windows.moments import DAY, HOUR, MICROSECONDS, MINUTE

DEFAULT_CALENDAR: Final = "default"
"""The name by which policies find the business hours of ``[calendar]``."""

NO_CALENDAR: Final = "none"
OTHER: Final = "other"

_UNITS: Final = {"s": MICROSECONDS, "m": MINUTE, "h": HOUR, "d": DAY}
_SPAN: Final = re.compile(r"(\d+(?:\.\d+)?)([smhd])")
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
        message = f"{text!r} is no span such as 30s, 4m, 1h30m or 2d"
        raise ValueError(message)
    span = round(sum(float(number) * _UNITS[unit] for number, unit in parts))
    if not 0 < span <= _LONGEST:
        message = f"{text!r} is not a span of more than nothing and less than ten years"
        raise ValueError(message)
    return span


def _checked_span(text: object) -> object:
    span_of(text)
    return text


Span = Annotated[str, BeforeValidator(_checked_span)]


class TargetSettings(Section):
    """One target: how long something may take."""

    within: Span
    calendar: str | None = None
    pause: frozenset[StatusName] | None = None
    at_risk: Span | None = None


def _as_table(value: object) -> object:
    return {"within": value} if isinstance(value, str) else value


TargetTable = Annotated[TargetSettings, BeforeValidator(_as_table)]


class ChoiceSettings(Section):
    """A target for each value of one attribute."""

    channel: dict[str, TargetTable] | None = None
    priority: dict[str, TargetTable] | None = None
    category: dict[str, TargetTable] | None = None
    team: dict[str, TargetTable] | None = None
    customer_tier: dict[str, TargetTable] | None = None

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
            message = f"a choice is by one attribute, not by {names}"
            raise ValueError(message)
        return ChoiceSettings.model_validate(value)
    return TargetSettings.model_validate(_as_table(value))


TargetOrChoice = Annotated[TargetSettings | ChoiceSettings, BeforeValidator(_target_or_choice)]


def _case_folded(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({value.casefold() for value in values}))


Values = Annotated[tuple[str, ...], Field(min_length=1), AfterValidator(_case_folded)]


class PolicySettings(Section):
    """A policy: for which tickets it is, and its targets."""

    name: Annotated[str, Field(min_length=1, max_length=256)]
    match: dict[AttributeName, Values] = Field(default_factory=dict)
    calendar: str | None = None
    targets: Annotated[dict[MetricName, TargetOrChoice], Field(min_length=1)]


class PolicyFile(Section):
    """Calendars and policies, in a file of their own."""

    calendars: dict[str, CalendarSettings] = Field(default_factory=dict)
    policies: tuple[PolicySettings, ...] = ()


class SlaSettings(Section):
    """SLA policies and the calendars that they count in."""

    enabled: bool = Field(True, description="Whether SLA clocks run.")
    file: Path | None = Field(
        None,
        description="A TOML file with `calendars` and `policies` in the place of these here; relative to the folder"
        " of the settings file.",
    )
    calendars: dict[str, CalendarSettings] = Field(
        default_factory=dict,
        description="Business hours by name, each with the keys of `[calendar]`, which is called `default` here.",
    )
    policies: tuple[PolicySettings, ...] = Field(
        (),
        description="The policies, of which the first that matches counts; see SLA policies. Default: first reply by"
        " channel and resolution by priority, in calendar time.",
    )

    @model_validator(mode="after")
    def _check_names(self) -> SlaSettings:
        if self.file is not None and (self.calendars or self.policies):
            message = "sla.file: policies and calendars stand in that file, or in sla.policies and sla.calendars"
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

        Raises ``ValueError`` with the path of a key that is wrong.
        """
        if not self.enabled:
            return None
        calendars = {name: made.calendar(f"sla.calendars.{name}") for name, made in self.calendars.items()}
        calendars[DEFAULT_CALENDAR] = default.calendar()
        if not self.policies:
            return Policies([DEFAULT_POLICY])
        return Policies([_policy(f"sla.policies.{place}", made, calendars) for place, made in enumerate(self.policies)])


def _policy(path: str, settings: PolicySettings, calendars: Mapping[str, BusinessCalendar | None]) -> Policy:
    policy_calendar = settings.calendar or NO_CALENDAR

    def target(key: str, metric: SlaMetric, made: TargetSettings) -> Target:
        where = f"{key}.calendar" if made.calendar is not None else f"{path}.calendar"
        return Target.of(
            metric,
            span_of(made.within),
            _calendar(where, made.calendar or policy_calendar, calendars),
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


def _calendar(path: str, name: str, calendars: Mapping[str, BusinessCalendar | None]) -> BusinessCalendar | None:
    if name == NO_CALENDAR:
        return None
    if name not in calendars:
        known = ", ".join(sorted(calendars))
        message = f"{path}: there is no calendar {name!r}; known are {known} and {NO_CALENDAR}"
        raise ValueError(message)
    calendar = calendars[name]
    if calendar is None:
        message = f"{path}: no day of the calendar {name!r} has opening hours"
        raise ValueError(message)
    return calendar


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
