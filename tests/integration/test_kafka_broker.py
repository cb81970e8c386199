"""The broker that the Kafka tests stand on keeps what it acknowledged, whatever ends it."""

from __future__ import annotations

import time

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from tests.kafka.broker import KafkaBroker

pytestmark = pytest.mark.kafka

RECORDS = 1000


async def produce(broker: KafkaBroker, topic: str) -> None:
    async with AIOKafkaProducer(bootstrap_servers=broker.address, enable_idempotence=True) as producer:
        sent = [await producer.send(topic, b"%d" % number, partition=0) for number in range(RECORDS)]
        for future in sent:
            await future


async def consume(broker: KafkaBroker, topic: str) -> list[int]:
    consumer = AIOKafkaConsumer(bootstrap_servers=broker.address, auto_offset_reset="earliest")
    partition = TopicPartition(topic, 0)
    async with consumer:
        consumer.assign([partition])
        end = (await consumer.end_offsets([partition]))[partition]
        values: list[int] = []
        while await consumer.position(partition) < end:
            for records in (await consumer.getmany(timeout_ms=1000)).values():
                values += [int(record.value) for record in records]
        return values


async def test_records_outlive_a_kill_and_a_restart(kafka_broker: KafkaBroker) -> None:
    address = kafka_broker.address
    await produce(kafka_broker, "outlive")
    assert await consume(kafka_broker, "outlive") == list(range(RECORDS))

    kafka_broker.kill()
    assert not kafka_broker.running
    before = time.monotonic()
    kafka_broker.start()
    assert time.monotonic() - before < 30
    assert kafka_broker.address == address
    assert await consume(kafka_broker, "outlive") == list(range(RECORDS))

    await produce(kafka_broker, "outlive")
    kafka_broker.restart()
    assert await consume(kafka_broker, "outlive") == [*range(RECORDS), *range(RECORDS)]


async def test_a_record_may_be_as_large_as_a_changelog_append(kafka_broker: KafkaBroker) -> None:
    large = b"x" * (15 * 1024 * 1024)
    producer = AIOKafkaProducer(bootstrap_servers=kafka_broker.address, max_request_size=2 * len(large))
    async with producer:
        assert (await producer.send_and_wait("large", large)).offset == 0
