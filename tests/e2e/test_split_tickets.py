from __future__ import annotations

import asyncio
from pathlib import Path

import orjson
import pytest
from aiokafka import AIOKafkaProducer

from schemas.events import TICKETS_TOPIC
from stream.desks.kinds import SOURCE_TOPICS
from stream.doctor.examination import examine
from stream.runtime.kafka.topics import Health
from stream.settings.kafka import KafkaSettings
from stream.settings.settings import Settings
from tests.e2e.test_bad_input import opened
from tests.e2e.worker_process import WorkerProcess

pytestmark = pytest.mark.kafka

PROGRAM = "from stream.cli import main\nfrom stream.runtime import timer\ntimer.LOOK_EVERY = 1\nmain()"


class AttentiveWorker(WorkerProcess):
    """A worker that looks for split tickets each second, not each minute."""

    def _command(self) -> tuple[str, ...]:
        python, *_ = super()._command()
        return python, "-c", PROGRAM, "worker"


async def test_a_ticket_under_two_keys_is_told_by_the_worker_and_by_the_doctor(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    opening = opened(0)
    reply = {**opening, "id": "reply", "type": "helpdesk.ticket.replied.v1", "data": {"actor": "agent"}}
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers) as producer:
        for partition, event in ((0, opening), (1, reply)):
            await producer.send_and_wait(TICKETS_TOPIC, orjson.dumps(event), key=b"any", partition=partition)
    async with AttentiveWorker(kafka.bootstrap_servers, tmp_path, kafka.group) as worker:
        await worker.start()
        await worker.until_caught_up()
        for _ in range(600):
            await asyncio.sleep(0.1)
            if "helpdesk_split_tickets 1.0" in await worker.scrape():
                break
        assert "helpdesk_split_tickets 1.0" in await worker.scrape()
        (told,) = [line for line in worker.log().splitlines() if "each part counts as a ticket of its own" in line]
        assert f"Events of ticket {opening['subject']!r} came to partitions 1 and 0" in told
        assert await worker.stop() == 0

    findings = await examine(Settings(kafka=kafka), SOURCE_TOPICS, with_keys=True)
    keys = [finding for finding in findings if finding.check == "keys"]
    assert [finding.severity for finding in keys] == [Health.PROBLEM, *[Health.OK] * (len(SOURCE_TOPICS) - 1)]
    assert keys[0].what.endswith(f"{opening['subject']!r} in 0, 1")
