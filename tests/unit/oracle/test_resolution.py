from __future__ import annotations

from typing import Any

import pytest

from tests.oracle import OracleSettings
from tests.unit.oracle.event_log import HOUR, durations, lifetime, parts, ticket

NONE = (0, 0.0)


def test_a_resolution_takes_from_the_creation_to_the_solution() -> None:
    log = [ticket("opened", 0), ticket("status_changed", 2 * HOUR, status="solved")]

    assert durations(log, "first_resolution_seconds") == (1, 7_200.0)
    assert durations(log, "resolution_seconds") == (1, 7_200.0)
    assert lifetime(log)["resolution_ratio"] == 1.0


def test_a_reopening_takes_the_last_resolution_back_but_not_the_first() -> None:
    log = [ticket("opened", 0), ticket("resolved", 1 * HOUR), ticket("reopened", 2 * HOUR)]

    answer = lifetime(log)
    assert durations(log, "first_resolution_seconds") == (1, 3_600.0)
    assert durations(log, "resolution_seconds") == NONE
    assert durations(log, "requester_wait_seconds") == NONE
    assert answer["tickets_resolved"] == 0
    assert answer["tickets_resolved_first_contact"] == 0
    assert answer["tickets_reopened"] == 1
    assert answer["resolution_ratio"] == 0.0
    assert answer["reopen_ratio"] is None


def test_a_ticket_solved_again_counts_once_with_its_last_resolution() -> None:
    log = [
        ticket("opened", 0),
        ticket("resolved", 1 * HOUR),
        ticket("reopened", 2 * HOUR),
        ticket("resolved", 3 * HOUR),
        ticket("status_changed", 4 * HOUR, status="new"),
        ticket("resolved", 5 * HOUR),
    ]

    answer = lifetime(log)
    assert durations(log, "first_resolution_seconds") == (1, 3_600.0)
    assert durations(log, "resolution_seconds") == (1, 18_000.0)
    assert answer["tickets_resolved"] == 1
    assert answer["tickets_reopened"] == 1
    assert answer["reopen_ratio"] == 1.0


@pytest.mark.parametrize("status", ["pending", "hold"])
def test_a_solved_ticket_set_to_pending_or_hold_is_not_reopened(status: str) -> None:
    log = [
        ticket("opened", 0),
        ticket("resolved", 100),
        ticket("status_changed", 200, status=status),
        ticket("resolved", 300),
    ]

    assert durations(log, "resolution_seconds") == (1, 100.0)
    assert lifetime(log)["tickets_reopened"] == 0


def test_the_closing_of_a_solved_ticket_does_not_move_its_resolution() -> None:
    log = [ticket("opened", 0), ticket("resolved", 100), ticket("status_changed", 5_000, status="closed")]

    assert durations(log, "resolution_seconds") == (1, 100.0)


def test_a_closed_ticket_can_be_reopened() -> None:
    log = [
        ticket("opened", 0),
        ticket("resolved", 100),
        ticket("status_changed", 200, status="closed"),
        ticket("reopened", 300),
    ]

    assert durations(log, "resolution_seconds") == NONE
    assert lifetime(log)["tickets_reopened"] == 1


def test_closing_after_an_agents_reply_is_a_resolution() -> None:
    log = [
        ticket("opened", 0),
        ticket("replied", 50, actor="agent"),
        ticket("status_changed", 100, status="closed"),
    ]

    assert durations(log, "resolution_seconds") == (1, 100.0)
    assert lifetime(log)["tickets_abandoned"] == 0


@pytest.mark.parametrize(
    "words",
    [
        [],
        [ticket("replied", 50, actor="bot")],
        [ticket("replied", 50, actor="agent", visibility="internal")],
        [ticket("replied", 150, actor="agent")],
    ],
    ids=["no words", "a bot's reply", "an internal note", "a reply that is too late"],
)
def test_closing_without_an_agents_reply_is_an_abandonment(words: list[bytes]) -> None:
    log = [ticket("opened", 0), *words, ticket("status_changed", 100, status="closed")]

    answer = lifetime(log)
    assert answer["tickets_resolved"] == 0
    assert answer["tickets_abandoned"] == 1
    assert answer["abandonment_ratio"] == 1.0


def test_closing_a_ticket_that_was_solved_before_is_a_resolution() -> None:
    log = [
        ticket("opened", 0),
        ticket("resolved", 100),
        ticket("reopened", 200),
        ticket("status_changed", 300, status="closed"),
    ]

    assert durations(log, "resolution_seconds") == (1, 300.0)
    assert lifetime(log)["tickets_abandoned"] == 0


def test_a_void_solution_does_not_make_a_later_closing_a_resolution() -> None:
    log = [
        ticket("opened", 0),
        ticket("abandoned", 100),
        ticket("resolved", 200),
        ticket("reopened", 300),
        ticket("status_changed", 400, status="closed"),
    ]

    answer = lifetime(log)
    assert answer["first_resolution_seconds"]["count"] == 0
    assert answer["tickets_abandoned"] == 1


def test_a_reply_to_an_abandoned_ticket_makes_a_later_closing_a_resolution() -> None:
    log = [
        ticket("opened", 0),
        ticket("abandoned", 100),
        ticket("replied", 200, actor="agent"),
        ticket("reopened", 300),
        ticket("status_changed", 400, status="closed"),
    ]

    assert durations(log, "resolution_seconds") == (1, 400.0)
    assert durations(log, "first_reply_seconds") == NONE


def test_a_reopening_takes_an_abandonment_back_and_counts_as_no_reopening() -> None:
    log = [ticket("opened", 0), ticket("abandoned", 100), ticket("reopened", 200, actor="customer")]

    answer = lifetime(log)
    assert answer["tickets_abandoned"] == 0
    assert answer["tickets_reopened"] == 0

    # The customer waits again: 260 - 200.
    assert durations([*log, ticket("replied", 260, actor="agent")], "first_reply_seconds") == (1, 60.0)


def test_leaving_a_solved_ticket_changes_nothing() -> None:
    answer = lifetime([ticket("opened", 0), ticket("resolved", 100), ticket("abandoned", 200)])

    assert answer["tickets_resolved"] == 1
    assert answer["tickets_abandoned"] == 0


def test_solving_an_abandoned_ticket_changes_nothing() -> None:
    answer = lifetime([ticket("opened", 0), ticket("abandoned", 100), ticket("resolved", 200)])

    assert answer["tickets_resolved"] == 0
    assert answer["tickets_abandoned"] == 1


def test_a_reopening_comes_before_a_solution_of_the_same_time() -> None:
    log = [
        ticket("opened", 0),
        ticket("resolved", 100),
        ticket("resolved", 200, actor="agent"),
        ticket("reopened", 200),
    ]

    assert durations(log, "resolution_seconds") == (1, 200.0)
    assert lifetime(log)["tickets_reopened"] == 1


def test_a_solution_comes_before_a_closing_of_the_same_time() -> None:
    log = [ticket("opened", 0), ticket("status_changed", 100, status="closed"), ticket("resolved", 100)]

    answer = lifetime(log)
    assert answer["tickets_resolved"] == 1
    assert answer["tickets_abandoned"] == 0


def test_time_in_status_is_added_up_by_status() -> None:
    log = [
        ticket("opened", 0),
        ticket("status_changed", 100, status="pending"),
        ticket("status_changed", 300, status="open"),
        ticket("status_changed", 600, status="hold"),
        ticket("status_changed", 1_000, status="open"),
        ticket("resolved", 1_500),
    ]

    # new 100, pending 200, open 300 + 500, hold 400
    assert durations(log, "requester_wait_seconds") == (1, 1_300.0)
    assert durations(log, "agent_work_seconds") == (1, 900.0)
    assert durations(log, "on_hold_seconds") == (1, 400.0)
    assert durations(log, "resolution_seconds") == (1, 1_500.0)


def test_the_opening_has_the_first_status() -> None:
    log = [ticket("opened", 0, status="hold"), ticket("status_changed", 70, status="pending"), ticket("resolved", 100)]

    assert durations(log, "requester_wait_seconds") == (1, 70.0)
    assert durations(log, "agent_work_seconds") == (1, 0.0)
    assert durations(log, "on_hold_seconds") == (1, 70.0)


def test_no_status_time_runs_while_a_ticket_is_solved_or_abandoned() -> None:
    log = [
        ticket("opened", 0),
        ticket("resolved", 100),
        ticket("status_changed", 400, status="hold"),
        ticket("reopened", 1_000),
        ticket("abandoned", 1_150),
        ticket("reopened", 2_000),
        ticket("status_changed", 2_030, status="hold"),
        ticket("resolved", 2_050),
    ]

    # new 100, open 150 and 30, hold 20
    assert durations(log, "requester_wait_seconds") == (1, 300.0)
    assert durations(log, "agent_work_seconds") == (1, 280.0)
    assert durations(log, "on_hold_seconds") == (1, 20.0)
    assert durations(log, "resolution_seconds") == (1, 2_050.0)


def test_a_merged_ticket_contributes_nothing() -> None:
    log = [
        ticket("merged", -10, into="T-2"),
        ticket("opened", 0, channel="email"),
        ticket("replied", 50, actor="agent"),
        ticket("escalated", 60),
        ticket("resolved", 100),
    ]

    answer = lifetime(log)
    assert answer["parts"] == {}
    assert answer["tickets_opened"] == 0
    assert answer["resolution_ratio"] is None


def test_a_ticket_without_an_opening_contributes_nothing() -> None:
    log = [ticket("replied", 50, actor="agent"), ticket("resolved", 100)]

    assert lifetime(log)["parts"] == {}


def test_a_second_opening_only_sets_attributes() -> None:
    log = [
        ticket("opened", 0, channel="email", priority="high", assignee="ann"),
        ticket("opened", 100, channel="web", status="pending", assignee="bob"),
        ticket("resolved", 300),
    ]

    answer = lifetime(log)
    assert parts(answer, "tickets_opened") == {("web", "none", "none"): 1}
    assert durations(log, "resolution_seconds") == (1, 300.0)
    assert durations(log, "requester_wait_seconds") == (1, 300.0)
    assert answer["ticket_reassignments"] == 0


def complaints(answer: dict[str, Any]) -> list[tuple[int, float]]:
    return [
        (answer[measure]["count"], answer[measure]["sum"])
        for measure in ("complaint_first_resolution_seconds", "complaint_resolution_seconds")
    ]


def test_complaints_are_told_by_their_final_category_in_any_case() -> None:
    log = [
        ticket("opened", 0, "T-1", category="Complaint", channel="email"),
        ticket("resolved", 100, "T-1"),
        ticket("opened", 0, "T-2", category="billing"),
        ticket("resolved", 200, "T-2"),
        ticket("updated", 300, "T-2", category="COMPLAINT"),
        ticket("opened", 0, "T-3", category="complaint"),
        ticket("resolved", 400, "T-3"),
        ticket("updated", 500, "T-3", category="billing"),
        ticket("opened", 0, "T-4"),
        ticket("resolved", 500, "T-4"),
    ]

    answer = lifetime(log)
    # T-1 and T-2: 100 + 200
    assert complaints(answer) == [(2, 300.0), (2, 300.0)]
    assert parts(answer, "complaint_resolution_seconds") == {("email",): 1, ("none",): 1}


def test_the_categories_of_complaints_are_a_setting() -> None:
    log = [
        ticket("opened", 0, "T-1", category="Beschwerde"),
        ticket("resolved", 100, "T-1"),
        ticket("opened", 0, "T-2", category="complaint"),
        ticket("resolved", 200, "T-2"),
        ticket("opened", 0, "T-3"),
        ticket("resolved", 400, "T-3"),
    ]

    answer = lifetime(log, OracleSettings(complaint_categories=("beschwerde", "none")))
    # A ticket without a category is no complaint, whatever its label says.
    assert complaints(answer) == [(1, 100.0), (1, 100.0)]
