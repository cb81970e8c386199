from __future__ import annotations

import pytest

from tests.oracle import compute
from tests.unit.oracle.event_log import DAY, HOUR, MINUTE, at, ticket

MICROSECOND = 0.000001
WINDOWS = ("5m", "1h", "24h", "7d", "30d", "lifetime")


@pytest.mark.parametrize(
    "window, oldest, pane_end",
    [
        # Now is at noon. The last pane begins at noon for every window, ends pane_end seconds later, and
        # the first one begins the window's length before that end.
        ("5m", 3 - 5 * MINUTE, 3),
        ("1h", 30 - HOUR, 30),
        ("24h", 15 * MINUTE - DAY, 15 * MINUTE),
        ("7d", 2 * HOUR - 7 * DAY, 2 * HOUR),
        ("30d", 6 * HOUR - 30 * DAY, 6 * HOUR),
    ],
)
def test_a_window_covers_whole_panes_up_to_the_one_of_now(window: str, oldest: int, pane_end: int) -> None:
    moments = [oldest - MICROSECOND, oldest, 0, pane_end - MICROSECOND, pane_end]
    log = [ticket("opened", moment, f"T-{number}") for number, moment in enumerate(moments)]

    answer = compute(log, now=at(0))
    # All but the first, which is too old, and the last, which is yet to come.
    assert answer["windows"][window]["tickets_opened"] == 3
    assert answer["windows"]["lifetime"]["tickets_opened"] == 5


def test_within_a_pane_the_window_stands_still() -> None:
    log = [ticket("opened", 3 - 5 * MINUTE)]

    counts = [compute(log, now=at(moment))["windows"]["5m"]["tickets_opened"] for moment in (0, 3 - MICROSECOND, 3)]
    assert counts == [1, 1, 0]


def test_each_contribution_falls_into_the_window_of_its_own_time() -> None:
    log = [
        ticket("opened", -2 * DAY),
        ticket("replied", -2 * HOUR, actor="agent"),
        ticket("escalated", -30 * MINUTE),
        ticket("resolved", -1 * MINUTE),
    ]

    windows = compute(log, now=at(0))["windows"]
    assert [windows[name]["tickets_opened"] for name in WINDOWS] == [0, 0, 0, 1, 1, 1]
    assert [windows[name]["first_reply_seconds"]["count"] for name in WINDOWS] == [0, 0, 1, 1, 1, 1]
    assert [windows[name]["tickets_escalated"] for name in WINDOWS] == [0, 1, 1, 1, 1, 1]
    assert [windows[name]["resolution_seconds"]["count"] for name in WINDOWS] == [1, 1, 1, 1, 1, 1]
    assert ["tickets_opened_resolved" in windows[name]["parts"] for name in WINDOWS] == [False] * 3 + [True] * 3
    # Resolved tickets among those opened in the window, and escalations without an opening.
    assert [windows[name]["resolution_ratio"] for name in WINDOWS] == [None, None, None, 1.0, 1.0, 1.0]
    assert [windows[name]["escalation_ratio"] for name in WINDOWS] == [None, None, None, 1.0, 1.0, 1.0]


def test_a_reopening_stays_where_it_was_when_the_ticket_is_solved_again() -> None:
    log = [
        ticket("opened", -3 * DAY),
        ticket("resolved", -2 * DAY),
        ticket("reopened", -2 * HOUR),
        ticket("resolved", -1 * MINUTE),
    ]

    windows = compute(log, now=at(0))["windows"]
    assert [windows[name]["first_resolution_seconds"]["count"] for name in WINDOWS] == [0, 0, 0, 1, 1, 1]
    assert [windows[name]["tickets_reopened"] for name in WINDOWS] == [0, 0, 1, 1, 1, 1]
    assert [windows[name]["tickets_resolved"] for name in WINDOWS] == [1, 1, 1, 1, 1, 1]


def test_the_event_clock_is_the_highest_time_of_all_events() -> None:
    log = [
        ticket("opened", 0, "T-1"),
        ticket("merged", 10 * MINUTE, "T-2", into="T-1"),
    ]

    answer = compute(log)
    assert answer["now"] == "2024-03-04T12:10:00Z"
    assert answer["clock"] == "event"
    assert answer["windows"]["5m"]["tickets_opened"] == 0
    assert answer["windows"]["1h"]["tickets_opened"] == 1


def test_a_given_now_is_the_clock() -> None:
    answer = compute([ticket("opened", 0)], now=at(2 * HOUR + 0.5))

    assert answer["now"] == "2024-03-04T14:00:00.500000Z"
    assert answer["clock"] == "wall"


def test_without_events_and_without_a_now_there_is_no_now() -> None:
    answer = compute([])

    assert answer["now"] is None
    assert answer["state"]["open_tickets"] == 0
    assert answer["windows"]["lifetime"]["parts"] == {}


def test_a_now_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        compute([], now=at(0).replace(tzinfo=None))
