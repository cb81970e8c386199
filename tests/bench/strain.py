"""``python -m tests.bench.strain``: what greedy scrapers and idle connections do to a worker.

A worker that may open 200 files exposes more than 20 000 series and takes in 2 000 events a second, on a Kafka
of its own. In the meantime 900 connections are opened that ask for nothing, and 20 scrapes come at once,
again and again. Another process asks for ``/livez`` on a new connection every 20 ms. The delays of events are
measured as in ``gauge_delay``. Before, another worker gets as many events and is left alone: what its memory grows
by is the events' share. Both are scraped once before their memory is first looked at, so that what the first scrape
takes for good is no part of it. Needs Java and Maven. The last line of the output is a JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from random import Random
from typing import Final, TypeVar

import msgspec
from aiokafka import AIOKafkaProducer

from schemas.events import TICKETS_TOPIC
from stream.windows.moments import MICROSECONDS
from tests.bench.benchmark import on_filled_topics
from tests.bench.filled_topics import PARTITIONS, FilledTopics, TopicPartition
from tests.bench.gauge_delay import WARM_UP_SECONDS, measure_delays
from tests.bench.percentiles import percentile
from tests.bench.processes import REPOSITORY, running
from tests.bench.scrape import TICKETS_A_COMBINATION, ticket_story
from tests.bench.strain_clients import Crowd, Probes, get
from tests.bench.worker_process import Worker, started_worker
from tests.stoppable import stoppable

FILES: Final = 200
"""How many files the worker may open."""

_COMBINATIONS: Final = 33
_HISTORY_EVENTS: Final = 2_000
_SETTLE_SECONDS: Final = 3.0
_SCRAPE_SECONDS: Final = 30.0
_CLIENT_SECONDS: Final = 90.0
_SAMPLE_SECONDS: Final = 0.1
_MEGABYTE: Final = 1e6

Met = TypeVar("Met", Probes, Crowd)


class Measured(msgspec.Struct, frozen=True):
    """What a worker did."""

    livez_asked: int
    livez_p99_ms: float
    livez_max_ms: float
    livez_failures: int
    memory_growth_mb: float
    event_p99_seconds: float
    event_max_seconds: float


class Strain(msgspec.Struct, frozen=True):
    """What strained the worker, what it did, and what another one did with as many events and nobody else.

    ``memory_more_mb`` is by how much more the memory of the strained one grew, less than nothing if it grew less.
    """

    series: int
    idle_connections: int
    scrapes: int
    scrape_max_seconds: float
    scrape_failures: int
    memory_more_mb: float
    strained: Measured
    calm: Measured


async def measure(topics: FilledTopics, folder: Path, seconds: float) -> Strain:
    """Give a worker events for so many seconds, then strain another one for as long."""
    await _publish_series(topics)
    calm, _ = await _worker(topics, "calm", folder, seconds, lambda _: _nobody())
    strained, crowd = await _worker(
        *(topics, "strained", folder, seconds),
        lambda worker: _client("crowd", Crowd, worker, folder, WARM_UP_SECONDS + seconds),
    )
    return Strain(
        series=crowd.series,
        idle_connections=crowd.opened,
        scrapes=len(crowd.scrape_seconds),
        scrape_max_seconds=round(max(crowd.scrape_seconds, default=0.0), 2),
        scrape_failures=crowd.failures,
        memory_more_mb=round(strained.memory_growth_mb - calm.memory_growth_mb, 1),
        strained=strained,
        calm=calm,
    )


async def _worker(
    topics: FilledTopics, group: str, folder: Path, seconds: float, around: Callable[[Worker], Awaitable[Crowd]]
) -> tuple[Measured, Crowd]:
    async with started_worker(topics, group, folder, files=FILES) as worker:
        await worker.until_committed()
        await get(worker.url, "/metrics", _SCRAPE_SECONDS)
        await asyncio.sleep(_SETTLE_SECONDS)
        before = _resident(worker)
        async with _peak(worker) as peak:
            probes, crowd, delays = await asyncio.gather(
                _client("probe", Probes, worker, folder, WARM_UP_SECONDS + seconds),
                around(worker),
                measure_delays(worker, seconds),
            )
    measured = Measured(
        livez_asked=len(probes.seconds),
        livez_p99_ms=round(percentile(probes.seconds, 0.99) * 1_000, 1),
        livez_max_ms=round(max(probes.seconds) * 1_000, 1),
        livez_failures=probes.failures,
        memory_growth_mb=round((max(peak) - before) / _MEGABYTE, 1),
        event_p99_seconds=round(percentile(delays, 0.99), 3),
        event_max_seconds=round(max(delays), 3),
    )
    return measured, crowd


async def _publish_series(topics: FilledTopics) -> None:
    random = Random(1)
    async with AIOKafkaProducer(bootstrap_servers=topics.address, acks="all") as producer:
        for number in range(_COMBINATIONS * TICKETS_A_COMBINATION):
            partition = TopicPartition(TICKETS_TOPIC, number % PARTITIONS)
            now = time.time_ns() / 1_000 / MICROSECONDS
            for value in ticket_story(random, f"strain-{number}", number // TICKETS_A_COMBINATION, now):
                topics.add(partition, value)
                await producer.send(TICKETS_TOPIC, value, partition=partition.partition)


async def _client(role: str, met: type[Met], worker: Worker, folder: Path, seconds: float) -> Met:
    log = folder / f"{role}.log"
    command = [sys.executable, "-m", "tests.bench.strain_clients", role, worker.url, str(seconds)]
    async with running(command, log, folder=REPOSITORY) as process:
        await process.succeed(seconds + _CLIENT_SECONDS)
    return msgspec.json.decode(log.read_bytes(), type=met)


async def _nobody() -> Crowd:
    return Crowd()


@asynccontextmanager
async def _peak(worker: Worker) -> AsyncIterator[list[int]]:
    """The worker's resident memory, in bytes, at intervals."""
    samples = [_resident(worker)]

    async def sample() -> None:
        while True:
            samples.append(_resident(worker))
            await asyncio.sleep(_SAMPLE_SECONDS)

    sampling = asyncio.create_task(sample())
    try:
        yield samples
    finally:
        sampling.cancel()
        with suppress(asyncio.CancelledError):
            await sampling


def _resident(worker: Worker) -> int:
    status = Path(f"/proc/{worker.process.pid}/status").read_text("ascii")
    found = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(found.split()[1]) * 1_024


def main() -> None:
    """Measure and print."""
    # That a new topic has no leader yet is worth a warning to aiokafka; it tries again.
    logging.getLogger("aiokafka").setLevel(logging.ERROR)
    parser = argparse.ArgumentParser(prog="python -m tests.bench.strain")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long the worker is strained")
    arguments = parser.parse_args()

    def say(what: str) -> None:
        sys.stderr.write(f"{what}\n")

    async def strained(topics: FilledTopics, folder: Path) -> Strain:
        say(f"two workers, one of them strained, for {arguments.seconds:g} s each")
        return await measure(topics, folder, arguments.seconds)

    result = asyncio.run(stoppable(on_filled_topics(_HISTORY_EVENTS, say, strained)))
    print(msgspec.json.encode(result).decode())


if __name__ == "__main__":
    main()
