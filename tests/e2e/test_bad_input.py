from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from schemas.events import SURVEYS_TOPIC, TICKETS_TOPIC
from stream.dead_letters.writing import SUFFIX
from stream.settings.kafka import KafkaSettings
from tests.e2e.worker_process import WorkerProcess

pytestmark = pytest.mark.kafka

MEGABYTE = 1024 * 1024
DISTINCT_CHANNELS = 10_000
KEPT_CHANNELS = 50


def opened(number: int, **changes: object) -> dict[str, Any]:
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": f"e-{number}",
        "source": "/test",
        "type": "helpdesk.ticket.opened.v1",
        "subject": f"T-{number}",
        "time": "2026-11-01T12:00:00Z",
        "data": {"channel": "email"},
    }
    return event | changes


BAD_TICKETS = {
    b"truncated": (orjson.dumps(opened(1))[:-20], b"not_json"),
    b"wrong-type": (orjson.dumps(opened(2, data={"channel": 7})), b"invalid"),
    b"unknown-type": (orjson.dumps(opened(3, type="helpdesk.ticket.vanished.v1")), b"unknown_type"),
    b"year-9999": (orjson.dumps(opened(4, time="9999-12-31T23:59:59Z")), b"time_out_of_range"),
    b"year-1989": (orjson.dumps(opened(5, time="1989-12-31T23:59:59Z")), b"time_out_of_range"),
    b"five-megabytes": (orjson.dumps(opened(6, padding="x" * 5 * MEGABYTE)), b"too_large"),
    b"tombstone": (None, b"invalid"),
    b"binary": (b"\xff\xfe\x00", b"not_json"),
}


async def read_dead_letters(kafka: KafkaSettings, topic: str, count: int) -> dict[bytes, Any]:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=kafka.bootstrap_servers, enable_auto_commit=False, max_partition_fetch_bytes=16 * MEGABYTE
    )
    await consumer.start()
    try:
        partitions = [TopicPartition(topic + SUFFIX, number) for number in range(kafka.partitions)]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        found: dict[bytes, Any] = {}
        for _ in range(120):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                found.update((record.key, record) for record in records)
            if len(found) >= count:
                break
        return found
    finally:
        await consumer.stop()


async def test_bad_records_are_dead_lettered_whole_and_the_worker_goes_on(kafka: KafkaSettings, tmp_path: Path) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers, max_request_size=16 * MEGABYTE)
    await producer.start()
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group) as worker:
        await worker.start()
        for key, (value, _) in BAD_TICKETS.items():
            await producer.send(TICKETS_TOPIC, key=key, value=value, headers=[("trace", b"kept")])
        off_the_scale = {
            **opened(7, type="helpdesk.survey.responded.v1"),
            "data": {"survey": "csat", "scale": "1-5", "score": 9},
        }
        await producer.send(SURVEYS_TOPIC, key=b"off-the-scale", value=orjson.dumps(off_the_scale))
        for number in range(DISTINCT_CHANNELS):
            event = opened(1_000 + number, data={"channel": f"channel {number}"})
            await producer.send(TICKETS_TOPIC, key=event["subject"].encode(), value=orjson.dumps(event))
        await producer.stop()
        await worker.until_caught_up()

        letters = await read_dead_letters(kafka, TICKETS_TOPIC, len(BAD_TICKETS))
        assert set(letters) == set(BAD_TICKETS)
        for key, (value, reason) in BAD_TICKETS.items():
            headers = dict(letters[key].headers)
            assert letters[key].value == value
            assert headers["deskpulse.reason"] == reason
            assert headers["trace"] == b"kept"
            assert headers["deskpulse.topic"] == TICKETS_TOPIC.encode()
        assert set(await read_dead_letters(kafka, SURVEYS_TOPIC, 1)) == {b"off-the-scale"}

        numbers = await worker.numbers()
        by_channel = numbers["windows"]["lifetime"]["tickets_opened_by_channel"]
        assert by_channel["other"] == DISTINCT_CHANNELS - KEPT_CHANNELS
        assert len(by_channel) == KEPT_CHANNELS + 1
        records = (await worker.get("/api/v1/worker"))["topics"][TICKETS_TOPIC]["records"]
        assert records["rejected"] == len(BAD_TICKETS)
        assert records["applied"] == DISTINCT_CHANNELS
        assert await worker.stop() == 0
