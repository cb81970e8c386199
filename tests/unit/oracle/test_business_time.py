from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.oracle import OracleSettings, TicketSettings
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


def business(events: list[bytes], calendar: OpeningHours | None = SUPPORT) -> dict[str, Any]:
    return {
        name.replace("_business_seconds", ""): value
        for name, value in lifetime(events, OracleSettings(TicketSettings(calendar=calendar))).items()
        if name.endswith("_business_seconds")
    }


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
