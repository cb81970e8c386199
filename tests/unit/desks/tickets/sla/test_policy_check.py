from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

import pytest

from stream.desks.tickets.sla.policy import Policies, Policy, SlaMetric, Target, TargetChoice
from stream.desks.tickets.sla.policy_check import calendars_of, policy_warnings
from stream.windows.business_calendar import BusinessCalendar, Shift
from stream.windows.moments import HOUR

TARGETS: Mapping[SlaMetric, Target | TargetChoice] = {
    SlaMetric.FIRST_REPLY: Target.of(SlaMetric.FIRST_REPLY, HOUR),
}


def calendar(name: str) -> BusinessCalendar:
    return BusinessCalendar(ZoneInfo("UTC"), [(Shift(540, 1020),)] * 7, name=name)


def policies(*conditions: Mapping[str, set[str]]) -> Policies:
    """Policies A, B and so on with these conditions."""
    return Policies(
        [
            Policy(chr(ord("A") + place), {name: frozenset(values) for name, values in ones.items()}, TARGETS)
            for place, ones in enumerate(conditions)
        ]
    )


@pytest.mark.parametrize(
    "above, below",
    [
        ({}, {}),
        ({}, {"channel": {"chat"}}),
        ({"channel": {"chat"}}, {"channel": {"chat"}}),
        ({"channel": {"chat", "phone"}}, {"channel": {"chat"}}),
        ({"channel": {"chat"}}, {"channel": {"chat"}, "team": {"one"}}),
    ],
)
def test_a_policy_is_never_in_force_below_one_that_matches_all_its_tickets(
    above: Mapping[str, set[str]], below: Mapping[str, set[str]]
) -> None:
    (warning,) = policy_warnings(policies(above, below), ())

    assert warning.what == "policy 'B' is never in force: 'A' above it matches all its tickets"
    assert "above 'A'" in warning.way_out


@pytest.mark.parametrize(
    "above, below",
    [
        ({"channel": {"chat"}}, {}),
        ({"channel": {"chat"}}, {"channel": {"chat", "phone"}}),
        ({"channel": {"chat"}}, {"team": {"one"}}),
        ({"channel": {"chat"}, "team": {"one"}}, {"channel": {"chat"}}),
    ],
)
def test_a_policy_that_matches_any_other_ticket_is_fine(
    above: Mapping[str, set[str]], below: Mapping[str, set[str]]
) -> None:
    assert policy_warnings(policies(above, below), ()) == []


def test_the_first_policy_that_hides_another_is_named() -> None:
    found = policy_warnings(policies({"team": {"one"}}, {}, {"team": {"one"}}, {"team": {"two"}}), ())

    assert [warning.what.split(" above")[0] for warning in found] == [
        "policy 'C' is never in force: 'A'",
        "policy 'D' is never in force: 'B'",
    ]


def test_a_calendar_that_no_target_counts_in_is_told() -> None:
    day, night, weekend = calendar("day"), calendar("night"), calendar("weekend")
    choice = TargetChoice(
        "channel",
        {"chat": Target.of(SlaMetric.NEXT_REPLY, HOUR, night)},
        Target.of(SlaMetric.NEXT_REPLY, HOUR, weekend),
    )
    found = Policies(
        [
            Policy(
                "A",
                {},
                {SlaMetric.FIRST_REPLY: Target.of(SlaMetric.FIRST_REPLY, HOUR, day), SlaMetric.NEXT_REPLY: choice},
            )
        ]
    )

    assert calendars_of(found) == [day, night, weekend]
    assert policy_warnings(found, ("day", "lunch", "night", "weekend")) == [
        ("no target counts in the calendar 'lunch'", "name it in a policy, or remove it")
    ]
