"""Garbage collection for a process with many long-lived objects.

A collection holds up all threads, the one that answers probes too, for as long as it looks at objects: half a second
for a million of them. So none but the young are looked at, as many at once as it takes some 20 ms to look at. What
outlives that, as tickets do, is set aside as frozen. It goes when nothing refers to it any more, as
everything does; only cycles of it stay. They are rare, for neither the hot path nor an answered request leaves one.
"""

from __future__ import annotations

import asyncio
import gc
from typing import Any, Final

YOUNG_OBJECTS: Final = 50_000
"""By how many objects there have to be more before the young ones are looked through."""

COLLECT_SECONDS: Final = 3_600.0
"""How often it is asked whether the frozen objects have to be looked through as well."""

_GROWTH: Final = 1.5


def relax_garbage_collection() -> None:
    """Collect what there is, then look for cycles among young objects only. Freezes what is there."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)
    if _freeze_survivors not in gc.callbacks:
        gc.callbacks.append(_freeze_survivors)


async def collect_garbage(seconds: float = COLLECT_SECONDS) -> None:
    """Look for cycles all over, at most once in so many seconds, if there are half as many more frozen objects.

    Runs until cancelled. Whatever might leave cycles after all takes no more than its share of the memory so.
    """
    seen = gc.get_freeze_count()
    while True:
        await asyncio.sleep(seconds)
        if gc.get_freeze_count() > _GROWTH * seen:
            gc.unfreeze()
            gc.collect()
            gc.freeze()
            seen = gc.get_freeze_count()


def _freeze_survivors(phase: str, _collected: dict[str, Any]) -> None:
    if phase == "stop":
        gc.freeze()
