from __future__ import annotations

from typing import Any

import pytest

from stream.desks.calls.desk import CallDesk
from stream.desks.calls.rules import CallRules
from stream.desks.calls.visit import Visit
from stream.metrics.final_numbers import daily_numbers
from stream.windows.moments import HOUR as HOUR_MICROSECONDS
from tests.kinds.calls import CallsUnder, call
from tests.kinds.worker import Worker
from tests.moments import DAY, HOUR, MovableClock, microseconds
from tests.unit.metrics.scraping import scrape

HANDLED = 4311


def desk_of(worker: Worker) -> CallDesk:
    """The desk of the calls."""
    return worker.desk(CallDesk)


def late(worker: Worker) -> dict[str, int]:
    """How many are late within 20 s in each window, and in all days together."""
    numbers = worker.numbers()["windows"]
    counts = {name: window["service_levels"].get("20", {"late": 0})["late"] for name, window in numbers.items()}
    days: dict[str, Any] = daily_numbers(worker.view())["days"]
    found = [day["service_levels"].get("20", {"late": 0})["late"] for day in days.values()]
    return counts | {"days": sum(found)}


def test_the_average_handle_time_of_4311_calls_is_224_seconds() -> None:
    talk, hold, wrap_up = 668_205 / HANDLED, 99_153 / HANDLED, 198_306 / HANDLED
    worker = Worker()
    for number in range(HANDLED):
        subject = f"C-{number}"
        worker.take_of(
            "calls",
            call("queued", 0, subject),
            call("answered", 0, subject),
            call("held", talk / 2, subject),
            call("resumed", talk / 2 + hold, subject),
            call("ended", talk + hold, subject),
            call("wrapped_up", talk + hold + wrap_up, subject),
        )
    numbers = worker.window()

    assert [numbers[f"call_{part}_seconds"]["sum"] for part in ("talk", "hold", "wrap_up")] == [
        668_205,
        99_153,
        198_306,
    ]
    assert numbers["call_handle_seconds"]["count"] == HANDLED
    assert numbers["call_handle_seconds"]["mean"] == pytest.approx(224.0, abs=0.05)


def test_late_becomes_visible_in_every_window_at_the_moment_that_the_threshold_passes_with_no_event() -> None:
    clock = MovableClock()
    worker = Worker(clock=clock)
    worker.take_of("calls", call("queued", 0))
    found = []
    for clock.seconds in (0, 19.999999, 20, 21):
        worker.states["calls"].advance(caught_up=True)
        found.append(late(worker))

    names = ("5m", "1h", "24h", "7d", "30d", "lifetime", "days")
    assert found == [dict.fromkeys(names, count) for count in (0, 0, 1, 1)]


def test_a_restart_while_somebody_waits_neither_forgets_nor_hastens_what_will_be_late() -> None:
    clock = MovableClock()
    worker = Worker(clock=clock, events_between=1)
    rows = worker.take_of("calls", call("queued", 0), call("queued", 0, "C-2")).rows
    again = Worker(clock=clock)
    again.states["calls"].load(rows)
    again.states["calls"].loaded()
    found = []
    for clock.seconds in (5, 25):
        again.states["calls"].advance(caught_up=True)
        found.append(again.count("calls_late"))

    assert found == [0, 4]


def test_who_was_forgotten_by_a_clock_far_ahead_waits_again_when_it_is_set_right() -> None:
    clock = MovableClock()
    worker = Worker(clock=clock)
    worker.take_of("calls", call("queued", 0))
    found = []
    for clock.seconds in (60, 40 * DAY, 61):
        worker.states["calls"].advance(caught_up=True)
        found.append((worker.state()["longest_waiting_call"], worker.state()["calls_waiting"]))

    assert found == [("2024-03-04T12:00:00Z", 1), (None, 0), ("2024-03-04T12:00:00Z", 1)]


def test_a_view_that_was_held_does_not_count_what_lies_ahead_either() -> None:
    clock = MovableClock()
    worker = Worker(clock=clock)
    worker.take_of("calls", call("queued", 0))
    clock.seconds = 12
    view = worker.view()
    view.detach(("30d",))

    assert {values[-1]: total.count for values, total in view.window("30d")["calls_late"].items()} == {"10": 1}


def test_who_waits_longest_is_told_by_queue() -> None:
    worker = Worker()
    worker.take_of(
        "calls",
        call("queued", 0, "C-1", queue="billing"),
        call("queued", 5, "C-2", queue="billing"),
        call("queued", 3, "C-3", queue="technical"),
        call("answered", 9, "C-1"),
    )
    found = scrape(worker.view).families["helpdesk_longest_waiting_call_timestamp_seconds"].samples

    assert {sample.labels["queue"]: sample.value for sample in found} == {
        "billing": microseconds(5) / 1e6,
        "technical": microseconds(3) / 1e6,
    }
    assert worker.state()["longest_waiting_call"] == "2024-03-04T12:00:03Z"


def test_who_has_long_ceased_to_count_as_waiting_is_not_kept_in_memory() -> None:
    worker = Worker(CallsUnder(CallRules(cut_off=HOUR_MICROSECONDS)))
    worker.take_of("calls", call("queued", 0))
    desk = desk_of(worker)
    desk.advance(microseconds(HOUR + DAY))
    before = desk.reading(held=True).waiting
    desk.advance(microseconds(HOUR + DAY + 60))

    assert len(before) == 1
    assert desk.reading(held=True).waiting == []


def test_an_event_that_changes_little_takes_little_back() -> None:
    worker = Worker()
    worker.take_of("calls", call("queued", 0), call("answered", 5), call("ended", 60))
    desk = desk_of(worker)
    event: Any = desk.decode(call("wrapped_up", 60))
    desk.apply(event, microseconds(60))

    assert desk.contributions == []


def test_what_a_visit_takes_in_a_row_is_estimated_well_enough() -> None:
    worker = Worker()
    worker.take_of("calls", call("queued", 0, queue="b" * 200, channel="phone", team="first"), call("answered", 5))
    desk = desk_of(worker)
    visit = desk.value("C-1")
    assert isinstance(visit, Visit)

    assert desk.row_bytes("C-1", visit) >= len(desk.encoded(next(iter(desk.hot.young.values()))))
