"""Service tasks that do not vanish in silence."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

from mode import Service


class TaskVanishedError(Exception):
    """Something that a service's task waited for was cancelled, though nobody ended the task."""


class LoudTasks(Service):
    """A service that crashes when one of its tasks ends in a cancellation that nobody asked for.

    A Kafka client that loses its connections cancels what waits for them. Faust takes the task that waited
    for one that was ended on purpose, and the service goes on without it: a worker that looks alive, and
    never becomes ready or never fetches again.
    """

    async def _execute_task(self, task: Awaitable[Any]) -> None:
        await super()._execute_task(self._aloud(task))

    async def _aloud(self, task: Awaitable[Any]) -> None:
        try:
            await task
        except asyncio.CancelledError as error:
            current = asyncio.current_task()
            if self.should_stop or (current is not None and current.cancelling()):
                raise
            message = f"a task of {type(self).__name__} was cut off by the Kafka client; restart the worker"
            raise TaskVanishedError(message) from error
