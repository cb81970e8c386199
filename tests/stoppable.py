"""What a long run that starts processes of its own owes them when it is stopped."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

Outcome = TypeVar("Outcome")


async def stoppable(running: Coroutine[Any, Any, Outcome], limit_seconds: float | None = None) -> Outcome:
    """The outcome of a run that a SIGTERM cancels, so that it ends what it has started before it ends itself.

    Raises ``TimeoutError`` once the run has taken so many seconds, and ``CancelledError`` after a SIGTERM.
    """
    task = asyncio.ensure_future(running)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    async with asyncio.timeout(limit_seconds):
        return await task
