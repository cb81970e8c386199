from __future__ import annotations

from datetime import date

import pytest

from tests.oracle import DEFAULT_POLICIES, read_settings
from tests.oracle.opening_hours import Shift
from tests.oracle.sla_policies import HOUR, MINUTE, Policy, SlaAttributes, TargetChoice, TargetRule, target_in_force

SETTINGS = """
[calendar]
time_zone = "Europe/Rome"
monday = ["08:30-12:30", "22:00-06:00"]
sunday = ["00:00-24:00"]
holidays = ["2011-06-03", 2011-06-04]
country = "IT"

[sla.calendars.desk]
friday = ["09:00-09:00"]

[[sla.policies]]
name = "gold"
match = { customer_tier = ["GOLD", "Straße"] }
calendar = "desk"
[sla.policies.targets]
first_reply = "1h30m"
agent_work = { within = "0.5d", calendar = "none", pause = ["hold"], at_risk = "90s" }
resolution = { priority = { High = "1d", other = { within = "2d", calendar = "default" } } }

[[sla.policies]]
name = "rest"
targets = { next_reply = "4h" }
"""


def test_opening_hours_are_read_as_they_are_written() -> None:
    calendar, _ = read_settings(SETTINGS)

    assert calendar is not None
    assert (calendar.zone, calendar.national) == ("Europe/Rome", ("IT", None))
    assert calendar.week == ((Shift(510, 750), Shift(1_320, 1_800)), (), (), (), (), (), (Shift(0, 1_440),))
    assert calendar.holidays == {date(2011, 6, 3), date(2011, 6, 4)}
    assert calendar.shifts_on(date(2011, 6, 6)) == calendar.week[0]
    # Easter Monday.
    assert calendar.shifts_on(date(2011, 4, 25)) == ()


def test_policies_are_read_as_they_are_written() -> None:
    calendar, (gold, rest) = read_settings(SETTINGS)

    first_reply, agent_work, resolution = gold.targets.values()
    assert isinstance(first_reply, TargetRule)
    desk = first_reply.calendar
    assert desk is not None
    assert desk.week[4] == (Shift(540, 540 + 1_440),)
    assert gold.conditions == {"customer_tier": {"gold", "strasse"}}
    assert first_reply == TargetRule(90 * MINUTE, desk)
    assert agent_work == TargetRule(12 * HOUR, None, frozenset({"hold"}), 90_000_000)
    assert resolution == TargetChoice(
        "priority", {"high": TargetRule(24 * HOUR, desk)}, TargetRule(48 * HOUR, calendar)
    )
    assert rest == Policy("rest", {}, {"next_reply": TargetRule(4 * HOUR)})


def test_nothing_said_is_calendar_time_and_the_default_policies() -> None:
    assert read_settings("") == (None, DEFAULT_POLICIES)


@pytest.mark.parametrize(
    "metric, attributes, hours",
    [
        ("first_reply", {"channel": "Phone"}, 4 / 60),
        ("first_reply", {"channel": "chat"}, 2 / 60),
        ("first_reply", {"channel": "social"}, 1),
        ("first_reply", {"channel": "email"}, 24),
        ("first_reply", {"channel": "web"}, 24),
        ("first_reply", {"channel": "fax"}, None),
        ("resolution", {"priority": "urgent"}, 4),
        ("resolution", {"priority": "HIGH"}, 8),
        ("resolution", {"priority": "normal"}, 24),
        ("resolution", {"priority": "low"}, 72),
        ("resolution", {}, None),
        ("next_reply", {"channel": "chat", "priority": "urgent"}, None),
    ],
)
def test_by_default_targets_are_what_customers_expect(
    metric: str, attributes: dict[str, str], hours: float | None
) -> None:
    _, target = target_in_force(DEFAULT_POLICIES, metric, SlaAttributes(**attributes))

    assert (None if target is None else target.span / HOUR) == hours
