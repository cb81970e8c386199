"""Stopping a worker in bounded time, whatever it waits for."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
import threading
from typing import TYPE_CHECKING, Final

from stream.cli.waiting import where_tasks_wait

if TYPE_CHECKING:
    from stream.app import Deskpulse

logger = logging.getLogger(__name__)

STOP_SECONDS: Final = 30.0
"""How long stopping may take, draining and committing included."""


class StopDeadline:
    """Ends the process with status 1 if it has not ended by itself so many ``seconds`` after `start`.

    Without Kafka its clients wait for ever. Whatever is not durable is not committed either, so nothing is lost.
    """

    def __init__(self, seconds: float = STOP_SECONDS) -> None:
        self.last_words = ""
        """What the process had to end for, if anything: the last line that it prints."""
        self._seconds = seconds
        self._loop: asyncio.AbstractEventLoop | None = None
        # Not on the event loop: what is cancelled there may wait on, and a client's thread that does not end holds
        # the loop up while it is joined.
        self._timer = threading.Timer(seconds, self._give_up)
        self._timer.daemon = True

    def start(self) -> None:
        """Begin to count, unless that was done before."""
        if self._timer.ident is None:
            with contextlib.suppress(RuntimeError):
                self._loop = asyncio.get_running_loop()
            self._timer.start()

    def _give_up(self) -> None:
        try:
            self._tell()
        finally:
            os._exit(1)

    def _tell(self) -> None:
        logger.error("Gave up stopping after %s s; nothing is lost, the next start continues from Kafka", self._seconds)
        for line in [] if self._loop is None else where_tasks_wait(self._loop):
            logger.info("Still waiting: %s", line)
        logging.shutdown()
        if self.last_words:
            sys.stderr.write(f"deskpulse: {self.last_words}\n")
            sys.stderr.flush()


async def stop(worker: Deskpulse) -> None:
    """Stop a worker; that it failed to is only logged, for it ends all the same."""
    try:
        await worker.stop()
    except Exception as error:  # noqa: BLE001 - it ends all the same
        logger.warning("Stopping failed: %r", error)
