from __future__ import annotations

import time

from stream.windows.clock import EventClock, WallClock


def test_the_wall_clock_tells_the_machines_time_in_microseconds() -> None:
    before = time.time_ns() // 1_000
    now = WallClock().now()

    assert before <= now <= time.time_ns() // 1_000


class Machine:
    """A machine whose clock can be set."""

    def __init__(self) -> None:
        self.monotonic = 50_000_000_000
        self.ahead = 1_000_000_000_000
        self.clock = WallClock(lambda: self.monotonic + self.ahead, lambda: self.monotonic)

    def pass_time(self, seconds: float) -> int:
        """Let time pass; return what the clock shows then, in microseconds after it was first read."""
        self.monotonic += round(seconds * 1_000_000_000)
        return self.clock.now() - 1_050_000_000


def test_the_wall_clock_does_not_go_back_by_less_than_a_step() -> None:
    machine = Machine()
    assert machine.pass_time(0) == 0
    machine.ahead -= 400_000_000
    assert machine.pass_time(0.1) == 0
    assert machine.pass_time(1) == 700_000
    assert machine.clock.stepped == 0


def test_the_wall_clock_follows_a_machine_whose_clock_is_set() -> None:
    machine = Machine()
    machine.pass_time(0)
    machine.ahead += 3_000_000_000_000
    assert machine.pass_time(1) == 3_001_000_000
    assert machine.clock.stepped == 3_000_000_000

    machine.ahead -= 3_000_000_000_000
    assert machine.pass_time(1) == 2_000_000
    assert machine.clock.stepped == 0


def test_time_that_passes_unseen_is_no_step() -> None:
    machine = Machine()
    machine.pass_time(0)

    assert machine.pass_time(1_000_000) == 1_000_000_000_000
    assert machine.clock.stepped == 0


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
