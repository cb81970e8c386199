"""A worker of this version goes on where one of an older version had stopped or was killed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from schemas.events import TICKETS_TOPIC, SlaEvent
from stream.feeds.publish import publish
from stream.runtime.kafka.topics import changelog_of
from stream.settings.kafka import KafkaSettings
from tests.e2e.conftest import new_topics
from tests.e2e.test_replayed_sla import settled_events
from tests.e2e.worker_process import WorkerProcess
from tests.kafka.broker import KafkaBroker
from tests.kinds.tickets import ticket
from tests.moments import DAY, HOUR, record
from tests.older_changelog import OF_FORMAT_3, OF_FORMAT_4, PARTITIONS, OlderWorker
from tests.oracle import OracleSettings, TicketSettings, compute, differences
from tests.oracle.settings_file import read_settings

pytestmark = pytest.mark.kafka

decode_event = msgspec.json.Decoder(SlaEvent).decode

LAST_DAY = 75 * DAY
"""When the last events of the worker of format 4 happened."""


def news(begin: float) -> list[bytes]:
    """Events of tickets that had events of the same moment."""
    return [
        record("helpdesk.ticket.status_changed.v1", begin + 3 * HOUR, "equal-0", {"status": "open"}, sequence="1"),
        ticket("deleted", begin + 4 * HOUR, "equal-1", reason="spam"),
        ticket("deleted", begin + 4 * HOUR, "equal-2"),
        ticket("restored", begin + 5 * HOUR, "equal-2"),
    ]


async def leave(kafka: KafkaSettings, older: OlderWorker) -> None:
    """Write what the older worker left, and commit what it had committed."""
    ends: Counter[TopicPartition] = Counter()
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers) as producer:
        for left in older.what_was_left():
            if left.kind == "pending":
                continue
            topic = left.topic if left.kind == "source" else changelog_of(kafka, left.topic)
            await producer.send_and_wait(topic, left.value, left.key, left.partition)
            if left.kind == "source":
                ends[TopicPartition(topic, left.partition)] += 1
    async with AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap_servers, group_id=kafka.group) as consumer:
        consumer.assign(list(ends))
        await consumer.commit(dict(ends))


@pytest.mark.parametrize("older, begin", [(OF_FORMAT_3, 0), (OF_FORMAT_4, LAST_DAY)], ids=["format 3", "format 4"])
async def test_a_changelog_of_an_older_version_is_taken_over_and_goes_on(
    kafka_broker: KafkaBroker, tmp_path: Path, older: OlderWorker, begin: float
) -> None:
    (tmp_path / "deskpulse.toml").write_text(older.settings)
    calendar, policies = read_settings(older.settings)
    terms = OracleSettings(TicketSettings(calendar=calendar, policies=policies))
    settings = {"DESKPULSE_CLOCK__MODE": "event", "DESKPULSE_KAFKA__PARTITIONS": str(PARTITIONS)}
    values, latest = older.values(), news(begin)
    async with new_topics(kafka_broker, PARTITIONS) as kafka:
        await leave(kafka, older)
        async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, settings) as worker:
            await worker.start()
            await worker.until_caught_up()
            assert differences(compute(values, settings=terms), await worker.numbers()) == []

            events = [(TICKETS_TOPIC, b"equal-" + value.split(b'"equal-')[1][:1], value, 0) for value in latest]
            await publish(events, kafka.bootstrap_servers)
            await worker.until_caught_up()
            expected = compute([*values, *latest], settings=terms)
            assert differences(expected, await worker.numbers()) == []
            scrape = await worker.scrape()
            assert 'helpdesk_events_total{outcome="applied",topic="helpdesk.tickets"} 4.0' in scrape
            assert await worker.stop() == 0

            # What it appended itself is read back beside the older rows.
            await worker.start()
            await worker.until_caught_up()
            assert differences(expected, await worker.numbers()) == []
            assert await worker.stop() == 0


async def test_what_a_worker_of_an_older_version_was_killed_before_publishing_is_published(
    kafka_broker: KafkaBroker, tmp_path: Path
) -> None:
    (tmp_path / "deskpulse.toml").write_text(OF_FORMAT_4.settings)
    settings = {"DESKPULSE_CLOCK__MODE": "event", "DESKPULSE_KAFKA__PARTITIONS": str(PARTITIONS)}
    pending = [decode_event(value) for value in OF_FORMAT_4.values("pending")]
    async with new_topics(kafka_broker, PARTITIONS) as kafka:
        await leave(kafka, OF_FORMAT_4)
        async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, settings) as worker:
            for _ in range(2):
                await worker.start()
                events = await settled_events(kafka, len(pending))
                assert await worker.stop() == 0
                # After a clean stop nothing is published once more.
                source = f"deskpulse/{kafka.group}"
                assert by_id(events) == by_id(msgspec.structs.replace(event, source=source) for event in pending)
    assert len(pending) > 100


def by_id(events: Iterable[SlaEvent]) -> list[SlaEvent]:
    return sorted(events, key=lambda event: event.id)
