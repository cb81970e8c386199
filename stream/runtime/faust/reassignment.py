"""Waiting for a partition to be taken away that this worker cannot go on with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from faust.types import TP

REASSIGNMENT_SECONDS: Final = 60.0
"""How long a worker whose partition another one has claimed may take to learn that it is not its own any more."""


class Reassignments:
    """What is expected to be reassigned: a task for each partition, which ends the worker if that does not happen.

    Whoever was frozen or cut off hears of it soon. Who holds the partition rightly never would, and its records would
    wait for ever: such a worker has to start anew and claim the partition again.
    """

    def __init__(self, is_stale: Callable[[int | None], bool], stop_for: Callable[[BaseException], None]) -> None:
        self._is_stale = is_stale
        self._stop_for = stop_for
        self.expected: dict[TP, asyncio.Task[None]] = {}

    def expect(self, tp: TP, generation: int | None, error: BaseException) -> None:
        """Stop for ``error`` unless the consumer's ``generation`` changes, with which partitions are assigned anew."""

        async def stop_unless_reassigned() -> None:
            await asyncio.sleep(REASSIGNMENT_SECONDS)
            if not self._is_stale(generation):
                self._stop_for(error)

        if not self._is_stale(generation) and tp not in self.expected:
            task = self.expected[tp] = asyncio.create_task(stop_unless_reassigned())
            task.add_done_callback(lambda _: self.expected.pop(tp, None))
