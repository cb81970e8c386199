"""The timer of a worker: what happens by itself happens within a second."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Final

ADVANCE_SECONDS: Final = 1.0
"""How often the desks advance to the present."""

LOOK_EVERY: Final = 60
"""After how many turns the desks look around."""


async def run_timer(
    advance: Callable[[], Awaitable[None]],
    look_around: Callable[[], None],
    fail: Callable[[BaseException], None],
    seconds: float = ADVANCE_SECONDS,
) -> None:
    """Let happen what is due by now, again and again; at times, let the desks look around.

    What is raised goes to ``fail``, and the timer ends: a worker whose clocks stand still must not go on.
    """
    for turn in count(1):
        await asyncio.sleep(seconds)
        try:
            await advance()
            if not turn % LOOK_EVERY:
                look_around()
        except Exception as error:  # noqa: BLE001 - whatever it is, the worker has to end
            fail(error)
            return
