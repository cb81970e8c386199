"""The load of the failure suite: a seeded log with duplicates, late and unreadable records."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from typing import Final

import msgspec
import orjson
from aiokafka import AIOKafkaProducer

from schemas.events import EVENTS_BY_TOPIC
from schemas.golden import MINIMAL
from stream.feeds.publish import publish
from stream.feeds.simulator import SimulatedEvent, Simulator, SimulatorSettings
from stream.feeds.simulator.disturbance import disturb
from stream.runtime.kafka.placement import partition_of
from tests.faults.injection import Injection
from tests.faults.plan import Plan
from tests.faults.setting import METADATA_SECONDS

END: Final = datetime(2025, 11, 1, tzinfo=UTC)
"""Before this all events of the log happened."""

CLOSING_TIME: Final = END + timedelta(minutes=1)
"""When the closing events happened, and so where all windows end."""

PUBLISH_TIMEOUT_MS: Final = 120_000
"""How long the publisher goes on trying while a partition has no leader."""

_PATIENT_AND_ALERT: Final = {
    "request_timeout_ms": PUBLISH_TIMEOUT_MS,
    "metadata_max_age_ms": round(METADATA_SECONDS * 1_000),
}
_DAYS: Final = 40
# With a ticket come about fourteen of all kinds; what is too much is cut off.
_LEAST_EVENTS_A_TICKET: Final = 12
_STEP: Final = 50
_CLOSING: Final = {
    topic: next(orjson.loads(msgspec.json.encode(example)) for example in MINIMAL if isinstance(example, events))
    for topic, events in EVENTS_BY_TOPIC.items()
}
"""An example of an event for each topic, of which type and data are taken."""


def disturbed_log(seed: int, events: int, first: int | None = None) -> Iterator[SimulatedEvent]:
    """Exactly so many records, or the ``first`` of them: 2 % twice, 5 % late, 0.5 % unreadable."""
    history = Simulator(SimulatorSettings(), seed).history(
        END - timedelta(days=_DAYS), END, events // _LEAST_EVENTS_A_TICKET + 1
    )
    return islice(disturb(history, seed, duplicates=0.02, late=0.05, poison=0.005), events if first is None else first)


async def paced(records: Iterable[SimulatedEvent], total: int, seconds: float) -> AsyncIterator[SimulatedEvent]:
    """Yield ``total`` records evenly over so many seconds; what fell behind is made up for at once."""
    started = time.monotonic()
    for index, record in enumerate(records):
        if not index % _STEP:
            await asyncio.sleep(max(0.0, started + seconds * index / total - time.monotonic()))
        yield record


def closing_subject(partition: int, partitions: int) -> str:
    """A subject whose events belong into a partition, of so many."""
    subjects = (f"closing-{number}" for number in count())
    return next(subject for subject in subjects if partition_of(subject.encode(), partitions) == partition)


def closing_event(topic: str, subject: str, time: datetime = CLOSING_TIME) -> bytes:
    """An event that moves the watermark of its partition to the closing time."""
    example = _CLOSING[topic]
    return orjson.dumps(
        {
            "specversion": "1.0",
            "type": example["type"],
            "source": "/tests/faults",
            "id": f"{topic}-{subject}",
            "subject": subject,
            "time": time.isoformat(),
            "data": example["data"],
        }
    )


async def load_with_faults(
    log: Iterator[SimulatedEvent], total: int, plan: Plan, address: str, injection: Injection
) -> None:
    """Publish a log of so many records while the faults happen; returns when both are over."""
    async with asyncio.TaskGroup() as group:
        group.create_task(publish(paced(log, total, plan.seconds), address, **_PATIENT_AND_ALERT))
        group.create_task(injection.run(plan.schedule()))


async def publish_closing_events(address: str, partitions: Mapping[str, int]) -> None:
    """Publish one to each partition of each topic, so that the windows of all of them end at the same moment."""
    async with AIOKafkaProducer(bootstrap_servers=address, acks="all") as producer:
        for topic, of_topic in partitions.items():
            for partition in range(of_topic):
                subject = closing_subject(partition, of_topic)
                await producer.send_and_wait(topic, closing_event(topic, subject), subject.encode(), partition)
