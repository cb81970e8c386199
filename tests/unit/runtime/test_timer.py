from __future__ import annotations

import asyncio

from stream.runtime.timer import LOOK_EVERY, run_timer


class Timed:
    """Counts turns and looks; ends, or fails, after so many turns."""

    def __init__(self, turns: int, error: Exception | None = None) -> None:
        self.turns = self.looks = 0
        self.failures: list[BaseException] = []
        self.ended = asyncio.Event()
        self._turns = turns
        self._error = error

    async def advance(self) -> None:
        self.turns += 1
        if self.turns == self._turns:
            self.ended.set()
            if self._error is not None:
                raise self._error

    def look_around(self) -> None:
        self.looks += 1


async def test_what_is_due_is_served_each_turn_and_the_desks_look_around_at_times() -> None:
    timed = Timed(turns=2 * LOOK_EVERY + 1)
    timer = asyncio.create_task(run_timer(timed.advance, timed.look_around, timed.failures.append, seconds=0))
    await timed.ended.wait()
    timer.cancel()

    assert timed.looks == 2
    assert timed.failures == []


async def test_the_timer_ends_with_what_was_raised() -> None:
    error = LookupError("no such ticket")
    timed = Timed(turns=3, error=error)
    await run_timer(timed.advance, timed.look_around, timed.failures.append, seconds=0)

    assert timed.failures == [error]
    assert timed.turns == 3
