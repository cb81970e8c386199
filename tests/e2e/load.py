"""Events that come over a while, as a load."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable

from stream.feeds.simulator import SimulatedEvent

_STEP = 100


async def spread(events: list[SimulatedEvent], seconds: float) -> AsyncIterator[SimulatedEvent]:
    """Yield the events evenly over so many seconds."""
    started = time.monotonic()
    for index, event in enumerate(events):
        if not index % _STEP:
            await asyncio.sleep(max(0.0, started + seconds * index / len(events) - time.monotonic()))
        yield event


async def spread_at(events: Iterable[SimulatedEvent], events_a_second: float) -> AsyncIterator[SimulatedEvent]:
    """Yield the events at an even rate; what fell behind is made up for at once."""
    started = time.monotonic()
    for index, event in enumerate(events):
        if not index % _STEP:
            await asyncio.sleep(max(0.0, started + index / events_a_second - time.monotonic()))
        yield event
