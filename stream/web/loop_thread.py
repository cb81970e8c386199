"""An event loop in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

_JOIN_SECONDS: Final = 5.0

Result = TypeVar("Result")


class LoopThread:
    """Runs an event loop in a daemon thread, which ends with the process whatever it does."""

    def __init__(self, name: str) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name=name, daemon=True)

    def start(self) -> None:
        """Begin to run the loop."""
        self._thread.start()

    async def run(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        """Run a coroutine there and wait for its end here."""
        return await on_loop(self.loop, coroutine)

    async def stop(self) -> None:
        """End the loop, all that still runs on it, and its thread."""
        await self.run(_end_tasks())
        self.loop.call_soon_threadsafe(self.loop.stop)
        await asyncio.to_thread(self._thread.join, _JOIN_SECONDS)
        if not self._thread.is_alive():
            self.loop.close()


async def _end_tasks() -> None:
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    if left:
        await asyncio.wait(left, timeout=_JOIN_SECONDS)


async def on_loop(loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine on the loop of another thread and wait for its end here."""
    return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(coroutine, loop))


async def call_on(loop: asyncio.AbstractEventLoop, function: Callable[[], Result]) -> Result:
    """Call a function on the loop of another thread and wait for its result here."""

    async def called() -> Result:
        return function()

    return await on_loop(loop, called())
