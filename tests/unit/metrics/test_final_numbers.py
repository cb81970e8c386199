from __future__ import annotations

import orjson
import pytest

from stream.desks.kinds import KINDS
from stream.desks.tickets.definition import TICKETS
from stream.desks.tickets.rules import TicketRules
from stream.metrics.final_numbers import daily_numbers, final_numbers
from stream.metrics.view import WINDOW_NAMES
from stream.windows.clock import WallClock
from stream.windows.sliding import LIFETIME
from tests.kinds.surveys import survey
from tests.kinds.tickets import TicketsUnder, ticket
from tests.kinds.worker import Worker, settled
from tests.moments import DAY, HOUR, microseconds, office_hours


def test_the_numbers_name_their_moment_and_their_clock() -> None:
    by_event = settled(ticket("opened", 0.5))
    by_wall = Worker(clock=WallClock(lambda: microseconds(HOUR) * 1_000))

    assert (by_event.numbers()["now"], by_event.numbers()["clock"]) == ("2024-03-04T12:00:00.500000Z", "event")
    assert (by_wall.numbers()["now"], by_wall.numbers()["clock"]) == ("2024-03-04T13:00:00Z", "wall")


def test_every_window_has_the_same_keys() -> None:
    windows = settled(ticket("opened", 0)).numbers()["windows"]

    assert list(windows) == list(WINDOW_NAMES)
    stocks = {stock.name for kind in KINDS for stock in kind.stocks}
    lifetime = windows.pop(LIFETIME)
    rolling = set(windows["5m"])
    assert stocks | set(lifetime) <= rolling
    assert not stocks & set(lifetime)
    assert all(set(window) == rolling for window in windows.values())


def test_parts_come_only_when_asked_for() -> None:
    view = settled(ticket("opened", 0)).view()

    assert "parts" not in final_numbers(view)["windows"]["lifetime"]
    assert "parts" in final_numbers(view, parts=True)["windows"]["lifetime"]


def test_without_anything_counted_means_and_ratios_are_null() -> None:
    window = Worker().window()

    assert window["first_reply_seconds"] == {
        "count": 0,
        "sum": 0.0,
        "mean": None,
        "p50": None,
        "p90": None,
        "p95": None,
        "p99": None,
    }
    ratios = {name: value for name, value in window.items() if name.endswith("_ratio")}
    assert {f"{ratio.name}_ratio" for ratio in TICKETS.ratios} <= ratios.keys()
    assert set(ratios.values()) == {None}
    assert window["channel_share"] == {}


def test_the_mean_is_the_sum_of_all_labels_by_their_count() -> None:
    worker = settled(
        *(ticket("opened", 0, f"T-{n}", channel=f"channel {n}") for n in range(3)),
        *(ticket("replied", 100 * (n + 1), f"T-{n}", actor="agent") for n in range(3)),
    )

    replies = worker.window()["first_reply_seconds"]
    assert (replies["count"], replies["sum"], replies["mean"]) == (3, 600.0, 200.0)
    assert replies["p50"] == pytest.approx(200, rel=0.01)
    assert replies["p99"] == pytest.approx(300, rel=0.01)


def test_channels_and_categories_are_ranked() -> None:
    worker = settled(
        *(ticket("opened", 0, f"T-{n}", channel="chat" if n else "email", category=f"{n // 2}") for n in range(5))
    )

    window = worker.window()
    assert list(window["tickets_opened_by_channel"].items()) == [("chat", 4), ("email", 1)]
    assert window["channel_share"] == {"chat": 0.8, "email": 0.2}
    assert window["tickets_opened_by_category"] == {"0": 2, "1": 2, "2": 1}


def test_the_ratio_of_a_team_is_over_the_tickets_opened_for_it() -> None:
    worker = settled(
        ticket("opened", 0, "T-1", team="first"),
        ticket("resolved", 1, "T-1"),
        ticket("opened", 0, "T-2", team="first"),
        ticket("opened", 0, "T-3", team="second"),
        ticket("opened", 0, "T-4"),
    )

    window = worker.window()
    assert window["resolution_ratio"] == 0.25
    assert window["resolution_ratio_by_team"] == {"first": 0.5, "second": 0.0}


def test_business_durations_come_with_a_calendar() -> None:
    story = ticket("opened", "2024-03-04T16:00:00Z"), ticket("replied", "2024-03-05T10:00:00Z", actor="agent")
    without = settled(*story).window()
    with_calendar = settled(*story, under=[TicketsUnder(TicketRules(calendar=office_hours()))]).window()

    assert "first_reply_business_seconds" not in without
    assert with_calendar["first_reply_business_seconds"]["sum"] == 2 * HOUR
    assert with_calendar["first_reply_seconds"] == without["first_reply_seconds"]


def test_parts_are_sorted_and_leave_out_what_is_zero() -> None:
    worker = settled(
        ticket("opened", 0, "T-1", channel="web"),
        ticket("opened", 0, "T-2", channel="email"),
        ticket("opened", 0, "T-3", channel="fax"),
        ticket("merged", 1, "T-3", into="T-1"),
    )

    parts = worker.window()["parts"]
    assert list(parts) == ["tickets_opened", "tickets_opened_by_category"]
    assert [part["labels"]["channel"] for part in parts["tickets_opened"]] == ["email", "web"]


def test_days_have_their_own_numbers() -> None:
    worker = settled(
        ticket("opened", 0), ticket("resolved", 2 * DAY), ticket("opened", 2 * DAY, "T-2"), ticket("opened", 3, "T-3")
    )
    worker.take_of("surveys", survey("responded", DAY, survey="nps", scale="0-10", score=10))
    days = orjson.loads(orjson.dumps(daily_numbers(worker.view())))["days"]

    assert list(days) == ["2024-03-04", "2024-03-05", "2024-03-06"]
    assert [day["tickets_opened"] for day in days.values()] == [2, 0, 1]
    assert [day["tickets_resolved"] for day in days.values()] == [0, 0, 1]
    assert days["2024-03-05"]["nps"]["score"] == 100.0


def test_a_day_of_which_everything_was_taken_back_is_not_listed() -> None:
    worker = settled(ticket("opened", 0), ticket("resolved", 2 * DAY), ticket("resolved", DAY))

    assert [day for day, _ in worker.view().days()] == ["2024-03-04", "2024-03-05"]
