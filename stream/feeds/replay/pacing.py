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
    """Yield the events of a log ``speed`` times as fast as they happened, or without any wait.

    With a speed, all of them are taken into memory and sorted by time; one that is overdue comes at once.
    With ``None`` they come as they are, in the order of the file. ``sleep`` takes and ``clock`` gives
    seconds. Raises ``ValueError`` when ``speed`` is not above 0.
    """
    if speed is None:
        for event in events:
            yield event
        return
    if not speed > 0:
        raise ValueError(f"the speed must be above 0, not {speed}")
    ordered = sorted(events, key=_by_time)
    start = clock()
    for event in ordered:
        wait = start + (event.time - ordered[0].time) / _MICROSECONDS / speed - clock()
        if wait > 0:
            await sleep(wait)
        yield event


def _by_time(event: ReplayedEvent) -> int:
    return event.time
