"""Real Kafka with empty topics for each test."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest_asyncio
from aiokafka.admin import AIOKafkaAdminClient

from stream.desks.kinds import SOURCE_TOPICS
from stream.runtime.kafka.broker import ensure_topics
from stream.settings.kafka import KafkaSettings
from tests.kafka.broker import KafkaBroker


@pytest_asyncio.fixture
async def kafka(kafka_broker: KafkaBroker) -> AsyncIterator[KafkaSettings]:
    """How to reach a broker whose source, dead-letter and changelog topics are new and empty."""
    async with new_topics(kafka_broker, partitions=3) as settings:
        yield settings


@pytest_asyncio.fixture
async def wide_kafka(kafka_broker: KafkaBroker) -> AsyncIterator[KafkaSettings]:
    """The same with twelve partitions for each topic."""
    async with new_topics(kafka_broker, partitions=12) as settings:
        yield settings


@contextlib.asynccontextmanager
async def new_topics(kafka_broker: KafkaBroker, partitions: int) -> AsyncIterator[KafkaSettings]:
    """Delete what other tests left, create the topics, delete them at the end."""
    # A static member that is gone stays in its group until its session ends, and the next one would wait for that.
    group = f"test-{uuid4().hex[:8]}"
    settings = KafkaSettings(bootstrap_servers=kafka_broker.address, group=group, partitions=partitions)
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_broker.address)
    await admin.start()
    try:
        await delete_all(admin)
        await ensure_topics(settings, SOURCE_TOPICS)
        yield settings
        await delete_all(admin)
    finally:
        await admin.close()


async def delete_all(admin: AIOKafkaAdminClient) -> None:
    """Delete every topic of deskpulse."""
    for _ in range(600):
        present = [topic for topic in await admin.list_topics() if "helpdesk." in topic]
        if not present:
            break
        await admin.delete_topics(present)
        await asyncio.sleep(0.1)
