"""Events that come over a while, as a load."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

from stream.feeds.simulator import SimulatedEvent

_STEP = 100


async def spread(events: list[SimulatedEvent], seconds: float) -> AsyncIterator[SimulatedEvent]:
    """Yield the events evenly over so many seconds."""
    started = time.monotonic()
    for index, event in enumerate(events):
        if not index % _STEP:
            await asyncio.sleep(max(0.0, started + seconds * index / len(events) - time.monotonic()))
        yield event
