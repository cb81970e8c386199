"""``deskpulse sla``: check policies, and explain a ticket's clocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from rich.console import Group
from rich.markup import escape
from rich.table import Table

from stream.cli.snapshot import UnknownTicketError, fetch
from stream.desks.tickets.sla.policy import METRICS, Policies, Policy, Target, TargetChoice
from stream.desks.tickets.sla.policy_check import PolicyWarning, calendars_of, policy_warnings
from stream.desks.tickets.sla.settings import NO_CALENDAR, SlaSettings, policies_of
from stream.desks.tickets.timeline import STATUSES
from stream.settings.loading import load_checked
from stream.windows.moments import from_microseconds, to_microseconds, to_seconds

_NOTHING: Final = "-"
_FRIDAY: Final = 4
_SATURDAY: Final = 5
_YEAR: Final = 365
_FIRST_YEAR: Final = 1990
_LAST_YEAR: Final = 2200
_STATUS_NAMES: Final = {code: name for name, code in STATUSES.items()}


class NoPoliciesError(Exception):
    """The file says that there is to be no SLA."""


class MomentError(Exception):
    """No example tickets can begin at that moment."""


def checked_policies(file: Path) -> tuple[Policies, list[PolicyWarning]]:
    """The policies of a settings file or a policy file, and what in it is hardly meant.

    Raises ``SettingsError`` with a line for each wrong key, and ``NoPoliciesError``.
    """
    settings = load_checked(file)
    policies = policies_of(settings)
    if policies is None:
        message = f"{file} turns the SLA off; set sla.enabled to true"
        raise NoPoliciesError(message)
    return policies, policy_warnings(policies, settings.section(SlaSettings).calendars)


def begin_of_examples(at: datetime | None) -> datetime:
    """When example tickets begin: ``at``, in UTC unless it says otherwise, or now. Raises ``MomentError``."""
    if at is None:
        return datetime.now(UTC).replace(microsecond=0)
    if not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        message = f"--at is in the years {_FIRST_YEAR} to {_LAST_YEAR}, not {at.year}"
        raise MomentError(message)
    return at.replace(tzinfo=at.tzinfo or UTC)


def calendars(policies: Policies, at: datetime) -> list[dict[str, Any]]:
    """The calendars that targets count in, with the hours of a week and the days off in the year after ``at``."""
    return [
        {
            "calendar": calendar.name,
            "time_zone": calendar.zone.key,
            "hours_a_week": sum(shift.end - shift.start for day in calendar.week for shift in day) / 60,
            "days_off": [
                day.isoformat()
                for day in (at.astimezone(calendar.zone).date() + timedelta(days=days) for days in range(_YEAR))
                if day in calendar.holidays
            ],
        }
        for calendar in calendars_of(policies)
    ]


def examples(policies: Policies, at: datetime) -> list[dict[str, Any]]:
    """For every target, when a clock is due that begins at ``at``, or late on the Friday or the Saturday after it.

    Moments are in the calendar's zone, ``calendar`` is ``none`` in calendar time, ``due`` is ``None`` if never.
    """
    found = []
    for policy in policies.policies:
        for metric, value, target in _targets(policy):
            zone = UTC if target.calendar is None else target.calendar.zone
            found.append(
                {
                    "policy": policy.name,
                    "sla": metric,
                    "for": value,
                    "target_seconds": to_seconds(target.span),
                    "calendar": NO_CALENDAR if target.calendar is None else target.calendar.name,
                    "pauses": sorted(_STATUS_NAMES[status] for status in target.pauses),
                    "at_risk_seconds": to_seconds(target.warning),
                    "clocks": {
                        name: {"begins": moment.isoformat(), "due": _due(target, moment, zone)}
                        for name, moment in _moments(at.astimezone(zone)).items()
                    },
                }
            )
    return found


def check_tables(policies: Policies, at: datetime) -> Group:
    """The policies with their conditions, their calendars, and the deadlines of example tickets."""
    conditions = Table(title="Policies, the first that matches counts", title_justify="left")
    for column in ("policy", "for tickets with"):
        conditions.add_column(column)
    for policy in policies.policies:
        conditions.add_row(escape(policy.name), escape(_conditions(policy)))
    hours = Table(title="Calendars", title_justify="left")
    for column in ("calendar", "time zone", "hours a week", "days off in the next year"):
        hours.add_column(column)
    for found in calendars(policies, at):
        hours.add_row(
            escape(found["calendar"]), found["time_zone"], f"{found['hours_a_week']:g}", str(len(found["days_off"]))
        )
    deadlines = Table(title=f"A clock that begins … is due … (now: {at:%Y-%m-%d %H:%M:%S %Z})", title_justify="left")
    rows = examples(policies, at)
    for column in ("policy", "target for", "within", "calendar", "pauses", "at risk", *rows[0]["clocks"]):
        deadlines.add_column(column)
    for row in rows:
        deadlines.add_row(
            escape(row["policy"]),
            escape(" ".join(filter(None, (row["sla"], row["for"])))),
            _span(row["target_seconds"]),
            escape(row["calendar"]),
            ", ".join(row["pauses"]) or _NOTHING,
            _span(row["at_risk_seconds"]),
            *(_shown(clock["due"]) for clock in row["clocks"].values()),
        )
    return Group(conditions, *([hours] if hours.row_count else ()), deadlines)


def explanation_of(ticket: str, urls: Sequence[str], token: str | None) -> dict[str, Any]:
    """What the worker that holds a ticket says of its clocks. Raises ``UnknownTicketError`` if none of them does."""
    for url in urls:
        try:
            return fetch(url.rstrip("/"), f"/api/v1/sla?ticket={quote(ticket, safe='')}", token)
        except UnknownTicketError:
            continue
    message = f"no worker at {', '.join(urls)} holds a ticket {ticket!r}; name all workers, each with --url"
    raise UnknownTicketError(message)


def explanation_tables(found: Mapping[str, Any]) -> Group:
    """A ticket's clocks, each with its stretches, and why its policy is in force."""
    reasons = Table(title=f"Policies for ticket {escape(found['ticket'])} at {found['now']}", title_justify="left")
    for column in ("policy", "matches"):
        reasons.add_column(column)
    for trial in found["policies"]:
        reasons.add_row(escape(trial["policy"]), escape(_trial(trial)))
    if not found["policies"] or found["policies"][-1]["failing"] is not None:
        reasons.add_row(_NOTHING, "no policy matches, so no clock runs")
    clocks = Table(title="Clocks", title_justify="left")
    for column in ("clock", "policy", "state", "elapsed", "target", "due", "breached"):
        clocks.add_column(column)
    for clock in found["clocks"]:
        state = clock["state"] + (f" ({clock['reason']})" if clock["reason"] else "")
        clocks.add_row(
            f"{clock['sla']} {clock['number']}",
            escape(clock["policy"]),
            state,
            _span(clock["elapsed_seconds"]),
            _span(clock["target_seconds"]),
            clock["due"] or _NOTHING,
            clock["breached_at"] or _NOTHING,
        )
        for stretch in clock["stretches"]:
            counted = f"{_span(stretch['counted_seconds'])} counted" if stretch["running"] else "not counted"
            clocks.add_row("", "", counted, "", "", f"{stretch['start']} to", f"{stretch['end']} {stretch['ended_by']}")
        clocks.add_section()
    return Group(reasons, clocks)


def _targets(policy: Policy) -> Iterator[tuple[str, str | None, Target]]:
    for metric in METRICS:
        target = policy.targets.get(metric)
        if isinstance(target, TargetChoice):
            for value, one in target.by_value.items():
                yield metric.label, f"{target.attribute} {value}", one
            if target.otherwise is not None:
                yield metric.label, f"any other {target.attribute}", target.otherwise
        elif target is not None:
            yield metric.label, None, target


def _moments(at: datetime) -> dict[str, datetime]:
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    friday = day + timedelta(days=(_FRIDAY - day.weekday()) % 7, hours=16, minutes=30)
    saturday = day + timedelta(days=(_SATURDAY - day.weekday()) % 7, hours=12)
    return {"now": at, "Friday 16:30": friday, "Saturday noon": saturday}


def _due(target: Target, begun: datetime, zone: Any) -> str | None:  # noqa: ANN401 - any kind of zone
    moment = to_microseconds(begun)
    due = moment + target.span if target.calendar is None else target.calendar.after(moment, target.span)
    return None if due is None else from_microseconds(due).astimezone(zone).isoformat()


def _shown(due: str | None) -> str:
    return "never" if due is None else f"{datetime.fromisoformat(due):%a %Y-%m-%d %H:%M:%S %z}"


def _conditions(policy: Policy) -> str:
    parts = (f"{name} {' or '.join(sorted(values))}" for name, values in policy.conditions.items())
    return ", ".join(parts) or "anything"


def _trial(trial: Mapping[str, Any]) -> str:
    if trial["failing"] is None:
        return "yes, so it is in force"
    found = "none" if trial["found"] is None else repr(trial["found"])
    return f"no: {trial['failing']} is {found}, not {' or '.join(trial['wanted'])}"


def _span(seconds: float) -> str:
    parts: list[str] = []
    left = seconds
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        number, left = divmod(left, size)
        if number:
            parts.append(f"{number:.0f}{unit}")
    if left or not parts:
        parts.append(f"{left:g}s")
    return " ".join(parts)
