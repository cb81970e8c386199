"""``deskpulse worker``: runs until it is told to stop, or until it must."""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import suppress
from typing import Any

from stream.app import SOURCE_TOPICS, Deskpulse
from stream.runtime.broker import ensure_topics
from stream.runtime.garbage import relax_garbage_collection
from stream.runtime.positions import check_sources
from stream.settings import Settings

logger = logging.getLogger(__name__)

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class WorkerFailedError(Exception):
    """Something happened after which the worker must not go on; the message says what."""


async def run_worker(settings: Settings) -> None:
    """Run a worker until SIGINT or SIGTERM. Raises ``WorkerFailedError`` and the errors of a failed start."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, stop.set)
    partitions = await ensure_topics(settings.kafka, SOURCE_TOPICS)
    await check_sources(settings.kafka, partitions)
    worker = Deskpulse(settings, partitions)
    relax_garbage_collection()
    try:
        await worker.start()
        logger.info("Serving on %s, reading from %s", worker.web.address, settings.kafka.bootstrap_servers)
        await _until_stopped(worker, stop)
    finally:
        with suppress(Exception):
            await worker.stop()


async def _until_stopped(worker: Deskpulse, stop: asyncio.Event) -> None:
    assert worker.failure is not None  # noqa: S101 - set by the start, which came first
    watched = asyncio.ensure_future(worker.app.wait_for_stopped(stop.wait()))
    awaited: set[asyncio.Future[Any]] = {watched, worker.failure}
    try:
        await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
    finally:
        watched.cancel()
    error = worker.failure.exception() if worker.failure.done() else worker.app.crash_reason
    if error is not None:
        message = f"{type(error).__name__}: {error}"
        raise WorkerFailedError(message) from error
