"""Calls on Kafka: read from their topic, restored from their changelog, and left alone where no desk takes them in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from schemas.events import CALLS_TOPIC, SURVEYS_TOPIC, TICKETS_TOPIC
from stream.feeds.publish import publish
from stream.feeds.simulator import SimulatedEvent, Simulator, SimulatorSettings
from stream.runtime.kafka.topics import changelog_of
from stream.settings.kafka import KafkaSettings
from tests.e2e.conftest import delete_all
from tests.e2e.test_new_kind import topics_of
from tests.e2e.worker_process import WorkerProcess
from tests.oracle import compute, differences

pytestmark = pytest.mark.kafka

SEED: Final = 23
END: Final = datetime(2026, 11, 2, 15, tzinfo=UTC)
SETTINGS: Final = {"DESKPULSE_CLOCK__MODE": "event", "DESKPULSE_KAFKA__SESSION_TIMEOUT_SECONDS": "3"}


def calls() -> list[SimulatedEvent]:
    """A week of calls, which ends in the midst of some of them."""
    history = Simulator(SimulatorSettings(), SEED).history(END - timedelta(days=7), END, 900)
    return [event for event in history if event.topic == CALLS_TOPIC]


async def test_calls_are_read_and_restored_and_equal_the_oracle(kafka: KafkaSettings, tmp_path: Path) -> None:
    events = calls()
    half = len(events) // 2
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, SETTINGS) as worker:
        await worker.start()
        await publish(events[:half], kafka.bootstrap_servers)
        await worker.until_caught_up()
        numbers = await worker.numbers()
        assert differences(compute(event.value for event in events[:half]), numbers) == []

        await worker.kill()
        await worker.start()
        await worker.until_caught_up()
        assert await worker.numbers() == numbers

        await publish(events[half:], kafka.bootstrap_servers)
        # The same call once more, as after a failure of whoever sends it.
        await publish(events[-20:], kafka.bootstrap_servers)
        await worker.until_caught_up()
        numbers = await worker.numbers()
        assert differences(compute(event.value for event in events), numbers) == []
        assert numbers["windows"]["lifetime"]["calls_queued"] > 100
        assert numbers["windows"]["lifetime"]["service_levels"]["20"]["late"] > 10
        assert await worker.stop() == 0


async def test_a_worker_of_tickets_and_surveys_makes_and_reads_their_topics_alone(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    try:
        await delete_all(admin)
    finally:
        await admin.close()
    settings = SETTINGS | {"DESKPULSE_DESKS": '["tickets", "surveys"]'}
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, settings) as worker:
        await worker.start()
        assert set((await worker.get("/api/v1/worker"))["topics"]) == {TICKETS_TOPIC, SURVEYS_TOPIC}
        numbers, scrape = await worker.numbers(), await worker.scrape()
        assert await worker.stop() == 0

    made = {
        topic
        for source in (TICKETS_TOPIC, SURVEYS_TOPIC)
        for topic in (source, f"{source}-dlt", changelog_of(kafka, source))
    }
    assert await topics_of(kafka) == made | {"helpdesk.sla"}
    assert not [name for name in numbers["windows"]["lifetime"] if name.startswith("call")]
    assert "helpdesk_call" not in scrape
