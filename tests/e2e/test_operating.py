"""The commands for operators on a real Kafka."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from schemas.events import SURVEYS_TOPIC, TICKETS_TOPIC
from stream.desks.kinds import SOURCE_TOPICS
from stream.runtime.kafka.topics import changelog_of
from stream.settings.kafka import KafkaSettings
from tests.e2e.conftest import delete_all
from tests.e2e.test_dead_letter_replay import alter
from tests.e2e.test_invalid_share import send, tickets
from tests.e2e.test_renewed_source import make_anew
from tests.e2e.test_replayed_logs import command
from tests.e2e.worker_process import WorkerProcess

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


async def answer_of(
    kafka: KafkaSettings, folder: Path, *arguments: str, port: int = 0, status: int = 0
) -> dict[str, Any]:
    """What a command says in JSON, with the settings of a worker on this port."""
    settings = folder / "deskpulse.toml"
    settings.write_text(f'[kafka]\ngroup = "{kafka.group}"\npartitions = 3\n[web]\nport = {port}\n', "utf-8")
    ended, out, err = await command(
        *(*arguments, "--json", "--broker", kafka.bootstrap_servers, "--config", str(settings)), folder=folder
    )
    assert ended == status, err.decode()
    answer: dict[str, Any] = orjson.loads(out)
    return answer


def of_check(report: dict[str, Any], check: str) -> list[tuple[str, str]]:
    return [(each["severity"], each["what"]) for each in report["findings"] if each["check"] == check]


async def snapshot_of(kafka: KafkaSettings) -> dict[str, Any]:
    """All topics with their partitions, all groups, and where the partitions end."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    try:
        described = await admin.describe_topics()
        topics = {topic["topic"]: len(topic["partitions"]) for topic in described if not topic["is_internal"]}
        groups = sorted(await admin.list_consumer_groups())
    finally:
        await admin.close()
    partitions = [TopicPartition(topic, number) for topic, count in topics.items() for number in range(count)]
    async with AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap_servers) as consumer:
        ends = await consumer.end_offsets(partitions) if partitions else {}
        # The client cannot be stopped before its tasks have begun.
        await asyncio.sleep(0)
    return {"topics": topics, "groups": groups, "ends": ends}


async def configs_of(kafka: KafkaSettings, topic: str) -> dict[str, str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    try:
        (response,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
        return {entry[0]: entry[1] for entry in response.resources[0][4]}
    finally:
        await admin.close()


async def without_topics(kafka: KafkaSettings) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    try:
        await delete_all(admin)
    finally:
        await admin.close()


class TestTopics:
    async def test_topics_are_created_as_planned_and_nothing_is_left_to_tell(
        self, kafka: KafkaSettings, tmp_path: Path
    ) -> None:
        await without_topics(kafka)
        create = ("topics", "create", "--partitions", "5", "--retention-days", "2")
        planned = await answer_of(kafka, tmp_path, *create, "--dry-run")
        assert (await snapshot_of(kafka))["topics"] == {}
        created = await answer_of(kafka, tmp_path, *create)
        again = await answer_of(kafka, tmp_path, *create)

        assert planned["created"] == created["created"]
        names = {topic["name"] for topic in created["created"]}
        assert set((await snapshot_of(kafka))["topics"].items()) == {(name, 5) for name in names}
        assert (again["created"], set(again["existing"]), again["differences"]) == ([], names, [])
        assert (await configs_of(kafka, TICKETS_TOPIC))["retention.ms"] == "172800000"
        assert (await configs_of(kafka, changelog_of(kafka, SURVEYS_TOPIC)))["cleanup.policy"] == "compact"

    async def test_a_topic_that_cannot_serve_is_told_and_left_as_it_is(
        self, kafka: KafkaSettings, tmp_path: Path
    ) -> None:
        changelog = changelog_of(kafka, TICKETS_TOPIC)
        await alter(kafka, changelog, "cleanup.policy", "delete")
        report = await answer_of(kafka, tmp_path, "topics", "create", status=1)

        problems = [each for each in report["differences"] if each["severity"] == "problem"]
        assert {each["topic"] for each in problems} == {changelog}
        assert any("--add-config cleanup.policy=compact" in each["way_out"] for each in problems)
        assert (await configs_of(kafka, changelog))["cleanup.policy"] == "delete"

    async def test_more_replicas_than_there_are_brokers_are_one_clear_line(
        self, kafka: KafkaSettings, tmp_path: Path
    ) -> None:
        await without_topics(kafka)
        arguments = ("topics", "create", "--replication", "3", "--broker", kafka.bootstrap_servers)
        for more in ((), ("--dry-run",)):
            status, _, err = await command(*arguments, *more, folder=tmp_path)

            assert status == 1
            assert err.count(b"\n") == 1
            assert b"cannot be created" in err
        assert (await snapshot_of(kafka))["topics"] == {}


class TestDoctor:
    async def test_a_running_worker_is_found_healthy_and_nothing_is_written(
        self, kafka: KafkaSettings, tmp_path: Path
    ) -> None:
        async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group) as worker:
            await worker.start()
            await send(kafka, tickets(0))
            await worker.until_caught_up()
            port = int(worker.url.rpartition(":")[2])
            before = await snapshot_of(kafka)
            report = await answer_of(kafka, tmp_path, "doctor", port=port)

            assert report["worst"] == "ok"
            assert of_check(report, "port") == [("ok", f"a worker is on 127.0.0.1:{port} and ready")]
            ((_, group),) = of_check(report, "group")
            assert group == f"group {kafka.group} is Stable, 1 member, lag 0 records"
            ((_, state),) = of_check(report, "state")
            assert state.startswith(f"3 of {3 * len(SOURCE_TOPICS)} partitions have state")
            assert await snapshot_of(kafka) == before
            assert await worker.stop() == 0

    async def test_on_a_cluster_without_topics_it_says_how_to_create_them_and_creates_none(
        self, kafka: KafkaSettings, tmp_path: Path
    ) -> None:
        await without_topics(kafka)
        report = await answer_of(kafka, tmp_path, "doctor")

        missing = [what for severity, what in of_check(report, "topics") if severity == "warning"]
        # Of each kind the events, the dead letters and the changelog; and the events of SLA clocks.
        assert len(missing) == 3 * len(SOURCE_TOPICS) + 1
        assert (await snapshot_of(kafka))["topics"] == {}

    async def test_a_source_topic_that_was_made_anew_is_a_problem(self, kafka: KafkaSettings, tmp_path: Path) -> None:
        async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group) as worker:
            await worker.start()
            await send(kafka, tickets(0))
            await worker.until_caught_up()
            assert await worker.stop() == 0
        await make_anew(kafka)
        report = await answer_of(kafka, tmp_path, "doctor", status=1)

        found = of_check(report, "state")
        assert {severity for severity, _ in found} == {"problem"}
        assert all("deleted and created again" in what for _, what in found)

    async def test_records_that_were_deleted_unread_are_a_problem(self, kafka: KafkaSettings, tmp_path: Path) -> None:
        async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group) as worker:
            await worker.start()
            await send(kafka, tickets(0))
            await worker.until_caught_up()
            assert await worker.stop() == 0
        await send(kafka, tickets(1_000))
        await delete_before_the_last(kafka)
        report = await answer_of(kafka, tmp_path, "doctor", status=1)

        found = of_check(report, "state")
        assert {severity for severity, _ in found} == {"problem"}
        assert all("were deleted unread" in what for _, what in found)

    async def test_a_changelog_with_another_number_of_partitions_is_a_problem(
        self, kafka: KafkaSettings, tmp_path: Path
    ) -> None:
        await without_topics(kafka)
        admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
        await admin.start()
        await admin.create_topics([NewTopic(TICKETS_TOPIC, 3, 1), NewTopic(changelog_of(kafka, TICKETS_TOPIC), 2, 1)])
        await admin.close()
        report = await answer_of(kafka, tmp_path, "doctor", status=1)

        problems = [what for severity, what in of_check(report, "topics") if severity == "problem"]
        assert f"{changelog_of(kafka, TICKETS_TOPIC)} has 2 partitions, not 3 as its source {TICKETS_TOPIC}" in problems

    async def test_events_from_the_future_tell_of_a_wrong_clock(self, kafka: KafkaSettings, tmp_path: Path) -> None:
        async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers) as producer:
            value = orjson.dumps({"time": "2099-01-01T00:00:00Z"})
            await producer.send_and_wait(TICKETS_TOPIC, key=b"T-1", value=value, partition=0)
        report = await answer_of(kafka, tmp_path, "doctor", status=1)

        ((severity, what),) = of_check(report, "clocks")
        assert severity == "problem"
        assert "it is dead-lettered" in what

    async def test_a_port_with_something_else_on_it_is_a_problem(self, kafka: KafkaSettings, tmp_path: Path) -> None:
        server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            report = await answer_of(kafka, tmp_path, "doctor", port=port, status=1)

        assert of_check(report, "port") == [("problem", f"something that is not a worker is on 127.0.0.1:{port}")]


async def delete_before_the_last(kafka: KafkaSettings) -> None:
    """Delete all but the last record of each partition of the tickets, as retention does."""
    partitions = [TopicPartition(TICKETS_TOPIC, number) for number in range(kafka.partitions)]
    async with AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap_servers) as consumer:
        ends = await consumer.end_offsets(partitions)
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    try:
        await admin.delete_records({tp: RecordsToDelete(before_offset=ends[tp] - 1) for tp in partitions})
    finally:
        await admin.close()
