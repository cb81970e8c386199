"""What is published arrives, once, in order for each key, on Kafka's own partitions."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.partitioner import DefaultPartitioner

from stream.feeds.embedded_broker import EmbeddedBroker
from stream.feeds.loopback import ReservedPort
from stream.feeds.publish import publish
from stream.feeds.simulator import SimulatedEvent, Simulator, SimulatorSettings
from stream.runtime.kafka.reachability import BrokerUnreachableError

START = datetime(2026, 1, 5, tzinfo=UTC)
PARTITIONS = 4


def events(tickets: int) -> list[SimulatedEvent]:
    simulator = Simulator(SimulatorSettings(), seed=1)
    return list(simulator.history(START, datetime(2026, 2, 5, tzinfo=UTC), tickets))


async def create_topics(address: str, *names: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=address)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, PARTITIONS, 1) for name in names])
    finally:
        await admin.close()


async def consume(address: str, topic: str, count: int) -> dict[int, list[tuple[bytes, bytes]]]:
    found: dict[int, list[tuple[bytes, bytes]]] = defaultdict(list)
    async with AIOKafkaConsumer(bootstrap_servers=address, auto_offset_reset="earliest") as consumer:
        consumer.assign([TopicPartition(topic, partition) for partition in range(PARTITIONS)])
        while sum(map(len, found.values())) < count:
            for partition, records in (await consumer.getmany(timeout_ms=500)).items():
                found[partition.partition] += [(record.key, record.value) for record in records]
    return found


async def test_all_arrive_in_order_on_the_partition_of_their_key() -> None:
    sent = events(400)
    async with EmbeddedBroker() as broker:
        await create_topics(broker.address, "helpdesk.tickets", "helpdesk.surveys")
        assert await publish(sent, broker.address) == len(sent)
        for topic in ("helpdesk.tickets", "helpdesk.surveys"):
            expected: dict[int, list[tuple[bytes, bytes]]] = defaultdict(list)
            for event in sent:
                if event.topic == topic:
                    partition = DefaultPartitioner()(event.key, list(range(PARTITIONS)), None)
                    expected[partition].append((event.key, event.value))
            assert await consume(broker.address, topic, sum(map(len, expected.values()))) == expected


async def test_a_slow_stream_does_not_wait_for_a_full_batch() -> None:
    first, second = events(1)[:2]
    async with EmbeddedBroker() as broker:
        await create_topics(broker.address, first.topic)
        arrived = asyncio.Event()

        async def slow() -> AsyncIterator[SimulatedEvent]:
            yield first
            await asyncio.wait_for(arrived.wait(), timeout=10)
            yield second

        publishing = asyncio.create_task(publish(slow(), broker.address))
        assert await consume(broker.address, first.topic, 1)
        arrived.set()
        assert await publishing == 2


async def test_a_record_larger_than_a_batch_is_published() -> None:
    large = events(1)[0]._replace(value=b"x" * 300_000)
    async with EmbeddedBroker() as broker:
        await create_topics(broker.address, large.topic)
        assert await publish([large, large], broker.address) == 2


async def test_a_broker_that_is_not_there_is_named_in_time() -> None:
    started = time.monotonic()
    with ReservedPort() as port, pytest.raises(BrokerUnreachableError, match=rf"at {port.address} within 0\.5 s"):
        await publish([], port.address, connect_timeout=0.5)
    assert time.monotonic() - started < 3


async def test_a_failing_source_ends_the_publishing() -> None:
    async def failing() -> AsyncIterator[SimulatedEvent]:
        yield events(1)[0]
        raise RuntimeError("the log ends in the middle")

    async with EmbeddedBroker() as broker:
        await create_topics(broker.address, "helpdesk.tickets")
        with pytest.raises(RuntimeError, match="in the middle"):
            await publish(failing(), broker.address)
