"""Real Kafka with empty topics for each test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio
from aiokafka.admin import AIOKafkaAdminClient

from stream.app import SOURCE_TOPICS
from stream.runtime.broker import ensure_topics
from stream.settings import KafkaSettings
from tests.kafka.broker import KafkaBroker

GROUP = "test"


@pytest_asyncio.fixture
async def kafka(kafka_broker: KafkaBroker) -> AsyncIterator[KafkaSettings]:
    """How to reach a broker whose source, dead-letter and changelog topics are new and empty."""
    settings = KafkaSettings(bootstrap_servers=kafka_broker.address, group=GROUP, partitions=3)
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_broker.address)
    await admin.start()
    try:
        await _delete_all(admin)
        await ensure_topics(settings, SOURCE_TOPICS)
        yield settings
        await _delete_all(admin)
    finally:
        await admin.close()


async def _delete_all(admin: AIOKafkaAdminClient) -> None:
    for _ in range(100):
        present = [topic for topic in await admin.list_topics() if "helpdesk." in topic]
        if not present:
            break
        await admin.delete_topics(present)
        await asyncio.sleep(0.1)
    groups = [group for group, _ in await admin.list_consumer_groups()]
    if GROUP in groups:
        await _delete_group(admin)


async def _delete_group(admin: AIOKafkaAdminClient) -> None:
    # A worker that was killed stays a member until its session ends; its committed offsets go with the topics.
    delete = getattr(admin, "delete_consumer_groups", None)
    if delete is not None:
        await delete([GROUP])
