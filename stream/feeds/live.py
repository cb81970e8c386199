"""Simulated events let out at the moment at which they happen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable

from stream.feeds.simulator import SimulatedEvent


async def in_real_time(
    events: Iterable[SimulatedEvent],
    stop: asyncio.Event,
    read_wall: Callable[[], int] = time.time_ns,
) -> AsyncIterator[SimulatedEvent]:
    """Yield each event when its time has come, until ``stop`` is set."""
    for event in events:
        while not stop.is_set():
            wait = event.time / 1e6 - read_wall() / 1e9
            if wait <= 0:
                break
            try:
                await asyncio.wait_for(stop.wait(), timeout=wait)
            except TimeoutError:
                continue
        if stop.is_set():
            return
        yield event
