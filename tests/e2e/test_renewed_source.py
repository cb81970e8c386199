from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from schemas.events import TICKETS_TOPIC
from stream.settings.kafka import KafkaSettings
from tests.e2e.test_invalid_share import send, tickets
from tests.e2e.worker_process import WorkerProcess

pytestmark = pytest.mark.kafka

WORDS = "the topic was deleted and created again, and its events would be skipped; set a new kafka.group"

MADE_ANEW = ("", " and created again", " and created again with 1 partitions instead of 3")


async def make_anew(kafka: KafkaSettings) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    try:
        await admin.delete_topics([TICKETS_TOPIC])
        for _ in range(600):
            response = await admin.create_topics([NewTopic(TICKETS_TOPIC, kafka.partitions, 1)])
            if not response.topic_errors[0][1]:
                break
            await asyncio.sleep(0.1)
    finally:
        await admin.close()


async def start_on_some_tickets(worker: WorkerProcess, kafka: KafkaSettings) -> None:
    await worker.start()
    await send(kafka, tickets(0))
    await worker.until_caught_up()


def complaint(worker: WorkerProcess) -> str:
    """The one line that the worker ended with."""
    (line,) = [line for line in worker.log().splitlines() if line.startswith("deskpulse: ")]
    return line


async def test_a_worker_does_not_start_on_a_source_topic_that_was_made_anew(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group) as worker:
        await start_on_some_tickets(worker, kafka)
        assert await worker.stop() == 0
        await make_anew(kafka)
        await send(kafka, tickets(1_000, 10))
        await worker.launch()

        assert await worker.wait() == 1
        assert complaint(worker).startswith(f"deskpulse: {TICKETS_TOPIC}[")
        assert WORDS in complaint(worker)

    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, f"{kafka.group}-anew") as worker:
        await worker.start()
        await worker.until_caught_up()
        assert (await worker.numbers())["windows"]["lifetime"]["tickets_opened"] == 10


async def test_a_worker_stops_when_its_source_topic_is_made_anew_while_it_runs_and_does_not_start_again(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group) as worker:
        await start_on_some_tickets(worker, kafka)
        await make_anew(kafka)
        await send(kafka, tickets(1_000, 10))

        assert await worker.wait() == 1
        # Whether it sees that the topic is gone or that it is another one depends on when it looks.
        gone = [f"{TICKETS_TOPIC} was deleted{again} while the worker ran" for again in MADE_ANEW]
        assert any(words in complaint(worker) for words in (*gone, WORDS))
        # While somebody asked for it, the broker may have made the topic with other partitions.
        await make_anew(kafka)
        await worker.launch()
        assert await worker.wait() == 1
        assert WORDS in worker.log().splitlines()[-1]


async def test_a_worker_that_does_not_see_its_source_topic_go_stops_at_the_one_made_anew(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group) as worker:
        await start_on_some_tickets(worker, kafka)
        worker.freeze()
        await make_anew(kafka)
        await send(kafka, tickets(1_000, 500))
        worker.thaw()

        assert await worker.wait() == 1
        assert f"{TICKETS_TOPIC} was deleted and created again while the worker ran" in complaint(worker)
        assert "set a new kafka.group" in complaint(worker)
