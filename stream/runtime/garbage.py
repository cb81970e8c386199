"""Garbage collection for a process with many long-lived objects."""

from __future__ import annotations

import asyncio
import gc
from typing import Final

COLLECT_SECONDS: Final = 60.0
"""How often all of the memory is looked through for cycles."""


def relax_garbage_collection() -> None:
    """Collect what there is, then look for cycles seldom.

    Many long-lived tickets make the full collections of the default setting long and frequent, and nothing in
    the hot path makes cycles.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(1_000_000, 50, 100)


async def collect_garbage(seconds: float = COLLECT_SECONDS) -> None:
    """Look for cycles all over at intervals, until cancelled.

    A scrape that is under way in the wrong moment outlives the young generations, and with it the text of
    megabytes that it serves. The collector itself would come to that only after hundreds of millions of objects.
    """
    while True:
        await asyncio.sleep(seconds)
        gc.collect()
