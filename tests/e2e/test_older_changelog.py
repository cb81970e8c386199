"""A worker of this version goes on where one of the version before had stopped."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from schemas.events import TICKETS_TOPIC
from stream.feeds.publish import publish
from stream.runtime.kafka.topics import changelog_of
from stream.settings.kafka import KafkaSettings
from tests.e2e.conftest import new_topics
from tests.e2e.worker_process import WorkerProcess
from tests.kafka.broker import KafkaBroker
from tests.older_changelog import PARTITIONS, source_values, what_was_left
from tests.oracle import compute, differences
from tests.unit.desks.tickets.ticket_log import HOUR, record, ticket

pytestmark = pytest.mark.kafka

NEWS = [
    record("helpdesk.ticket.status_changed.v1", 3 * HOUR, "equal-0", {"status": "open"}, sequence="1"),
    ticket("deleted", 4 * HOUR, "equal-1", reason="spam"),
    ticket("deleted", 4 * HOUR, "equal-2"),
    ticket("restored", 5 * HOUR, "equal-2"),
]


async def leave(kafka: KafkaSettings) -> None:
    """Write what the older worker left, and commit what it had committed."""
    ends: Counter[TopicPartition] = Counter()
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers) as producer:
        for left in what_was_left():
            topic = left.topic if left.kind == "source" else changelog_of(kafka, left.topic)
            await producer.send_and_wait(topic, left.value, left.key, left.partition)
            if left.kind == "source":
                ends[TopicPartition(topic, left.partition)] += 1
    async with AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap_servers, group_id=kafka.group) as consumer:
        consumer.assign(list(ends))
        await consumer.commit(dict(ends))


async def test_a_changelog_of_the_version_before_is_taken_over_and_goes_on(
    kafka_broker: KafkaBroker, tmp_path: Path
) -> None:
    settings = {"DESKPULSE_CLOCK__MODE": "event", "DESKPULSE_KAFKA__PARTITIONS": str(PARTITIONS)}
    async with new_topics(kafka_broker, PARTITIONS) as kafka:
        await leave(kafka)
        async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, settings) as worker:
            await worker.start()
            await worker.until_caught_up()
            assert differences(compute(source_values()), await worker.numbers()) == []

            events = [(TICKETS_TOPIC, b"equal-" + value.split(b'"equal-')[1][:1], value, 0) for value in NEWS]
            await publish(events, kafka.bootstrap_servers)
            await worker.until_caught_up()
            expected = compute([*source_values(), *NEWS])
            assert differences(expected, await worker.numbers()) == []
            scrape = await worker.scrape()
            assert 'helpdesk_events_total{outcome="applied",topic="helpdesk.tickets"} 4.0' in scrape
            assert await worker.stop() == 0

            # What it appended itself is read back beside the older rows.
            await worker.start()
            await worker.until_caught_up()
            assert differences(expected, await worker.numbers()) == []
            assert await worker.stop() == 0
