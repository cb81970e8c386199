"""Handing out a log's events as fast as they happened, or so many times as fast."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Final

from stream.feeds.replay.row_mapper import ReplayedEvent

_MICROSECONDS: Final = 1_000_000


async def paced(
    events: Iterable[ReplayedEvent],
    speed: float | None,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> AsyncIterator[ReplayedEvent]:
    """Yield events, which are in the order of time, ``speed`` times as fast as they happened; with ``None`` at once.

    The first one comes at once too, and so does one that is overdue. ``sleep`` takes and ``clock`` gives seconds.
    Raises ``ValueError`` when ``speed`` is not above 0.
    """
    if speed is None:
        for event in events:
            yield event
        return
    if not speed > 0:
        raise ValueError(f"the speed must be above 0, not {speed}")
    start, first = clock(), None
    for event in events:
        first = event.time if first is None else first
        wait = start + (event.time - first) / _MICROSECONDS / speed - clock()
        if wait > 0:
            await sleep(wait)
        yield event
