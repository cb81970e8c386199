from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.event_records import record
from tests.oracle import OracleSettings
from tests.oracle.opening_hours import DAYS, OpeningHours
from tests.unit.oracle.event_log import DAY, HOUR, MINUTE, lifetime, ticket

SUPPORT = OpeningHours.of_table(
    {"time_zone": "Europe/Berlin", "holidays": [date(2024, 3, 6)]}
    | dict.fromkeys(DAYS[:5], ("09:00-12:30", "13:30-18:00"))
)
"""Of UTC these are 08:00 to 11:30 and 12:30 to 17:00 in winter; the Wednesday is a holiday."""

TUESDAY = 12 * HOUR
"""Its midnight: the story begins on Monday at noon."""
WEDNESDAY = TUESDAY + DAY
THURSDAY = WEDNESDAY + DAY

COMPLAINT = [
    ticket("opened", 0, channel="email", category="complaint", priority="high"),
    ticket("replied", HOUR, actor="agent"),
    ticket("replied", 4 * HOUR, actor="customer"),
    ticket("status_changed", 4.5 * HOUR, status="hold"),
    ticket("status_changed", TUESDAY + 8.5 * HOUR, status="open"),
    ticket("replied", TUESDAY + 9 * HOUR, actor="agent"),
    ticket("resolved", TUESDAY + 11 * HOUR),
    ticket("reopened", TUESDAY + 12 * HOUR),
    ticket("status_changed", TUESDAY + 13 * HOUR, status="pending"),
    ticket("resolved", THURSDAY + 9 * HOUR),
]


def business(events: list[bytes], calendar: OpeningHours | None = SUPPORT) -> dict[str, Any]:
    return {
        name.replace("_business_seconds", ""): value
        for name, value in lifetime(events, OracleSettings(calendar=calendar)).items()
        if name.endswith("_business_seconds")
    }


def test_each_duration_has_a_twin_that_counts_the_open_hours() -> None:
    hours = {name: (found["count"], found["sum"] / HOUR) for name, found in business(COMPLAINT).items()}

    assert hours == {
        "first_reply": (1, 0.5),  # Monday 12:00 to 13:00
        "next_reply": (1, 1 + 1),  # Monday 16:00 to Tuesday 09:00
        "on_hold": (1, 0.5 + 0.5),  # Monday 16:30 to Tuesday 08:30
        "agent_work": (1, 4 + 2.5 + 0.5),  # Monday to 16:30, Tuesday 08:30 to 11:00 and 12:00 to 13:00
        "requester_wait": (1, 4 + 2.5 + 0.5 + 1),
        "first_resolution": (1, 4.5 + 3),  # Monday from 12:00, Tuesday to 11:00
        "complaint_first_resolution": (1, 4.5 + 3),
        "resolution": (1, 4.5 + 8 + 0 + 1),  # Monday from 12:00 to Thursday 09:00
        "complaint_resolution": (1, 4.5 + 8 + 0 + 1),
    }


def test_the_twins_have_the_labels_of_their_durations() -> None:
    parts = lifetime(COMPLAINT, OracleSettings(calendar=SUPPORT))["parts"]

    for name in business(COMPLAINT):
        labels = [part["labels"] for part in parts[f"{name}_seconds"]]
        assert [part["labels"] for part in parts[f"{name}_business_seconds"]] == labels
        assert ("priority" in labels[0]) == (not name.startswith("complaint"))


def test_calendar_time_is_the_same_with_a_calendar_as_without() -> None:
    window = lifetime(COMPLAINT, OracleSettings(calendar=SUPPORT))

    for name, found in lifetime(COMPLAINT).items():
        if name != "parts":
            assert window[name] == found


def test_without_a_calendar_there_is_no_business_time() -> None:
    assert business(COMPLAINT, None) == {}
    assert not any("business" in measure for measure in lifetime(COMPLAINT)["parts"])


def test_what_lies_outside_of_the_open_hours_counts_as_nothing() -> None:
    log = [ticket("opened", 6 * HOUR), ticket("replied", 7 * HOUR, actor="agent"), ticket("resolved", 8 * HOUR)]

    found = business(log)
    assert {name: (one["count"], one["sum"], one["p99"]) for name, one in found.items()} == dict.fromkeys(
        ("first_reply", "on_hold", "agent_work", "requester_wait", "first_resolution", "resolution"), (1, 0.0, 0.0)
    )


def test_quantiles_are_those_of_business_time() -> None:
    log = [
        *(ticket("opened", 0, f"T-{number}") for number in range(3)),
        ticket("replied", 40 * MINUTE, "T-0", actor="agent"),
        ticket("replied", TUESDAY + 8 * HOUR, "T-1", actor="agent"),
        ticket("replied", THURSDAY + 8 * HOUR, "T-2", actor="agent"),
    ]

    found = business(log)["first_reply"]
    assert (found["p50"], found["p90"]) == (4.5 * HOUR, 12.5 * HOUR)
    assert found["mean"] == pytest.approx((10 * MINUTE + 17 * HOUR) / 3)


@pytest.mark.parametrize(
    "zone, shifts, holidays, opened, replied, hours",
    [
        pytest.param(
            *("Europe/Berlin", ["22:00-06:00"], [], "2024-03-30T12:00:00Z", "2024-03-31T12:00:00Z", 7),
            id="a night in March",
        ),
        pytest.param(
            *("Europe/Berlin", ["22:00-06:00"], [], "2024-10-26T12:00:00Z", "2024-10-27T12:00:00Z", 9),
            id="one in October",
        ),
        pytest.param(
            *("Europe/Berlin", ["22:00-06:00"], ["2024-03-30"], "2024-03-29T12:00:00Z", "2024-03-31T12:00:00Z", 8),
            id="no night begins on a holiday, but one may end there",
        ),
        pytest.param(
            *("Europe/Berlin", ["22:00-06:00"], [], "2024-03-30T23:30:00Z", "2024-03-31T01:15:00Z", 1.75),
            id="within a night, over the hour that there is not",
        ),
        pytest.param(
            *("America/New_York", ["08:00-12:00", "13:00-15:00", "22:30-01:30"], ["2024-11-04"]),
            *("2024-11-03T04:00:00Z", "2024-11-05T14:00:00Z", 1.5 + 4 + 2 + 3 + 1),
            id="three shifts a day, one of them over midnight, and a holiday",
        ),
        pytest.param(
            *("Australia/Lord_Howe", ["00:00-04:00"], [], "2024-04-06T10:00:00Z", "2024-04-07T00:00:00Z", 4.5),
            id="clocks that change by half an hour",
        ),
        pytest.param(
            *("Asia/Kolkata", ["09:30-18:30"], [], "2024-03-04T00:00:00Z", "2024-03-04T10:00:00Z", 6),
            id="no whole hours",
        ),
    ],
)
def test_open_hours_are_those_of_the_clock_on_the_wall(
    zone: str, shifts: list[str], holidays: list[str], opened: str, replied: str, hours: float
) -> None:
    calendar = OpeningHours.of_table({"time_zone": zone, "holidays": holidays} | dict.fromkeys(DAYS, shifts))
    log = [
        record("helpdesk.ticket.opened.v1", "T-1", opened, {}),
        record("helpdesk.ticket.replied.v1", "T-1", replied, {"actor": "agent"}),
    ]

    assert business(log, calendar)["first_reply"]["sum"] == hours * HOUR
