"""Events come when they are due."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from stream.feeds.replay import ReplayedEvent, paced


class FakeTime:
    """A clock that moves only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


def at(*seconds: float) -> list[ReplayedEvent]:
    return [ReplayedEvent("topic", b"key", b"value", int(second * 1_000_000)) for second in seconds]


async def heard(events: AsyncIterator[ReplayedEvent], time: FakeTime) -> list[tuple[float, float]]:
    return [(event.time / 1e6, time.now - 1000) async for event in events]


async def test_at_a_speed_events_come_so_many_times_as_fast() -> None:
    time = FakeTime()
    events = paced(at(20, 50, 120), 10, time.sleep, time.clock)
    assert await heard(events, time) == [(20, 0), (50, pytest.approx(3)), (120, pytest.approx(10))]


async def test_without_a_speed_they_come_at_once_in_the_order_of_the_file() -> None:
    time = FakeTime()
    assert await heard(paced(at(50, 20, 120), None, time.sleep, time.clock), time) == [(50, 0), (20, 0), (120, 0)]


async def test_a_slow_consumer_does_not_delay_what_is_overdue() -> None:
    time = FakeTime()
    arrivals = []
    async for event in paced(at(0, 1, 2, 10), 1, time.sleep, time.clock):
        arrivals.append((event.time / 1e6, time.now - 1000))
        time.now += 3
    assert arrivals == [(0, 0), (1, 3), (2, 6), (10, 10)]


async def test_a_speed_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="the speed must be above 0, not 0"):
        _ = [event async for event in paced(at(1), 0)]
