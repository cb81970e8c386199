"""What accidents do to topics."""

from __future__ import annotations

import asyncio
from typing import Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic

from stream.runtime.kafka.topic_identity import describe_topics
from stream.settings.kafka import KafkaSettings

_LOOKS: Final = 600


async def delete_topic(kafka: KafkaSettings, topic: str) -> None:
    """Delete a topic, and wait until it is gone, or is another one: who asks for it makes the broker create it."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    try:
        before = (await describe_topics(admin, [topic]))[topic]
        await admin.delete_topics([topic])
        for _ in range(_LOOKS):
            now = (await describe_topics(admin, [topic])).get(topic)
            if now is None or now.topic_id != before.topic_id:
                return
            await asyncio.sleep(0.1)
    finally:
        await admin.close()
    raise AssertionError(f"{topic} is still there")


async def make_topic(kafka: KafkaSettings, topic: str, partitions: int) -> None:
    """Make a topic, as soon as one of the same name that was deleted lets it."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    try:
        for _ in range(_LOOKS):
            response = await admin.create_topics([NewTopic(topic, partitions, 1)])
            if not response.topic_errors[0][1]:
                return
            await asyncio.sleep(0.1)
    finally:
        await admin.close()
    raise AssertionError(f"{topic} cannot be made")


async def grow_topic(kafka: KafkaSettings, topic: str, partitions: int) -> None:
    """Give a topic more partitions, as an operator may do behind the worker's back."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    try:
        await admin.create_partitions({topic: NewPartitions(partitions)})
    finally:
        await admin.close()


async def records_of(kafka: KafkaSettings, topic: str, partition: int) -> list[tuple[bytes | None, bytes | None]]:
    """Key and value of every record of a partition."""
    tp = TopicPartition(topic, partition)
    found: list[tuple[bytes | None, bytes | None]] = []
    async with AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap_servers, enable_auto_commit=False) as consumer:
        consumer.assign([tp])
        await consumer.seek_to_beginning(tp)
        end = (await consumer.end_offsets([tp]))[tp]
        while await consumer.position(tp) < end:
            for records in (await consumer.getmany(timeout_ms=500)).values():
                found += [(record.key, record.value) for record in records]
    return found


async def write_records(
    kafka: KafkaSettings, topic: str, partition: int, records: list[tuple[bytes | None, bytes | None]]
) -> None:
    """Write records to a partition as they are."""
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers) as producer:
        for key, value in records:
            await producer.send_and_wait(topic, key=key, value=value, partition=partition)
