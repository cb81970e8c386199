from __future__ import annotations

from typing import Any

from tests.oracle import OracleSettings, compute
from tests.unit.oracle.event_log import DAY, HOUR, at, ticket


def state(log: list[bytes], now: float, settings: OracleSettings | None = None) -> dict[str, Any]:
    answer: dict[str, Any] = compute(log, now=at(now), settings=settings or OracleSettings())["state"]
    return answer


def test_open_tickets_are_neither_resolved_nor_abandoned_nor_merged() -> None:
    log = [
        ticket("opened", 0, "open"),
        ticket("opened", 0, "on hold"),
        ticket("status_changed", 10, "on hold", status="hold"),
        ticket("opened", 0, "resolved"),
        ticket("resolved", 10, "resolved"),
        ticket("opened", 0, "abandoned"),
        ticket("abandoned", 10, "abandoned"),
        ticket("opened", 0, "merged"),
        ticket("merged", 10, "merged", into="open"),
        ticket("opened", 0, "reopened"),
        ticket("resolved", 10, "reopened"),
        ticket("reopened", 20, "reopened"),
        ticket("replied", 10, "never opened", actor="customer"),
        ticket("replied", 10, "never opened but merged", actor="customer"),
        ticket("merged", 20, "never opened but merged", into="open"),
    ]

    answer = state(log, 100)
    assert answer["open_tickets"] == 3
    assert answer["tickets_without_opening"] == 1


def test_open_cases_are_the_open_tickets_whose_customer_waits() -> None:
    log = [
        ticket("opened", 0, "waits"),
        ticket("opened", 0, "answered"),
        ticket("replied", 10, "answered", actor="agent"),
        ticket("opened", 0, "asked again"),
        ticket("replied", 10, "asked again", actor="agent"),
        ticket("replied", 20, "asked again", actor="customer"),
        ticket("opened", 0, "answered by a bot only"),
        ticket("replied", 10, "answered by a bot only", actor="bot"),
        ticket("opened", 0, "opened by an agent", actor="agent"),
        ticket("opened", 0, "thanked"),
        ticket("resolved", 10, "thanked"),
        ticket("replied", 20, "thanked", actor="customer"),
        ticket("opened", 0, "reopened by an agent"),
        ticket("resolved", 10, "reopened by an agent"),
        ticket("reopened", 20, "reopened by an agent", actor="agent"),
        ticket("opened", 0, "reopened by the customer"),
        ticket("resolved", 10, "reopened by the customer"),
        ticket("reopened", 20, "reopened by the customer", actor="customer"),
    ]

    answer = state(log, 100)
    assert answer["open_tickets"] == 7
    # waits, asked again, answered by a bot only, reopened by the customer
    assert answer["open_cases"] == 4


def test_ages_are_counted_up_to_each_edge_inclusive() -> None:
    log = [
        ticket("opened", -1 * HOUR, "T-1"),
        ticket("opened", -1 * HOUR - 0.000001, "T-2"),
        ticket("opened", -3 * DAY, "T-3"),
        ticket("opened", -91 * DAY, "T-4"),
    ]

    answer = state(log, 0)
    assert answer["open_ticket_age_seconds"] == {
        "3600": 1,
        "14400": 2,
        "28800": 2,
        "86400": 2,
        "259200": 3,
        "604800": 3,
        "1209600": 3,
        "2592000": 3,
        "7776000": 3,
        "+Inf": 4,
    }
    # 91 days before 2024-03-04, by way of 29 days of February: 4 + 29 + 31 + 27 = 91.
    assert answer["oldest_open_ticket"] == "2023-12-04T12:00:00Z"


def test_nothing_open_has_no_age() -> None:
    answer = state([ticket("opened", 0), ticket("resolved", 10)], 100)

    assert answer["oldest_open_ticket"] is None
    assert set(answer["open_ticket_age_seconds"].values()) == {0}


def test_backlog_is_older_than_the_mean_resolution_of_thirty_days() -> None:
    log = [
        ticket("opened", 0, "T-1"),
        ticket("resolved", 100, "T-1"),
        ticket("opened", 0, "T-2"),
        ticket("resolved", 201, "T-2"),
        # 150.5 s before now, and a microsecond more
        ticket("opened", 49.5, "T-3"),
        ticket("opened", 49.499999, "T-4"),
        # Resolved 40 days ago after a day, which is out of the window.
        ticket("opened", -41 * DAY, "T-5"),
        ticket("resolved", -40 * DAY, "T-5"),
    ]

    answer = state(log, 200)
    # T-2's resolution lies in now's pane. (100 + 201) / 2
    assert answer["backlog_threshold_seconds"] == 150.5
    assert answer["backlog_tickets"] == 1


def test_without_a_resolution_in_thirty_days_backlog_is_older_than_a_day() -> None:
    log = [ticket("opened", 0, "T-1"), ticket("opened", 0.5, "T-2")]

    answer = state(log, DAY + 0.25)
    assert answer["backlog_threshold_seconds"] == 86_400.0
    assert answer["backlog_tickets"] == 1


def test_the_threshold_of_the_backlog_is_a_setting() -> None:
    log = [
        ticket("opened", 0, "T-1"),
        ticket("opened", 1, "T-2"),
        ticket("resolved", 1, "T-3"),
        ticket("opened", 0, "T-3"),
    ]

    answer = state(log, 10, OracleSettings(backlog_threshold_seconds=9))
    assert answer["backlog_threshold_seconds"] == 9.0
    assert answer["backlog_tickets"] == 1
