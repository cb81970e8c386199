from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from schemas.events import TICKETS_TOPIC
from stream.feeds.publish import publish
from stream.feeds.simulator import Simulator, SimulatorSettings
from stream.runtime.kafka.changelog import APPEND_BYTES
from stream.runtime.kafka.topics import changelog_of
from stream.settings.kafka import KafkaSettings
from tests.e2e.worker_process import WorkerProcess
from tests.oracle import compute, differences

pytestmark = pytest.mark.kafka

END = datetime(2026, 11, 1, tzinfo=UTC)


async def take_appends_up_to(kafka: KafkaSettings, size: int) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    try:
        topic = changelog_of(kafka, TICKETS_TOPIC)
        configs = {"max.message.bytes": str(size), "cleanup.policy": "compact"}
        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs=configs)])
    finally:
        await admin.close()


async def committed(kafka: KafkaSettings) -> list[int | None]:
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap_servers, group_id=kafka.group)
    await consumer.start()
    try:
        return [await consumer.committed(TopicPartition(TICKETS_TOPIC, number)) for number in range(kafka.partitions)]
    finally:
        await consumer.stop()


async def test_an_append_that_the_broker_refuses_stops_the_worker_with_nothing_committed_or_lost(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    events = list(Simulator(SimulatorSettings(), 3).history(END - timedelta(days=10), END, 300))
    async with WorkerProcess(
        kafka.bootstrap_servers, tmp_path, kafka.group, {"DESKPULSE_CLOCK__MODE": "event"}
    ) as worker:
        await take_appends_up_to(kafka, 100)
        await worker.start()
        await publish(events, kafka.bootstrap_servers)

        assert await worker.wait() == 1
        assert "MessageSizeTooLargeError" in worker.log().splitlines()[-1]
        assert await committed(kafka) == [None] * kafka.partitions

        await take_appends_up_to(kafka, APPEND_BYTES)
        await asyncio.sleep(1)
        await worker.start()
        await worker.until_caught_up()
        actual = await worker.numbers()
        assert await worker.stop() == 0

    assert differences(compute(event.value for event in events), actual) == []
