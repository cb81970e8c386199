from __future__ import annotations

import pytest

from tests.unit.oracle.event_log import HOUR, durations, lifetime, ticket

FIRST = "first_reply_seconds"
NEXT = "next_reply_seconds"
NONE = (0, 0.0)


def test_the_first_reply_counts_from_the_customers_opening() -> None:
    log = [ticket("opened", 0), ticket("replied", 300, actor="agent")]

    assert durations(log, FIRST) == (1, 300.0)
    assert durations(log, NEXT) == NONE


@pytest.mark.parametrize(
    "data",
    [{"actor": "bot"}, {"actor": "automation"}, {"actor": "agent", "visibility": "internal"}],
    ids=["a bot's reply", "an automation's reply", "an internal note"],
)
def test_only_a_humans_public_reply_answers(data: dict[str, str]) -> None:
    log = [ticket("opened", 0), ticket("replied", 10, **data)]

    assert durations(log, FIRST) == NONE
    # The customer goes on waiting through it: 300 s and not 290 s.
    assert durations([*log, ticket("replied", 300, actor="agent")], FIRST) == (1, 300.0)


def test_a_hand_off_starts_the_wait_anew() -> None:
    log = [
        ticket("opened", 0),
        ticket("replied", 10, actor="bot"),
        ticket("handed_off", 120),
        ticket("replied", 150, actor="customer"),
        ticket("replied", 180, actor="agent"),
    ]

    # 180 - 120; neither the opening nor the message after the hand-off counts.
    assert durations(log, FIRST) == (1, 60.0)


def test_the_last_of_several_hand_offs_starts_the_wait() -> None:
    log = [
        ticket("opened", 0),
        ticket("handed_off", 100),
        ticket("handed_off", 160),
        ticket("replied", 200, actor="agent"),
    ]

    assert durations(log, FIRST) == (1, 40.0)


def test_a_hand_off_starts_a_wait_without_any_message_of_the_customer() -> None:
    log = [
        ticket("opened", 0, actor="bot"),
        ticket("handed_off", 100),
        ticket("replied", 130, actor="agent"),
    ]

    assert durations(log, FIRST) == (1, 30.0)


def test_a_hand_off_before_an_answer_leaves_later_waits_alone() -> None:
    log = [
        ticket("opened", 0),
        ticket("handed_off", 100),
        ticket("replied", 130, actor="agent"),
        ticket("replied", 200, actor="customer"),
        ticket("replied", 250, actor="agent"),
    ]

    assert durations(log, FIRST) == (1, 30.0)
    assert durations(log, NEXT) == (1, 50.0)


@pytest.mark.parametrize(
    "opening",
    [{"actor": "agent"}, {"actor": "automation"}, {"visibility": "internal"}],
    ids=["opened by an agent", "opened by an automation", "opened in private"],
)
def test_only_a_customers_public_opening_makes_the_customer_wait(opening: dict[str, str]) -> None:
    log = [ticket("opened", 0, **opening), ticket("replied", 60, actor="agent")]

    assert durations(log, FIRST) == NONE

    log += [ticket("replied", 100, actor="customer"), ticket("replied", 190, actor="agent")]

    # The first reply to a waiting customer is the first reply, though an agent wrote before.
    assert durations(log, FIRST) == (1, 90.0)
    assert durations(log, NEXT) == NONE


def test_next_replies_count_from_the_oldest_unanswered_message() -> None:
    log = [
        ticket("opened", 0),
        ticket("replied", 300, actor="agent"),
        ticket("replied", 400, actor="customer"),
        ticket("replied", 500, actor="customer"),
        ticket("replied", 600, actor="agent"),
        ticket("replied", 700, actor="agent"),
        ticket("replied", 800, actor="customer"),
        ticket("replied", 850, actor="agent"),
    ]

    # 600 - 400 and 850 - 800; nobody waited for the reply at 700.
    assert durations(log, FIRST) == (1, 300.0)
    assert durations(log, NEXT) == (2, 250.0)


def test_a_customers_internal_note_starts_no_wait() -> None:
    log = [
        ticket("opened", 0, actor="agent"),
        ticket("replied", 50, actor="customer", visibility="internal"),
        ticket("replied", 90, actor="agent"),
    ]

    assert durations(log, FIRST) == NONE


def test_thanks_after_the_solution_start_no_wait() -> None:
    log = [
        ticket("opened", 0),
        ticket("replied", 60, actor="agent"),
        ticket("resolved", 100),
        ticket("replied", 200, actor="customer"),
        ticket("replied", 900, actor="agent"),
    ]

    assert durations(log, FIRST) == (1, 60.0)
    assert durations(log, NEXT) == NONE


def test_the_solution_ends_a_wait_without_an_answer() -> None:
    log = [
        ticket("opened", 0),
        ticket("resolved", 100),
        ticket("reopened", 200, actor="agent"),
        ticket("replied", 250, actor="agent"),
    ]

    assert durations(log, FIRST) == NONE


def test_words_written_after_the_solution_wait_from_the_reopening_on() -> None:
    log = [
        ticket("opened", 0),
        ticket("replied", 60, actor="agent"),
        ticket("resolved", 100),
        ticket("replied", 200, actor="customer"),
        ticket("reopened", 1_000, actor="agent"),
        ticket("replied", 1_060, actor="agent"),
    ]

    # 1060 - 1000, not 1060 - 200.
    assert durations(log, NEXT) == (1, 60.0)


def test_a_reopening_by_the_customer_starts_a_wait() -> None:
    log = [
        ticket("opened", 0),
        ticket("replied", 60, actor="bot"),
        ticket("resolved", 100),
        ticket("status_changed", 5 * 24 * HOUR, status="open", actor="customer"),
        ticket("replied", 5 * 24 * HOUR + 600, actor="agent"),
    ]

    # Ten minutes, not five days.
    assert durations(log, FIRST) == (1, 600.0)


def test_a_reopening_by_an_agent_starts_no_wait() -> None:
    log = [
        ticket("opened", 0),
        ticket("replied", 60, actor="agent"),
        ticket("resolved", 100),
        ticket("reopened", 1_000, actor="agent"),
        ticket("replied", 1_060, actor="agent"),
    ]

    assert durations(log, NEXT) == NONE


def test_words_written_before_the_solution_do_not_start_a_wait_at_the_reopening() -> None:
    log = [
        ticket("opened", 0, actor="agent"),
        ticket("replied", 50, actor="customer"),
        ticket("resolved", 100),
        ticket("reopened", 200),
        ticket("replied", 250, actor="agent"),
    ]

    assert durations(log, FIRST) == NONE


def test_words_of_an_earlier_solution_do_not_start_a_wait_at_a_later_reopening() -> None:
    log = [
        ticket("opened", 0, actor="agent"),
        ticket("resolved", 100),
        ticket("replied", 150, actor="customer"),
        ticket("reopened", 200),
        ticket("resolved", 300),
        ticket("reopened", 400),
        ticket("replied", 450, actor="agent"),
    ]

    assert durations(log, FIRST) == NONE


def test_a_change_to_open_while_open_leaves_the_wait_alone() -> None:
    log = [
        ticket("opened", 0),
        ticket("status_changed", 50, status="open", actor="customer"),
        ticket("replied", 80, actor="agent"),
    ]

    assert durations(log, FIRST) == (1, 80.0)


def test_a_customers_change_to_open_while_open_starts_no_wait() -> None:
    log = [
        ticket("opened", 0, actor="agent"),
        ticket("status_changed", 50, status="open", actor="customer"),
        ticket("replied", 80, actor="agent"),
    ]

    assert durations(log, FIRST) == NONE


def test_a_reply_comes_before_a_status_of_the_same_time() -> None:
    log = [
        ticket("opened", 0),
        ticket("status_changed", 100, status="solved"),
        ticket("replied", 100, actor="agent"),
    ]

    answer = lifetime(log)
    assert answer[FIRST]["count"] == 1
    assert answer[FIRST]["sum"] == 100.0
    assert answer["tickets_resolved_first_contact"] == 1


def test_a_question_comes_before_an_answer_of_the_same_time() -> None:
    log = []
    # Several tickets, so that no order by chance can be right for all of them.
    for number in range(10):
        log += [
            ticket("opened", 0, f"T-{number}", actor="agent"),
            ticket("replied", 100, f"T-{number}", actor="agent"),
            ticket("replied", 100, f"T-{number}", actor="customer"),
        ]

    assert durations(log, FIRST) == (10, 0.0)


def test_a_hand_off_comes_before_an_answer_of_the_same_time() -> None:
    log = [ticket("opened", 0), ticket("replied", 100, actor="agent"), ticket("handed_off", 100)]

    assert durations(log, FIRST) == (1, 0.0)


def test_what_sorts_before_the_opening_does_nothing() -> None:
    log = [
        ticket("replied", -60, actor="customer"),
        ticket("replied", -30, actor="agent"),
        ticket("handed_off", -20, team="early"),
        ticket("escalated", -10),
        ticket("resolved", -5),
        ticket("opened", 0, actor="agent"),
        ticket("status_changed", 100, status="closed"),
    ]

    answer = lifetime(log)
    assert answer[FIRST]["count"] == 0
    assert answer["tickets_escalated"] == 0
    assert answer["tickets_resolved"] == 0
    # The early reply is no reply, so the closing is an abandonment.
    assert answer["tickets_abandoned"] == 1
    assert answer["parts"]["tickets_opened"] == [
        {"labels": {"channel": "none", "priority": "none", "team": "none"}, "count": 1}
    ]


def test_54_000_seconds_over_800_first_replies_make_67_and_a_half() -> None:
    log = []
    for number in range(800):
        # 400 * 60 + 400 * 75 = 54 000
        wait = 60 if number < 400 else 75
        log += [ticket("opened", number, f"T-{number}"), ticket("replied", number + wait, f"T-{number}", actor="agent")]

    # The 400th of 800 waits is the last of 60 s, the 720th, 760th and 792nd are of 75 s.
    assert lifetime(log)[FIRST] == {
        "count": 800,
        "sum": 54_000.0,
        "mean": 67.5,
        "p50": 60.0,
        "p90": 75.0,
        "p95": 75.0,
        "p99": 75.0,
    }


def test_quantiles_are_nearest_ranks() -> None:
    log = []
    for wait in range(10, 110, 10):
        log += [ticket("opened", 0, f"T-{wait}"), ticket("replied", wait, f"T-{wait}", actor="agent")]

    # Of ten values the 5th, the 9th, and ceil(9.5) = ceil(9.9) = the 10th.
    first = lifetime(log)[FIRST]
    assert [first[name] for name in ("p50", "p90", "p95", "p99")] == [50.0, 90.0, 100.0, 100.0]

    log += [ticket("opened", 0, f"T-{wait}") for wait in (110, 120)]
    log += [ticket("replied", wait, f"T-{wait}", actor="agent") for wait in (110, 120)]

    # Of twelve values the 6th, and ceil(10.8) = the 11th, ceil(11.4) = ceil(11.88) = the 12th.
    first = lifetime(log)[FIRST]
    assert [first[name] for name in ("p50", "p90", "p95", "p99")] == [60.0, 110.0, 120.0, 120.0]


def test_the_quantiles_of_one_value_are_this_value() -> None:
    first = lifetime([ticket("opened", 0), ticket("replied", 0.25, actor="agent")])[FIRST]

    assert [first[name] for name in ("p50", "p90", "p95", "p99")] == [0.25] * 4


def test_without_values_there_is_no_mean_and_no_quantile() -> None:
    assert lifetime([ticket("opened", 0)])[FIRST] == {
        "count": 0,
        "sum": 0.0,
        "mean": None,
        "p50": None,
        "p90": None,
        "p95": None,
        "p99": None,
    }
