"""Agents on Kafka: their numbers after a crash and after a growth, and who falls silent while a worker runs."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from schemas.events import AGENTS_TOPIC
from stream.feeds.publish import Record, publish
from stream.feeds.simulator import Simulator, SimulatorSettings
from stream.settings.kafka import KafkaSettings
from tests.e2e.test_growing_topics import grown, write_settings
from tests.e2e.test_lost_changelog import SETTINGS
from tests.e2e.worker_process import WorkerProcess
from tests.event_records import record
from tests.oracle import compute, differences

pytestmark = pytest.mark.kafka

SEED: Final = 3
END: Final = datetime(2026, 11, 1, tzinfo=UTC)
TICKETS: Final = 600
SILENCE_SECONDS: Final = 360
LEFT_SECONDS: Final = 20
"""How much of its silence an agent has left when it is told of: as long as it takes to see the agent."""


def shifts() -> list[Record]:
    """What agents did in sixty days, of which the first ones are older than all windows."""
    events = Simulator(SimulatorSettings(), SEED).history(END - timedelta(days=60), END, TICKETS)
    return [event for event in events if event[0] == AGENTS_TOPIC]


async def differences_of(worker: WorkerProcess, events: list[Record]) -> list[str]:
    """Where a worker's numbers are not those of the whole log."""
    return differences(compute(value for _, _, value, _ in events), await worker.numbers())


async def test_agents_are_restored_after_a_crash_and_after_a_growth(kafka: KafkaSettings, tmp_path: Path) -> None:
    events = shifts()
    half = len(events) // 2
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, SETTINGS) as worker:
        await worker.start()
        await publish(events[half:], kafka.bootstrap_servers)
        await worker.until_caught_up()
        before = await worker.numbers()
        assert before["windows"]["30d"]["occupancy_ratio"] > 0
        await worker.kill()
        await worker.start()
        await worker.until_caught_up()
        assert await worker.numbers() == before

        await publish(events[:half], kafka.bootstrap_servers)
        await worker.until_caught_up()
        assert await differences_of(worker, events) == []
        assert await worker.stop() == 0

        write_settings(kafka, tmp_path)
        reports = await grown(tmp_path, 6, 1, "--topic", AGENTS_TOPIC)
        assert [(report["topic"], report["after"]) for report in reports] == [(AGENTS_TOPIC, 6)]
        await worker.start()
        await publish(events, kafka.bootstrap_servers)
        await worker.until_caught_up()
        assert await differences_of(worker, events) == []
        assert await worker.stop() == 0


async def test_who_falls_silent_leaves_a_running_worker_at_the_true_time(kafka: KafkaSettings, tmp_path: Path) -> None:
    settings = {"DESKPULSE_AGENTS__SILENCE_HOURS": str(SILENCE_SECONDS / 3_600)}
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, settings) as worker:
        await worker.start()
        began = datetime.now(UTC) - timedelta(seconds=SILENCE_SECONDS - LEFT_SECONDS)
        event = record("helpdesk.agent.state_changed.v1", "A-1", began.isoformat(), {"state": "busy"})
        await publish([(AGENTS_TOPIC, b"A-1", event, 0)], kafka.bootstrap_servers)
        await worker.until_caught_up()
        there = await worker.numbers()
        while (gone := await worker.numbers())["state"]["agents"]:
            assert datetime.fromisoformat(gone["now"]) < began + timedelta(seconds=SILENCE_SECONDS)
            await asyncio.sleep(1)

        assert there["state"]["agents_by_state"]["busy"] == 1
        assert datetime.fromisoformat(gone["now"]) >= began + timedelta(seconds=SILENCE_SECONDS)
        assert gone["windows"]["1h"]["agents_occupied"]["seconds"] == SILENCE_SECONDS
        assert await worker.stop() == 0
