from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from stream.dead_letters.writing import SUFFIX
from stream.desks.kinds import SOURCE_TOPICS
from stream.feeds.publish import publish
from stream.feeds.simulator import SimulatedEvent, Simulator, SimulatorSettings
from stream.feeds.simulator.disturbance import disturb
from stream.settings.kafka import KafkaSettings
from tests.e2e.load import spread
from tests.e2e.worker_process import WorkerProcess
from tests.oracle import compute, differences

pytestmark = pytest.mark.kafka

logger = logging.getLogger(__name__)

SEED = 20_261_122
KILLS = 10
TICKETS = 6_000
LOAD_SECONDS = 45.0
END = datetime(2026, 11, 1, tzinfo=UTC)


def disturbed_log() -> list[SimulatedEvent]:
    history = Simulator(SimulatorSettings(), SEED).history(END - timedelta(days=40), END, TICKETS)
    return list(disturb(history, SEED, duplicates=0.02, late=0.05, poison=0.005))


async def dead_letters(kafka: KafkaSettings) -> Counter[tuple[bytes | None, bytes | None]]:
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap_servers, enable_auto_commit=False)
    await consumer.start()
    try:
        partitions = [
            TopicPartition(topic + SUFFIX, number) for topic in SOURCE_TOPICS for number in range(kafka.partitions)
        ]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        ends = await consumer.end_offsets(partitions)
        found: Counter[tuple[bytes | None, bytes | None]] = Counter()
        origins = set()
        while any([await consumer.position(partition) < ends[partition] for partition in partitions]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    headers = dict(record.headers)
                    origin = tuple(headers[f"deskpulse.{name}"] for name in ("topic", "partition", "offset"))
                    if origin not in origins:
                        origins.add(origin)
                        found[record.key, record.value] += 1
        return found
    finally:
        await consumer.stop()


@pytest.mark.parametrize("store", ["memory", pytest.param("rocksdb", marks=pytest.mark.slow)])
async def test_a_worker_killed_ten_times_under_load_ends_with_the_oracles_numbers_and_all_dead_letters(
    kafka: KafkaSettings, tmp_path: Path, store: str, record_property: Callable[[str, object], None]
) -> None:
    events = disturbed_log()
    moments = random.Random(SEED)
    ready_after = []
    settings = {"DESKPULSE_CLOCK__MODE": "event", "DESKPULSE_STORE": store}
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, settings) as worker:
        await worker.start()
        load = asyncio.create_task(publish(spread(events, LOAD_SECONDS), kafka.bootstrap_servers))
        for _ in range(KILLS):
            await asyncio.sleep(moments.uniform(0.2, 3.0))
            await worker.kill()
            ready_after.append(await worker.start())
        assert await load == len(events)
        await worker.until_caught_up()
        actual = await worker.numbers()
        assert await worker.stop() == 0
    record_property("ready_after_seconds", ready_after)
    logger.warning("ready after %s s", ", ".join(f"{seconds:.1f}" for seconds in ready_after))

    healthy = healthy_values()
    expected = compute(event.value for event in events if event.value in healthy)
    assert differences(expected, actual) == []

    poison = Counter((event.key, event.value) for event in events if event.value not in healthy)
    assert poison.total() > 50
    assert await dead_letters(kafka) == poison


def healthy_values() -> set[bytes]:
    history = Simulator(SimulatorSettings(), SEED).history(END - timedelta(days=40), END, TICKETS)
    return {event.value for event in history}
