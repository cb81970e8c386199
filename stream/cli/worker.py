"""``deskpulse worker``: runs until it is told to stop, or until it must."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from typing import Any, Final

from aiokafka.errors import KafkaError

from stream.app import Deskpulse
from stream.cli.stopping import StopDeadline, stop
from stream.runtime.disk.private_folders import PRIVATE_UMASK
from stream.runtime.garbage import collect_garbage, relax_garbage_collection
from stream.runtime.kafka.broker import ensure_topics
from stream.runtime.kafka.fencing import FencedError
from stream.runtime.kafka.group import InstanceInUseError, check_instance, explain_fencing, in_use, until_taken
from stream.runtime.kafka.membership import Identity
from stream.runtime.kafka.positions import check_sources
from stream.runtime.kafka.reachability import BrokerUnreachableError, check_reachable
from stream.runtime.kafka.topic_watch import ChangedTopicError, TopicWatch
from stream.runtime.kafka.topics import planned_topics
from stream.runtime.timer import run_timer
from stream.settings.settings import Settings
from stream.web.access import check_exposure

logger = logging.getLogger(__name__)

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_WATCH_SECONDS: Final = 1.0
_LOSSES: Final = 5

_SWITCH_SECONDS: Final = 0.0005
"""How long a thread that makes a scrape may keep the interpreter while the event loops wait for it."""


class LostSourceError(Exception):
    """A source topic was deleted while the worker ran."""


class WorkerFailedError(Exception):
    """Something happened after which the worker must not go on; the message says what."""


async def run_worker(settings: Settings) -> None:
    """Run a worker until SIGINT, SIGTERM or SIGHUP. Raises ``WorkerFailedError`` and the errors of a failed start.

    The process is expected to end then, and is ended if it does not.
    """
    check_exposure(settings.web)
    os.umask(PRIVATE_UMASK)
    told_to_stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        # Under nohup a hang-up is ignored, and has to stay so.
        if signal.getsignal(number) is not signal.SIG_IGN or number is not signal.SIGHUP:
            loop.add_signal_handler(number, told_to_stop.set)
    reachable = await check_reachable(settings.kafka)
    partitions = await ensure_topics(reachable, settings.source_topics)
    await check_sources(reachable, partitions)
    await check_instance(reachable, settings.instance_id, Identity.own(settings.web.port))
    worker = Deskpulse(settings, partitions, reachable)
    relax_garbage_collection()
    sys.setswitchinterval(_SWITCH_SECONDS)
    collection = asyncio.create_task(collect_garbage())
    planned = [topic for source, count in partitions.items() for topic in planned_topics(settings.kafka, source, count)]
    topics = TopicWatch(settings.kafka, planned)
    deadline = StopDeadline()
    try:
        await topics.look()
        await _start(worker)
        logger.info("Serving on %s, reading from %s", worker.web.address, settings.kafka.bootstrap_servers)
        await _until_stopped(worker, told_to_stop, topics, deadline)
    except WorkerFailedError as failed:
        deadline.last_words = str(failed)
        raise
    finally:
        deadline.start()
        collection.cancel()
        await topics.close()
        await stop(worker)


async def _start(worker: Deskpulse) -> None:
    try:
        await worker.start()
    except KafkaError as error:
        message = f"the connection to Kafka was lost at the start: {type(error).__name__}: {error}; start again"
        raise WorkerFailedError(message) from error


async def _until_stopped(
    worker: Deskpulse, told_to_stop: asyncio.Event, topics: TopicWatch, deadline: StopDeadline
) -> None:
    assert worker.failure is not None  # noqa: S101 - set by the start, which came first
    watched = asyncio.ensure_future(worker.app.wait_for_stopped(told_to_stop.wait()))
    watching = asyncio.ensure_future(_watch_sources(worker))
    watching_place = asyncio.ensure_future(_watch_place(worker))
    advancing = asyncio.ensure_future(run_timer(worker.advance, worker.look_around, worker.fail))
    looking = asyncio.ensure_future(_watch_topics(worker, topics))
    awaited: set[asyncio.Future[Any]] = {watched, worker.failure}
    try:
        await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
    finally:
        deadline.start()
        watched.cancel()
        watching.cancel()
        watching_place.cancel()
        advancing.cancel()
        looking.cancel()
        await asyncio.wait([looking])
    error = worker.failure.exception() if worker.failure.done() else worker.app.crash_reason
    if error is not None:
        raise WorkerFailedError(await _explained(worker, error, topics)) from error


async def _explained(worker: Deskpulse, error: BaseException, topics: TopicWatch) -> str:
    """What happened; whatever became of a topic comes first, for the rest may only follow from it."""
    if isinstance(error, ChangedTopicError | InstanceInUseError):
        return str(error)
    cause = await topics.look()
    what = f"{type(error).__name__}: {error}"
    if isinstance(error, FencedError):
        settings = worker.settings
        what += f"; {await explain_fencing(settings.kafka, settings.instance_id, worker.identity)}"
    return what if cause is None else f"{cause} ({what})"


async def _watch_topics(worker: Deskpulse, topics: TopicWatch) -> None:
    """Fail the worker when a topic was deleted, made anew or grown."""
    try:
        await topics.run()
    except ChangedTopicError as error:
        worker.fail(error)


async def _watch_sources(worker: Deskpulse) -> None:
    """Fail the worker when a source topic is gone, for nothing would come of it even if it were made anew."""
    losses = 0
    while losses < _LOSSES:
        await asyncio.sleep(_WATCH_SECONDS)
        losses = losses + 1 if worker.lost_sources() else 0
    names = ", ".join(worker.lost_sources())
    message = f"{names} was deleted while the worker ran; create it again, set a new kafka.group and start again"
    worker.fail(LostSourceError(message))


async def _watch_place(worker: Deskpulse) -> None:
    """Fail the worker when another one has taken its place in the group."""
    instance = worker.settings.instance_id
    if instance is None:
        return
    try:
        other = await until_taken(worker.reachable, instance, worker.identity, worker.is_ready)
    except (BrokerUnreachableError, KafkaError) as error:
        logger.warning("Nobody watches whether another worker is %s too: %r", instance, error)
        return
    worker.fail(InstanceInUseError(in_use(instance, other)))
