from __future__ import annotations

import pytest

from tests.oracle import FirstContactRule, OracleSettings
from tests.unit.oracle.event_log import DAY, HOUR, lifetime, ticket


def holds(log: list[bytes], rule: FirstContactRule = "one_reply", *, days: float = 7) -> bool:
    """Whether the one resolved ticket of a log counts as resolved at first contact."""
    answer = lifetime(log, OracleSettings(fcr_rule=rule, fcr_days=days))
    assert answer["tickets_resolved"] == 1
    count = answer["tickets_resolved_first_contact"]
    assert answer["first_contact_resolution_ratio"] == count
    return bool(count)


def solved_after(*replies: dict[str, object]) -> list[bytes]:
    """A ticket that is solved at 1000 s, after replies at 100 s, 200 s and so on."""
    answers = [ticket("replied", 100 * number, "T-1", **reply) for number, reply in enumerate(replies, start=1)]
    return [ticket("opened", 0), *answers, ticket("resolved", 1_000)]


@pytest.mark.parametrize(
    "replies, expected",
    [
        ([], False),
        ([{"actor": "agent"}], True),
        ([{"actor": "bot"}], False),
        ([{"actor": "agent"}, {"actor": "bot"}, {"actor": "automation"}], True),
        ([{"actor": "agent"}, {"actor": "agent", "visibility": "internal"}], True),
        ([{"actor": "agent"}, {"actor": "agent"}], False),
    ],
)
def test_by_default_exactly_one_human_public_reply_makes_a_first_contact(
    replies: list[dict[str, object]], *, expected: bool
) -> None:
    assert holds(solved_after(*replies)) is expected


def test_replies_after_the_first_resolution_do_not_count() -> None:
    log = [*solved_after({"actor": "agent"}), ticket("replied", 1_001, actor="agent")]

    assert holds(log)


def test_replies_to_an_abandoned_ticket_count() -> None:
    log = [
        *solved_after({"actor": "agent"}),
        ticket("abandoned", 300),
        ticket("replied", 400, actor="agent"),
        ticket("reopened", 500),
    ]

    assert not holds(log)


@pytest.mark.parametrize("delay, expected", [(7 * DAY - 1, False), (7 * DAY, True), (8 * DAY, True)])
def test_a_reopening_within_seven_days_of_the_first_resolution_spoils_it(delay: int, *, expected: bool) -> None:
    log = [
        *solved_after({"actor": "agent"}),
        ticket("reopened", 1_000 + delay),
        ticket("resolved", 1_000 + delay + HOUR),
    ]

    assert holds(log) is expected


def test_only_the_first_reopening_and_the_first_resolution_matter() -> None:
    log = [
        *solved_after({"actor": "agent"}),
        ticket("reopened", 1_000 + 7 * DAY),
        ticket("resolved", 1_000 + 8 * DAY),
        ticket("reopened", 1_001 + 8 * DAY),
        ticket("resolved", 1_002 + 8 * DAY),
    ]

    assert holds(log)


def test_a_late_reopening_does_not_make_up_for_an_early_one() -> None:
    log = [
        *solved_after({"actor": "agent"}),
        ticket("reopened", 1_000 + DAY),
        ticket("resolved", 1_000 + 2 * DAY),
        ticket("reopened", 1_000 + 20 * DAY),
        ticket("resolved", 1_000 + 21 * DAY),
    ]

    assert not holds(log)


def test_the_days_without_a_reopening_are_a_setting() -> None:
    log = [*solved_after({"actor": "agent"}), ticket("reopened", 1_000 + DAY), ticket("resolved", 1_000 + 2 * DAY)]

    assert not holds(log)
    assert holds(log, days=1)
    assert holds(log, days=0.5)


@pytest.mark.parametrize(
    "replies, expected",
    [
        ([], False),
        ([{"actor": "agent", "author": "ann"}, {"actor": "agent", "author": "ann"}], True),
        ([{"actor": "agent", "author": "ann"}, {"actor": "agent", "author": "bob"}], False),
        ([{"actor": "agent"}, {"actor": "agent", "author": None}], True),
        ([{"actor": "agent", "author": "ann"}, {"actor": "agent"}], False),
        ([{"actor": "agent", "author": "ann"}, {"actor": "bot", "author": "robot"}], True),
    ],
)
def test_under_one_agent_all_replies_must_be_by_one_author(replies: list[dict[str, object]], *, expected: bool) -> None:
    assert holds(solved_after(*replies), "one_agent") is expected


def test_under_never_pending_a_ticket_must_not_have_been_pending_before_its_first_resolution() -> None:
    solved = solved_after()

    assert holds(solved, "never_pending")
    assert holds([*solved, ticket("status_changed", 500, status="hold")], "never_pending")
    assert not holds([*solved, ticket("status_changed", 500, status="pending")], "never_pending")
    # Even for no time at all: pending comes before solved at equal times.
    assert not holds([*solved, ticket("status_changed", 1_000, status="pending")], "never_pending")
    assert holds([*solved, ticket("status_changed", 1_001, status="pending")], "never_pending")


def test_under_never_pending_a_ticket_must_not_have_been_opened_as_pending() -> None:
    assert not holds([ticket("opened", 0, status="pending"), ticket("resolved", 1_000)], "never_pending")


def test_under_never_pending_a_void_change_to_pending_does_not_count() -> None:
    log = [
        *solved_after(),
        ticket("abandoned", 300),
        ticket("status_changed", 400, status="pending"),
        ticket("reopened", 500),
    ]

    assert holds(log, "never_pending")


@pytest.mark.parametrize("seconds, expected", [(DAY, True), (DAY + 1, False)])
def test_under_closed_within_the_first_resolution_must_come_in_time(seconds: int, *, expected: bool) -> None:
    assert holds([ticket("opened", 0), ticket("resolved", seconds)], "closed_within") is expected


def test_the_time_of_closed_within_is_a_setting() -> None:
    settings = OracleSettings(fcr_rule="closed_within", fcr_closed_within_seconds=59.5)
    log = [
        ticket("opened", 0, "T-1"),
        ticket("resolved", 59.5, "T-1"),
        ticket("opened", 0, "T-2"),
        ticket("resolved", 59.6, "T-2"),
    ]

    assert lifetime(log, settings)["first_contact_resolution_ratio"] == 0.5


def test_an_open_ticket_is_no_resolution_at_first_contact() -> None:
    log = [*solved_after({"actor": "agent"}), ticket("reopened", 1_000 + 30 * DAY)]

    answer = lifetime(log)
    assert answer["tickets_resolved_first_contact"] == 0
    assert answer["first_contact_resolution_ratio"] is None
