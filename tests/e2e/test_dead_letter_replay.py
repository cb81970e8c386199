from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from schemas.events import SURVEYS_TOPIC, TICKETS_TOPIC
from stream.desks.kinds import SOURCE_TOPICS
from stream.feeds.simulator import SimulatedEvent, Simulator, SimulatorSettings
from stream.settings.kafka import KafkaSettings
from tests.e2e.test_bad_input import opened
from tests.e2e.test_replayed_logs import command
from tests.e2e.worker_process import WorkerProcess
from tests.oracle import compute, differences

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

SEED = 7
TICKETS = 200
SPOILT_EVERY = 17
END = datetime(2026, 11, 1, tzinfo=UTC)
WORKER = {"DESKPULSE_CLOCK__MODE": "event"}


def history() -> list[SimulatedEvent]:
    return list(Simulator(SimulatorSettings(), SEED).history(END - timedelta(days=20), END, TICKETS))


def spoilt(value: bytes) -> bytes:
    """The value as no decoder takes it, from which it can be made whole again."""
    return b"broken " + base64.b64encode(value)


def mended(text: str) -> Any:  # noqa: ANN401 - JSON
    return orjson.loads(base64.b64decode(text.removeprefix("broken ")))


async def dlt(kafka: KafkaSettings, folder: Path, *arguments: str, status: int = 0) -> dict[str, Any]:
    arguments = ("dlt", *arguments, "--json", "--broker", kafka.bootstrap_servers)
    ended, out, err = await command(*arguments, folder=folder)
    assert ended == status, err.decode()
    answer: dict[str, Any] = orjson.loads(out)
    return answer


async def publish(kafka: KafkaSettings, topic: str, value: bytes, *, partition: int = 0) -> int:
    """Send one record; its offset."""
    async with AIOKafkaProducer(
        bootstrap_servers=kafka.bootstrap_servers, max_request_size=16 * 1024 * 1024
    ) as producer:
        sent = await producer.send_and_wait(topic, key=b"T-1", value=value, partition=partition)
    offset: int = sent.offset
    return offset


async def records_of(kafka: KafkaSettings, topic: str) -> list[Any]:
    """All records of a topic."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=kafka.bootstrap_servers, enable_auto_commit=False, max_partition_fetch_bytes=16 * 1024 * 1024
    )
    await consumer.start()
    try:
        partitions = [TopicPartition(topic, number) for number in range(kafka.partitions)]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        ends = await consumer.end_offsets(partitions)
        found: list[Any] = []
        for _ in range(600):
            for records in (await consumer.getmany(timeout_ms=100)).values():
                found += records
            if all([await consumer.position(partition) >= ends[partition] for partition in partitions]):
                break
        return found
    finally:
        await consumer.stop()


def repaired_lines(listing: Mapping[str, Any]) -> bytes:
    return b"".join(
        orjson.dumps({"origin": letter["origin"], "value": mended(letter["value"])}) + b"\n"
        for letter in listing["letters"]
    )


async def test_repaired_dead_letters_enter_the_metrics_exactly_once(kafka: KafkaSettings, tmp_path: Path) -> None:
    events = history()
    poison = 0
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, WORKER) as worker:
        await worker.start()
        async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers) as producer:
            for number, event in enumerate(events):
                value = event.value if number % SPOILT_EVERY else spoilt(event.value)
                poison += value is not event.value
                await producer.send(event.topic, key=event.key, value=value, headers=[("trace", b"kept")])
        await worker.until_caught_up()
        assert differences(compute(event.value for event in events), await worker.numbers()) != []

        listing = await dlt(kafka, tmp_path, "list", "--limit", "100000")
        assert (listing["total"], listing["reasons"]) == (poison, {"not_json": poison})
        repaired = tmp_path / "repaired.jsonl"
        repaired.write_bytes(repaired_lines(listing))
        replay = ("replay", "--file", str(repaired), "--max", str(poison - 1))
        tried = await dlt(kafka, tmp_path, *replay, "--dry-run")
        assert len(tried["sent"]) == poison - 1
        first = await dlt(kafka, tmp_path, *replay)
        assert (first["sent"], first["left"]) == (tried["sent"], 1)
        second = await dlt(kafka, tmp_path, *replay)
        assert (len(second["sent"]), second["replayed_before"]) == (1, poison - 1)
        third = await dlt(kafka, tmp_path, *replay)
        assert (third["sent"], third["replayed_before"]) == ([], poison)

        await worker.until_caught_up()
        assert differences(compute(event.value for event in events), await worker.numbers()) == []
        assert (await dlt(kafka, tmp_path, "list"))["total"] == 0
        assert await worker.stop() == 0

    sent = [record for topic in SOURCE_TOPICS for record in await records_of(kafka, topic)]
    assert len(sent) == len(events) + poison
    again = [record for record in sent if "deskpulse.replay-count" in dict(record.headers)]
    assert len(again) == poison
    for record in again:
        headers = dict(record.headers)
        assert headers["trace"] == b"kept"
        assert headers["deskpulse.replay-count"] == b"1"
        assert headers["deskpulse.replay-origin"].startswith(f"{record.topic}:{record.partition}:".encode())
        assert "deskpulse.reason" not in headers


async def test_a_letter_that_fails_again_is_open_again_and_the_one_before_is_not(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group) as worker:
        await worker.start()
        offset = await publish(kafka, TICKETS_TOPIC, b"{", partition=1)
        await worker.until_caught_up()
        origin = f"{TICKETS_TOPIC}:1:{offset}"
        assert (await dlt(kafka, tmp_path, "replay", "--reason", "not_json"))["sent"] == [origin]
        await worker.until_caught_up()

        (letter,) = (await dlt(kafka, tmp_path, "list"))["letters"]
        assert (letter["replays"], letter["first_origin"]) == (1, origin)
        assert letter["origin"] != origin
        both = (await dlt(kafka, tmp_path, "list", "--all"))["letters"]
        assert [each["status"] for each in both] == ["superseded", "open"]

        fixed = tmp_path / "fixed.json"
        fixed.write_bytes(orjson.dumps(opened(1)))
        named = ("replay", "--file", str(fixed), "--origin", origin)
        assert (await dlt(kafka, tmp_path, *named))["sent"] == [letter["origin"]]
        assert (await dlt(kafka, tmp_path, *named))["sent"] == []
        await worker.until_caught_up()
        assert (await dlt(kafka, tmp_path, "list"))["total"] == 0
        assert (await worker.numbers())["windows"]["lifetime"]["tickets_opened"] == 1
        assert await worker.stop() == 0


async def test_a_value_that_the_letter_does_not_have_is_read_from_the_source_topic(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    settings = {"DESKPULSE_LIMITS__MAX_RECORD_BYTES": "2000"}
    value = orjson.dumps(opened(1, padding="x" * 5_000_000))
    await alter(kafka, f"{TICKETS_TOPIC}-dlt", "max.message.bytes", "100000")
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, settings) as worker:
        await worker.start()
        offset = await publish(kafka, TICKETS_TOPIC, value, partition=2)
        await worker.until_caught_up()
        assert await worker.stop() == 0

    (letter,) = (await dlt(kafka, tmp_path, "list"))["letters"]
    assert (letter["value_omitted"], letter["size"], letter["value"]) == (True, len(value), None)
    place = (TICKETS_TOPIC, "2", str(offset))
    status, out, _ = await command(
        *("dlt", "show", *place, "--raw", "--broker", kafka.bootstrap_servers), folder=tmp_path
    )
    assert (status, out) == (0, value)

    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group) as worker:
        await worker.start()
        await alter(kafka, TICKETS_TOPIC, "max.message.bytes", "10000000")
        larger = {"DESKPULSE_LIMITS__MAX_RECORD_BYTES": "10000000"}
        assert await worker.stop() == 0
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, larger) as worker:
        await worker.start()
        assert len((await dlt(kafka, tmp_path, "replay"))["sent"]) == 1
        await worker.until_caught_up()
        assert (await worker.numbers())["windows"]["lifetime"]["tickets_opened"] == 1
        assert await worker.stop() == 0


async def test_a_value_that_nobody_has_any_more_is_told_and_not_sent(kafka: KafkaSettings, tmp_path: Path) -> None:
    headers = [
        ("deskpulse.reason", b"too_large"),
        ("deskpulse.detail", b"5000000 bytes, at most 2000 are read"),
        ("deskpulse.topic", TICKETS_TOPIC.encode()),
        ("deskpulse.partition", b"0"),
        ("deskpulse.offset", b"41"),
        ("deskpulse.timestamp", b"1709553600123"),
        ("deskpulse.value-omitted", b"5000000"),
    ]
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers) as producer:
        await producer.send_and_wait(f"{TICKETS_TOPIC}-dlt", key=b"T-1", value=None, partition=0, headers=headers)
        headers[3] = ("deskpulse.partition", b"99")
        await producer.send_and_wait(f"{TICKETS_TOPIC}-dlt", key=b"T-1", value=b"{", partition=0, headers=headers[:-1])

    report = await dlt(kafka, tmp_path, "replay", status=1)
    assert report["sent"] == []
    failures = {failure["origin"]: failure["why"] for failure in report["failed"]}
    assert set(failures) == {f"{TICKETS_TOPIC}:0:41", f"{TICKETS_TOPIC}:99:41"}
    assert "5000000 bytes" in failures[f"{TICKETS_TOPIC}:0:41"]
    assert failures[f"{TICKETS_TOPIC}:99:41"] == f"{TICKETS_TOPIC} has no partition 99 any more"
    assert await records_of(kafka, TICKETS_TOPIC) == []


async def test_the_list_is_narrowed_by_topic_and_reason_and_shows_what_was_sent(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group) as worker:
        await worker.start()
        await publish(kafka, TICKETS_TOPIC, b"{")
        await publish(kafka, TICKETS_TOPIC, b"{}")
        offset = await publish(kafka, SURVEYS_TOPIC, b"\xff\x1b[2J")
        await worker.until_caught_up()
        assert await worker.stop() == 0

    assert (await dlt(kafka, tmp_path, "list"))["reasons"] == {"not_json": 2, "invalid": 1}
    assert (await dlt(kafka, tmp_path, "list", "--topic", TICKETS_TOPIC))["total"] == 2
    (letter,) = (await dlt(kafka, tmp_path, "list", "--reason", "invalid"))["letters"]
    assert letter["value"] == "{}"
    place = ("dlt", "show", SURVEYS_TOPIC, "0", str(offset), "--broker", kafka.bootstrap_servers)
    assert (await command(*place, "--raw", folder=tmp_path))[1] == b"\xff\x1b[2J"
    assert b"\x1b" not in (await command(*place, folder=tmp_path))[1]


async def alter(kafka: KafkaSettings, topic: str, name: str, value: str) -> None:
    """Change one setting of a topic."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    try:
        (response,) = await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, {name: value})])
        assert not response.resources[0][0]
    finally:
        await admin.close()
