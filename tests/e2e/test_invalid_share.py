from __future__ import annotations

from collections import Counter
from pathlib import Path

import orjson
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from schemas.events import TICKETS_TOPIC
from stream.dead_letters.writing import SUFFIX
from stream.desks.tickets.rules import LONGEST_TIMELINE
from stream.settings.kafka import KafkaSettings
from tests.e2e.test_bad_input import opened
from tests.e2e.worker_process import WorkerProcess

pytestmark = pytest.mark.kafka

LEAST = 300
GARBAGE = 900
TICKETS = 200
LIMITS = {"DESKPULSE_LIMITS__INVALID_LEAST_RECORDS": str(LEAST), "DESKPULSE_KAFKA__MAX_POLL_RECORDS": "100"}


async def send(kafka: KafkaSettings, keys_and_values: list[tuple[bytes, bytes]]) -> None:
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers, linger_ms=5) as producer:
        for key, value in keys_and_values:
            await producer.send(TICKETS_TOPIC, key=key, value=value)


def tickets(first: int, count: int = TICKETS) -> list[tuple[bytes, bytes]]:
    events = [opened(number) for number in range(first, first + count)]
    return [(event["subject"].encode(), orjson.dumps(event)) for event in events]


async def dead_letters(kafka: KafkaSettings) -> Counter[bytes]:
    """How often each key has a dead letter."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap_servers, enable_auto_commit=False)
    await consumer.start()
    try:
        partitions = [TopicPartition(TICKETS_TOPIC + SUFFIX, number) for number in range(kafka.partitions)]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        ends = await consumer.end_offsets(partitions)
        found: Counter[bytes] = Counter()
        for _ in range(600):
            for records in (await consumer.getmany(timeout_ms=100)).values():
                found.update(record.key for record in records)
            if all([await consumer.position(partition) >= ends[partition] for partition in partitions]):
                break
        return found
    finally:
        await consumer.stop()


async def test_a_topic_of_garbage_stops_the_worker_and_a_higher_limit_loses_nothing(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    garbage = [(f"garbage-{number}".encode(), b"a line of some log") for number in range(GARBAGE)]
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, LIMITS) as worker:
        await worker.start()
        await send(kafka, tickets(0))
        await worker.until_caught_up()
        await send(kafka, [*garbage, *tickets(TICKETS)])
        assert await worker.wait() == 1

        (line,) = [line for line in worker.log().splitlines() if line.startswith("deskpulse: ")]
        for words in (f"records of {TICKETS_TOPIC} are invalid", "not_json", "partition", "limits.invalid_share"):
            assert words in line
        assert 0 < (await dead_letters(kafka)).total() < GARBAGE

    bearing = LIMITS | {"DESKPULSE_LIMITS__INVALID_SHARE": "1"}
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, bearing) as worker:
        await worker.start()
        await worker.until_caught_up()
        assert (await worker.numbers())["windows"]["lifetime"]["tickets_opened"] == 2 * TICKETS
        assert await worker.stop() == 0
    assert await dead_letters(kafka) == Counter(key for key, _ in garbage)


async def test_a_short_burst_of_garbage_does_not_stop_the_worker(kafka: KafkaSettings, tmp_path: Path) -> None:
    burst = [(f"garbage-{number}".encode(), b"a line of some log") for number in range(LEAST - 1)]
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, LIMITS) as worker:
        await worker.start()
        await send(kafka, [*burst, *tickets(0)])
        await worker.until_caught_up()

        assert (await worker.numbers())["windows"]["lifetime"]["tickets_opened"] == TICKETS
        assert await worker.stop() == 0
    assert await dead_letters(kafka) == Counter(key for key, _ in burst)


async def test_a_ticket_with_too_many_events_stops_nothing_and_is_told_once(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    opening = opened(0)
    replies = [
        {**opening, "id": f"reply-{number}", "type": "helpdesk.ticket.replied.v1", "data": {"actor": "customer"}}
        for number in range(LONGEST_TIMELINE + 3 * LEAST)
    ]
    runaway = [(opening["subject"].encode(), orjson.dumps(event)) for event in (opening, *replies)]
    # So few that in the end nothing but refused events are among them.
    window = LIMITS | {"DESKPULSE_LIMITS__INVALID_WINDOW_RECORDS": str(2 * LEAST)}
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, window) as worker:
        await worker.start()
        await send(kafka, [*runaway, *tickets(1)])
        await worker.until_caught_up()

        assert (await worker.numbers())["windows"]["lifetime"]["tickets_opened"] == TICKETS + 1
        count = len(runaway) - LONGEST_TIMELINE
        refused = f'helpdesk_events_total{{outcome="refused",topic="{TICKETS_TOPIC}"}} {count:.1f}'
        assert refused in await worker.scrape()
        (told,) = [line for line in worker.log().splitlines() if "valid events of" in line]
        assert f"ticket {opening['subject']!r} has {LONGEST_TIMELINE} events" in told
        assert await worker.stop() == 0
    assert await dead_letters(kafka) == {opening["subject"].encode(): len(runaway) - LONGEST_TIMELINE}
