"""Topics that are deleted or grown under a running worker: it ends, and its last line says why and what to do."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Final

import pytest

from schemas.events import SLA_TOPIC, TICKETS_TOPIC
from stream.dead_letters.writing import SUFFIX
from stream.feeds.publish import publish
from stream.runtime.kafka.topics import changelog_of
from stream.settings.kafka import KafkaSettings
from tests.e2e.kafka_topics import delete_topic, grow_topic
from tests.e2e.load import spread
from tests.e2e.test_lost_changelog import SETTINGS, history, read_to_the_end, refused
from tests.e2e.worker_process import WorkerProcess

pytestmark = pytest.mark.kafka

LOAD_SECONDS: Final = 60.0


async def last_line_after_its_end(worker: WorkerProcess) -> str:
    assert await worker.wait() == 1
    return worker.log().splitlines()[-1]


@pytest.mark.parametrize("kind", ["changelog", "dead letters", "events"])
async def test_a_topic_that_is_deleted_under_a_quiet_worker_ends_it_with_what_to_do(
    kafka: KafkaSettings, tmp_path: Path, kind: str
) -> None:
    topic, way_out = {
        "changelog": (changelog_of(kafka, TICKETS_TOPIC), "`deskpulse state rebuild`"),
        "dead letters": (TICKETS_TOPIC + SUFFIX, "`deskpulse topics create`"),
        "events": (SLA_TOPIC, "`deskpulse topics create`"),
    }[kind]
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, SETTINGS) as worker:
        await read_to_the_end(kafka, worker, history(60))
        await delete_topic(kafka, topic)

        line = await last_line_after_its_end(worker)
        assert line.startswith(f"deskpulse: {topic} was deleted ")
        assert way_out in line


@pytest.mark.parametrize("kind", ["changelog", "events"])
async def test_a_topic_that_is_deleted_under_load_ends_the_worker_with_its_name_and_what_to_do(
    kafka: KafkaSettings, tmp_path: Path, kind: str
) -> None:
    topic = {"changelog": changelog_of(kafka, TICKETS_TOPIC), "events": SLA_TOPIC}[kind]
    events = history(3_000)
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, SETTINGS) as worker:
        await worker.start()
        load = asyncio.create_task(publish(spread(events, LOAD_SECONDS), kafka.bootstrap_servers))
        await asyncio.sleep(4)
        await delete_topic(kafka, topic)
        line = await last_line_after_its_end(worker)
        load.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await load

        # The brokers may have made it anew when the worker asked where it was.
        assert line.startswith(f"deskpulse: {topic}") or f"{topic}[" in line
        assert "deleted" in line
        assert "`deskpulse state rebuild`" in line or (kind == "events" and "`deskpulse topics create`" in line)


async def test_a_source_that_is_grown_under_a_worker_ends_it_and_it_does_not_start_before_the_state_is_moved(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, SETTINGS) as worker:
        await read_to_the_end(kafka, worker, history(60))
        await grow_topic(kafka, TICKETS_TOPIC, 6)

        line = await last_line_after_its_end(worker)
        assert line.startswith(f"deskpulse: {TICKETS_TOPIC} was given 6 partitions while the worker ran, it had 3: ")
        assert f"`deskpulse topics grow --topic {TICKETS_TOPIC} --partitions 6`" in line
        assert f"`deskpulse topics grow --topic {TICKETS_TOPIC} --partitions 6`" in await refused(worker)
