from __future__ import annotations

import asyncio
import contextlib
import gc
import weakref
from collections.abc import AsyncIterator, Iterator

import pytest

from stream.runtime.garbage import YOUNG_OBJECTS, collect_garbage, relax_garbage_collection


class Knot:
    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def relaxed() -> Iterator[None]:
    """Collect as a worker does, and after the test as before."""
    thresholds, callbacks = gc.get_threshold(), gc.callbacks.copy()
    relax_garbage_collection()
    yield
    gc.callbacks[:] = callbacks
    gc.set_threshold(*thresholds)
    gc.unfreeze()


@contextlib.asynccontextmanager
async def collecting() -> AsyncIterator[None]:
    """Ask every 10 ms whether all of the memory has to be looked through."""
    task = asyncio.create_task(collect_garbage(0.01))
    await asyncio.sleep(0)
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def old_knot() -> weakref.ref[Knot]:
    """A cycle that nothing refers to any more, but that was in use when the young objects were looked through."""
    knot = Knot()
    gc.collect(0)
    return weakref.ref(knot)


def test_no_collection_looks_at_many_more_objects_than_are_young() -> None:
    looked_at: list[int] = []

    def look(phase: str, _collected: dict[str, int]) -> None:
        if phase == "start":
            looked_at.append(len(gc.get_objects()))

    gc.callbacks.append(look)
    kept: list[list[int]] = [[] for _ in range(5 * YOUNG_OBJECTS)]
    looked_at.append(len(gc.get_objects()))

    assert len(kept) == 5 * YOUNG_OBJECTS
    assert max(looked_at) < 1.5 * YOUNG_OBJECTS
    assert len(looked_at) >= 5


def test_young_cycles_are_collected_at_once() -> None:
    knots = [weakref.ref(Knot()) for _ in range(10)]
    kept: list[list[int]] = [[] for _ in range(2 * YOUNG_OBJECTS)]

    assert len(kept) == 2 * YOUNG_OBJECTS
    assert [knot() for knot in knots] == [None] * 10


async def test_old_cycles_are_collected_when_the_memory_has_grown_by_half() -> None:
    async with collecting():
        seen = old_knot()
        kept: list[list[int]] = [[] for _ in range(gc.get_freeze_count())]
        gc.collect(0)
        for _ in range(500):
            await asyncio.sleep(0.01)
            if seen() is None:
                break

    assert kept
    assert seen() is None


async def test_all_of_the_memory_is_not_looked_through_while_it_does_not_grow() -> None:
    async with collecting():
        seen = old_knot()
        await asyncio.sleep(0.1)

    assert seen() is not None
