from __future__ import annotations

import asyncio
import contextlib
import gc
import weakref

from stream.runtime.garbage import collect_garbage


class Knot:
    def __init__(self) -> None:
        self.itself = self


async def test_cycles_that_have_grown_old_are_collected_now_and_then() -> None:
    knot = Knot()
    gc.collect()
    gc.collect()
    seen = weakref.ref(knot)
    del knot
    task = asyncio.create_task(collect_garbage(0.01))
    for _ in range(500):
        await asyncio.sleep(0.01)
        if seen() is None:
            break
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task

    assert seen() is None
