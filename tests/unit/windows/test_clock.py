from __future__ import annotations

import time

from stream.windows.clock import EventClock, WallClock


def test_the_wall_clock_tells_the_machines_time_in_microseconds() -> None:
    before = time.time_ns() // 1_000
    now = WallClock().now()

    assert before <= now <= time.time_ns() // 1_000


def test_the_wall_clock_never_goes_back() -> None:
    readings = iter([5_000_999, 3_000_000, 6_000_000])
    clock = WallClock(lambda: next(readings))

    assert [clock.now(), clock.now(), clock.now()] == [5_000, 5_000, 6_000]


def test_events_do_not_move_the_wall_clock() -> None:
    clock = WallClock(lambda: 1_000_000)
    clock.observe(10**12)

    assert clock.now() == 1_000


def test_the_event_clock_stands_at_the_epoch_before_the_first_event() -> None:
    assert EventClock().now() == 0


def test_the_event_clock_shows_the_highest_time_seen() -> None:
    clock = EventClock()
    for moment in (3, 9, 4):
        clock.observe(moment)

    assert clock.now() == 9
