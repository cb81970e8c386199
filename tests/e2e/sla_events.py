"""Reads what was published on ``helpdesk.sla``."""

from __future__ import annotations

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.events import SLA_TOPIC, SlaEvent
from stream.settings.kafka import KafkaSettings

_decode = msgspec.json.Decoder(SlaEvent).decode


async def published_sla_events(kafka: KafkaSettings) -> list[SlaEvent]:
    """All events so far, partition by partition in their order."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap_servers, enable_auto_commit=False)
    await consumer.start()
    try:
        partitions = [TopicPartition(SLA_TOPIC, number) for number in range(kafka.partitions)]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        ends = await consumer.end_offsets(partitions)
        found: list[SlaEvent] = []
        while any([await consumer.position(partition) < ends[partition] for partition in partitions]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                found += [_decode(record.value) for record in records if record.value is not None]
        return found
    finally:
        await consumer.stop()
