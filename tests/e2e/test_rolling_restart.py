"""Four workers under load are restarted one after the other, as for a new version."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson
import pytest
from aiokafka.partitioner import DefaultPartitioner

from schemas.events import TICKETS_TOPIC
from stream.cli.snapshot import WorkerUnreachableError
from stream.desks.kinds import SOURCE_TOPICS
from stream.feeds.publish import publish
from stream.feeds.simulator import SimulatedEvent, Simulator, SimulatorSettings
from stream.settings.kafka import KafkaSettings
from stream.windows.moments import from_microseconds
from tests.bench.plain_rules import Facts, take_ticket_event
from tests.e2e.load import spread_at
from tests.e2e.worker_process import WorkerProcess
from tests.faults.load import closing_event, closing_subject
from tests.faults.verdict import Verdict, additive_parts, compare
from tests.oracle import OracleSettings, TicketSettings, compute

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

logger = logging.getLogger(__name__)

SEED: Final = 21
WORKERS: Final = 4
PARTITIONS: Final = 12  # as many as the fixture makes
EVENTS_A_SECOND: Final = 5_000
# More than are published before all have restarted; what is left is not published.
TICKETS: Final = 100_000
END: Final = datetime(2025, 11, 1, tzinfo=UTC)
BACKLOG_HOURS: Final = 24
SETTINGS: Final = {
    "DESKPULSE_CLOCK__MODE": "event",
    "DESKPULSE_KAFKA__SESSION_TIMEOUT_SECONDS": "30",
    "DESKPULSE_TICKETS__BACKLOG_HOURS": str(BACKLOG_HOURS),
}
LEAST_SAMPLES: Final = 20
DUE_SECONDS: Final = 15
CLOSING_MICROSECONDS: Final = 60_000_000
"""How long after all others the closing events happen."""


class Sample(NamedTuple):
    """What a worker said between two looks at how far it had come: it was somewhere between the two."""

    open_tickets: int
    earliest: dict[int, int]
    latest: dict[int, int]


class Published:
    """The log as it is published: for each partition how many tickets are open after each of its records."""

    def __init__(self) -> None:
        self.values: list[bytes] = []
        self.latest = 0
        """When the last of the events happened, in microseconds since the epoch."""
        self.until = asyncio.Event()
        self._tickets: defaultdict[str, Facts] = defaultdict(dict)
        self._open: defaultdict[int, list[int]] = defaultdict(lambda: [0])
        self._partition_of = DefaultPartitioner()

    def until_enough(self, events: Iterator[SimulatedEvent]) -> Iterator[SimulatedEvent]:
        """The same events, noted, until it is enough."""
        return self.noted(takewhile(lambda _: not self.until.is_set(), events))

    def noted(self, events: Iterable[SimulatedEvent]) -> Iterator[SimulatedEvent]:
        """The same events."""
        numbers = list(range(PARTITIONS))
        for event in events:
            self.values.append(event.value)
            self.latest = max(self.latest, event.time)
            if event.topic == TICKETS_TOPIC:
                self._note(self._partition_of(event.key, numbers, numbers), orjson.loads(event.value))
            yield event

    def _note(self, partition: int, event: Facts) -> None:
        ticket = self._tickets[event["subject"]]
        before = is_open(ticket)
        take_ticket_event(ticket, event)
        counts = self._open[partition]
        counts.append(counts[-1] + is_open(ticket) - before)

    def bounds(self, sample: Sample) -> tuple[int, int]:
        """The least and the most tickets that can be open in a worker's partitions at the time of a sample."""
        spans = [
            self._open[partition][earliest : sample.latest[partition] + 1]
            for partition, earliest in sample.earliest.items()
        ]
        return sum(map(min, spans)), sum(map(max, spans))

    def at_the_end(self) -> int:
        """How many tickets are open after all records."""
        return sum(counts[-1] for counts in self._open.values())

    def changes_after(self, sample: Sample) -> int:
        """How much the records that were published, and not yet applied at a sample, can change."""
        return sum(
            abs(later - earlier)
            for partition, offset in sample.earliest.items()
            for earlier, later in zip(self._open[partition][offset:], self._open[partition][offset + 1 :], strict=False)
        )


def is_open(ticket: Facts) -> bool:
    return bool(ticket) and ticket["active"] and not ticket["merged"]


def next_offsets(worker: Mapping[str, Any]) -> dict[int, int] | None:
    """How far a worker is in the partitions of the tickets; ``None`` if it is not ready."""
    if not worker["ready"]:
        return None
    return {int(number): offset for number, offset in worker["topics"][TICKETS_TOPIC]["next_offset"].items()}


async def sample_of(worker: WorkerProcess) -> Sample | None:
    """What a worker says now; ``None`` if it is not ready, or its partitions change."""
    try:
        before = next_offsets(await worker.get("/api/v1/worker"))
        numbers = await worker.get("/api/v1/metrics")
        after = next_offsets(await worker.get("/api/v1/worker"))
    except WorkerUnreachableError:
        return None
    if before is None or after is None or before.keys() != after.keys():
        return None
    return Sample(numbers["state"]["open_tickets"], before, after)


def closing(moment: int) -> Iterator[SimulatedEvent]:
    """An event of the same moment in each partition of each topic: the windows of all workers end there."""
    for topic in SOURCE_TOPICS:
        for partition in range(PARTITIONS):
            subject = closing_subject(partition, PARTITIONS)
            yield SimulatedEvent(
                topic, subject.encode(), closing_event(topic, subject, from_microseconds(moment)), moment
            )


class Watch:
    """Asks all workers again and again; a worker that is not ready counts with what it said last."""

    def __init__(self, workers: list[WorkerProcess], published: Published) -> None:
        self._workers = workers
        self._published = published
        self._last: dict[int, Sample] = {}
        self.rounds = 0
        self.stale_rounds = 0
        """Those in which at least one worker counted with what it had said before."""
        self.wrong: list[str] = []
        self.largest_error = 0

    async def run(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(0.1)

    async def look(self) -> None:
        samples = await asyncio.gather(*map(sample_of, self._workers))
        fresh = {number: sample for number, sample in enumerate(samples) if sample is not None}
        self._last |= fresh
        for number, sample in fresh.items():
            least, most = self._published.bounds(sample)
            if not least <= sample.open_tickets <= most:
                self.wrong.append(f"worker {number} says {sample.open_tickets}, it is {least} to {most}: {sample}")
        held = sorted(partition for sample in self._last.values() for partition in sample.earliest)
        if held != list(range(PARTITIONS)):
            self.wrong.append(f"the partitions that count are {held}")
        error = abs(sum(sample.open_tickets for sample in self._last.values()) - self._published.at_the_end())
        in_flight = sum(map(self._published.changes_after, self._last.values()))
        if error > in_flight:
            self.wrong.append(f"the sum of open tickets is off by {error}, but only {in_flight} changes are in flight")
        self.largest_error = max(self.largest_error, error)
        self.rounds += 1
        self.stale_rounds += len(fresh) < len(self._workers)


@contextlib.asynccontextmanager
async def fleet(address: str, folder: Path, group: str) -> AsyncIterator[list[WorkerProcess]]:
    """Four workers, started and holding three partitions of each topic."""
    async with contextlib.AsyncExitStack() as stack:
        workers = []
        for number in range(WORKERS):
            home = folder / f"worker-{number}"
            home.mkdir()
            workers.append(await stack.enter_async_context(WorkerProcess(address, home, group, SETTINGS)))
        await asyncio.gather(*(worker.start() for worker in workers))
        for _ in range(1_200):
            samples = await asyncio.gather(*map(sample_of, workers))
            held = sorted(number for sample in samples if sample is not None for number in sample.earliest)
            if held == list(range(PARTITIONS)):
                break
            await asyncio.sleep(0.1)
        yield workers


async def test_a_rolling_restart_loses_and_doubles_nothing_and_the_open_tickets_stay_right(
    tmp_path: Path, wide_kafka: KafkaSettings
) -> None:
    address = wide_kafka.bootstrap_servers
    published = Published()
    history = Simulator(SimulatorSettings(), SEED).history(END - timedelta(days=40), END, TICKETS)
    async with fleet(address, tmp_path, wide_kafka.group) as workers:
        watch = Watch(workers, published)
        load = asyncio.create_task(publish(spread_at(published.until_enough(history), EVENTS_A_SECOND), address))
        watching = asyncio.create_task(watch.run())
        await asyncio.sleep(3)
        for worker in workers:
            assert await worker.stop() == 0
            await worker.start()
            await asyncio.sleep(1)
        published.until.set()
        assert await load == len(published.values)
        await publish(published.noted(closing(published.latest + CLOSING_MICROSECONDS)), address)
        await asyncio.gather(*(worker.until_caught_up() for worker in workers))
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
        await watch.look()
        terms = OracleSettings(TicketSettings(backlog_threshold_seconds=BACKLOG_HOURS * 3_600))
        expected = await asyncio.to_thread(compute, published.values, settings=terms)
        verdict = await judged(workers, expected)
        statuses = [await worker.stop() for worker in workers]

    logger.warning(
        "%d events, %d rounds, %d of them with a worker away, the sum of open tickets off by at most %d of %d",
        *(len(published.values), watch.rounds, watch.stale_rounds, watch.largest_error, published.at_the_end()),
    )
    assert statuses == [0] * WORKERS
    assert watch.wrong == []
    assert watch.stale_rounds >= LEAST_SAMPLES
    assert verdict.lines == []
    assert published.at_the_end() == expected["state"]["open_tickets"]


async def judged(workers: list[WorkerProcess], expected: dict[str, Any]) -> Verdict:
    """What differs between the sums over all workers and ``expected``, as soon as nothing does or after a while.

    What comes due without an event is counted at the next turn of the timer.
    """
    deadline = time.monotonic() + DUE_SECONDS
    while True:
        snapshots = [await worker.numbers() for worker in workers]
        verdict = compare("the workers", additive_parts([expected]), additive_parts(snapshots))
        if not verdict.lines or time.monotonic() > deadline:
            return verdict
        await asyncio.sleep(0.5)
