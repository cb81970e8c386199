from __future__ import annotations

import logging

import pytest

from stream.runtime.kafka.clock_watch import BrokerTime, ClockWatch
from stream.windows.clock import Clock, WallClock

SECOND = 1_000_000_000


class Machine:
    """A machine and a broker, each with a clock of its own, and how often the broker was asked for its time."""

    def __init__(self, *, stamps: bool = True) -> None:
        self.passed = 0
        self.ahead = 0
        self.asked = 0
        self.stamps = stamps
        self.clock: Clock = WallClock(lambda: self.passed + self.ahead, lambda: self.passed)
        self.brokers = BrokerTime(lambda: self.passed + self.ahead)
        self.watch = ClockWatch(self.clock, self.brokers, 60)

    async def may_advance(self) -> bool:
        self.passed += SECOND
        return await self.watch.may_advance(self.ask)

    async def ask(self) -> None:
        self.asked += 1
        if self.stamps:
            self.brokers.stamped(self.passed // 1_000_000)


async def test_a_clock_that_goes_with_time_serves_without_a_question() -> None:
    machine = Machine()

    assert [await machine.may_advance() for _ in range(3)] == [True, True, True]
    assert machine.asked == 0
    assert machine.brokers.ahead is None


async def test_after_a_step_ahead_the_brokers_are_asked_first(caplog: pytest.LogCaptureFixture) -> None:
    machine = Machine()
    await machine.may_advance()
    machine.ahead = 50 * SECOND
    with caplog.at_level(logging.WARNING):
        assert await machine.may_advance()

    assert machine.asked == 1
    assert machine.brokers.ahead == 50
    assert "stepped by +50.0 s" in caplog.text
    assert await machine.may_advance()
    assert machine.asked == 1


async def test_too_far_ahead_nothing_is_served_until_that_is_settled(caplog: pytest.LogCaptureFixture) -> None:
    machine = Machine()
    await machine.may_advance()
    machine.ahead = 3_000 * SECOND
    with caplog.at_level(logging.WARNING):
        assert [await machine.may_advance() for _ in range(3)] == [False, False, False]
    assert caplog.text.count("3000 s ahead of the brokers'") == 1

    machine.ahead = 0
    assert await machine.may_advance()


async def test_a_clock_that_was_ahead_from_the_start_is_found_by_the_first_append() -> None:
    machine = Machine()
    machine.ahead = 3_000 * SECOND
    machine.brokers.stamped(machine.passed // 1_000_000)

    assert not await machine.may_advance()


async def test_where_brokers_do_not_tell_their_time_the_clock_is_believed() -> None:
    machine = Machine(stamps=False)
    await machine.may_advance()
    machine.ahead = 3_000 * SECOND

    assert await machine.may_advance()


async def test_after_a_step_back_nobody_is_asked(caplog: pytest.LogCaptureFixture) -> None:
    machine = Machine()
    await machine.may_advance()
    machine.ahead = -30 * SECOND
    with caplog.at_level(logging.WARNING):
        assert await machine.may_advance()

    assert machine.asked == 0
    assert "stepped by -30.0 s" in caplog.text
