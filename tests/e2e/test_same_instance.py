from __future__ import annotations

import asyncio
import sys
from itertools import permutations
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer

from schemas.events import TICKETS_TOPIC
from stream.runtime.kafka.group import explain_fencing
from stream.runtime.kafka.membership import Identity
from stream.settings.kafka import KafkaSettings
from tests.e2e.test_invalid_share import TICKETS, send, tickets
from tests.e2e.worker_process import WorkerProcess

pytestmark = pytest.mark.kafka

SESSION = {"DESKPULSE_KAFKA__INSTANCE_ID": "desk-1", "DESKPULSE_KAFKA__SESSION_TIMEOUT_SECONDS": "6"}
ELSEWHERE = Identity("elsewhere", 6066, 7, 8)


def last_words(worker: WorkerProcess) -> str:
    (line,) = [line for line in worker.log().splitlines() if line.startswith("deskpulse: ")]
    return line


def folder(path: Path) -> Path:
    path.mkdir()
    return path


async def test_a_second_worker_of_the_same_name_is_refused_and_the_first_goes_on(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    async with (
        WorkerProcess(kafka.bootstrap_servers, folder(tmp_path / "1"), kafka.group, SESSION) as first,
        WorkerProcess(kafka.bootstrap_servers, folder(tmp_path / "2"), kafka.group, SESSION) as second,
    ):
        await first.start()
        await second.launch()
        assert await second.wait() == 1

        said = last_words(second)
        assert "kafka.instance_id 'desk-1' is in use by the worker at " in said
        assert f":{first.url.rpartition(':')[2]} (process " in said
        await send(kafka, tickets(0))
        await first.until_caught_up()
        assert (await first.numbers())["windows"]["lifetime"]["tickets_opened"] == TICKETS
        settings = kafka.model_copy(update={"instance_id": "desk-1"})
        assert said.partition("deskpulse: ")[2] == await explain_fencing(settings, "desk-1", ELSEWHERE)

        # Its membership is still there, but it is not.
        await first.kill()
        await second.start()
        assert "a moment ago" not in second.log()
        assert await second.stop() == 0


async def member_elsewhere(kafka: KafkaSettings) -> AIOKafkaConsumer:
    consumer = AIOKafkaConsumer(
        TICKETS_TOPIC,
        bootstrap_servers=kafka.bootstrap_servers,
        group_id=kafka.group,
        group_instance_id="desk-1",
        client_id=ELSEWHERE.client_id,
        session_timeout_ms=6_000,
        heartbeat_interval_ms=1_000,
        enable_auto_commit=False,
    )
    await consumer.start()
    return consumer


async def test_a_worker_elsewhere_is_given_its_session_to_show_that_it_has_ended(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    consumer = await member_elsewhere(kafka)
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, SESSION) as worker:
        await worker.launch()
        assert await worker.wait() == 1
        assert "is in use by the worker at elsewhere:6066 (process 7, seen by Kafka at 127.0.0.1)" in last_words(worker)

        # A static member stays in its group until its session ends.
        await consumer.stop()
        await worker.start()
        assert worker.log().count("the worker at elsewhere:6066 (process 7") == 3
        assert await worker.stop() == 0


class UncheckedWorker(WorkerProcess):
    """A worker that does not look whether its name is free, as one that started at the same moment found it to be."""

    def _command(self) -> tuple[str, ...]:
        program = (
            "from stream.cli import main, worker\n"
            "async def unchecked(*_): pass\n"
            "worker.check_instance = unchecked\n"
            "main()"
        )
        return sys.executable, "-c", program, "worker"


async def test_of_two_workers_that_have_started_with_one_name_one_ends_and_says_who_has_it(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    async with (
        WorkerProcess(kafka.bootstrap_servers, folder(tmp_path / "1"), kafka.group, SESSION) as first,
        UncheckedWorker(kafka.bootstrap_servers, folder(tmp_path / "2"), kafka.group, SESSION) as second,
    ):
        await first.start()
        await second.launch()
        ends = {
            asyncio.ensure_future(worker.wait()): (worker, other) for worker, other in permutations((first, second))
        }
        done, pending = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        ended, other = ends[done.pop()]

        assert ended.status == 1
        said = last_words(ended)
        assert "kafka.instance_id 'desk-1' is in use by the worker at " in said
        assert f":{other.url.rpartition(':')[2]} (process " in said
        assert "FencedError" not in said


async def test_nobody_of_that_name_leaves_a_hint_at_the_setting(kafka: KafkaSettings) -> None:
    said = await explain_fencing(kafka, "desk-1", ELSEWHERE)

    assert said == "if another worker has the kafka.instance_id 'desk-1' as well, give each a name of its own"
