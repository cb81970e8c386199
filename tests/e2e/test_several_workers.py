from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from stream.desks.kinds import SOURCE_TOPICS
from stream.feeds.publish import publish
from stream.feeds.simulator import Simulator, SimulatorSettings
from stream.settings.kafka import KafkaSettings
from tests.e2e.load import spread
from tests.e2e.worker_process import READY_SECONDS, WorkerProcess, partitions_held, until_it_holds
from tests.oracle import compute, differences

pytestmark = pytest.mark.kafka

SEED = 7
TICKETS = 4_000
LOAD_SECONDS = 30.0
END = datetime(2026, 11, 1, tzinfo=UTC)
SETTINGS = {"DESKPULSE_CLOCK__MODE": "event", "DESKPULSE_KAFKA__SESSION_TIMEOUT_SECONDS": "6"}


async def until_shared(one: WorkerProcess, two: WorkerProcess, partitions: int) -> None:
    """Wait until each of two workers holds some of so many partitions, and both together all of them."""
    async with asyncio.timeout(READY_SECONDS):
        while True:
            held = await partitions_held(one), await partitions_held(two)
            if all(held) and sum(held) == partitions:
                return
            await asyncio.sleep(0.2)


async def test_partitions_that_move_between_workers_under_load_lose_and_double_nothing(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    events = list(Simulator(SimulatorSettings(), SEED).history(END - timedelta(days=40), END, TICKETS))
    everything = len(SOURCE_TOPICS) * kafka.partitions
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    async with (
        WorkerProcess(kafka.bootstrap_servers, tmp_path / "one", kafka.group, SETTINGS) as one,
        WorkerProcess(kafka.bootstrap_servers, tmp_path / "two", kafka.group, SETTINGS) as two,
    ):
        await one.start()
        load = asyncio.create_task(publish(spread(events, LOAD_SECONDS), kafka.bootstrap_servers))
        await asyncio.sleep(3)
        await two.start()
        await until_shared(one, two, everything)
        await two.kill()
        await until_it_holds(one, everything)
        await asyncio.sleep(1)
        await two.start()
        await asyncio.sleep(2)
        assert await one.stop() == 0
        await until_it_holds(two, everything)
        assert await load == len(events)
        await two.until_caught_up()
        actual = await two.numbers()
        assert await two.stop() == 0

    assert differences(compute(event.value for event in events), actual) == []
