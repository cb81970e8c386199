"""A worker that is silent for longer than its session and then goes on, when its partitions are another's."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
import pytest_asyncio

from stream.cli.snapshot import WorkerUnreachableError
from stream.desks.kinds import SOURCE_TOPICS
from stream.feeds.publish import publish
from stream.feeds.simulator import SimulatedEvent, Simulator, SimulatorSettings
from stream.runtime.kafka.broker import ensure_topics
from stream.settings.kafka import KafkaSettings
from tests.e2e.load import spread
from tests.e2e.worker_process import READY_SECONDS, WorkerProcess, partitions_held, until_it_holds
from tests.kafka.broker import KafkaBroker
from tests.kafka.link import Link
from tests.kafka.properties import Node
from tests.oracle import compute, differences

pytestmark = pytest.mark.kafka

SEED: Final = 4
END: Final = datetime(2025, 11, 1, tzinfo=UTC)
PARTITIONS: Final = 2
EVERYTHING: Final = PARTITIONS * len(SOURCE_TOPICS)
SESSION_SECONDS: Final = 3
FREEZES: Final = 8
SETTINGS: Final = {
    "DESKPULSE_CLOCK__MODE": "event",
    "DESKPULSE_KAFKA__SESSION_TIMEOUT_SECONDS": str(SESSION_SECONDS),
}


class Pair(NamedTuple):
    """A worker whose connections can be cut, another one, and how to reach the broker."""

    cut_off: WorkerProcess
    other: WorkerProcess
    fresh: WorkerProcess
    link: Link
    address: str


@pytest_asyncio.fixture
async def pair(tmp_path: Path, kafka_broker: KafkaBroker) -> AsyncIterator[Pair]:
    assert kafka_broker.running  # so that a machine without Java skips, or fails, as for all other tests
    link = Link("WORKER", 1)
    with KafkaBroker(tmp_path / "kafka", node=Node(1, listeners=(link.listener(0),))) as broker:
        await link.heal()
        settings = KafkaSettings(bootstrap_servers=broker.address, group="zombie", partitions=PARTITIONS)
        await ensure_topics(settings, SOURCE_TOPICS)
        for name in ("cut-off", "other", "fresh"):
            (tmp_path / name).mkdir()
        async with (
            WorkerProcess(link.address, tmp_path / "cut-off", "zombie", SETTINGS) as cut_off,
            WorkerProcess(broker.address, tmp_path / "other", "zombie", SETTINGS) as other,
            WorkerProcess(broker.address, tmp_path / "fresh", "zombie", SETTINGS) as fresh,
        ):
            yield Pair(cut_off, other, fresh, link, broker.address)
        await link.cut()
    link.release()


def history(tickets: int) -> list[SimulatedEvent]:
    return list(Simulator(SimulatorSettings(), SEED).history(END - timedelta(days=40), END, tickets))


async def restored(worker: WorkerProcess) -> dict[str, Any]:
    """The numbers of a worker that starts now and restores everything."""
    await worker.start()
    await until_it_holds(worker, EVERYTHING)
    await worker.until_caught_up()
    numbers = await worker.numbers()
    assert await worker.stop() == 0
    return numbers


async def until_it_is_back(worker: WorkerProcess, partitions: int) -> None:
    """Wait until a worker holds so many partitions; if it ends meanwhile, it is started again, as by a supervisor.

    Whether it outlives that it was away is a question of how long that was.
    """
    deadline = time.monotonic() + 2 * READY_SECONDS
    held = None
    while held != partitions:
        assert time.monotonic() < deadline, f"it holds {held} partitions, not {partitions}: {worker.log()[-3000:]}"
        await asyncio.sleep(0.2)
        if worker.status is not None:
            await worker.launch()
        try:
            held = await partitions_held(worker)
        except WorkerUnreachableError:
            held = None


async def test_an_append_that_was_held_up_until_the_partition_had_a_new_owner_changes_nothing(pair: Pair) -> None:
    events = history(3_000)
    await pair.cut_off.start()
    await until_it_holds(pair.cut_off, EVERYTHING)
    load = asyncio.create_task(publish(spread(events, 12.0), pair.address))
    await asyncio.sleep(4)
    # What it fetches and works on now cannot be written, and waits in the client for the connection.
    await pair.link.cut()
    await pair.other.start()
    await until_it_holds(pair.other, EVERYTHING)
    assert await load == len(events)
    await pair.other.until_caught_up()
    await pair.link.heal()
    # The two of them share the partitions once the one that was cut off has joined again.
    await until_it_is_back(pair.cut_off, EVERYTHING // 2)

    assert await pair.cut_off.stop() == 0
    assert await pair.other.stop() == 0
    assert differences(compute(event.value for event in events), await restored(pair.fresh)) == []


@pytest.mark.slow
async def test_a_worker_frozen_again_and_again_at_random_moments_changes_nothing_that_its_successor_wrote(
    pair: Pair,
) -> None:
    events = history(8_000)
    moments = random.Random(SEED)
    await pair.cut_off.start()
    await pair.other.start()
    load = asyncio.create_task(publish(spread(events, FREEZES * 7.0), pair.address))
    for _ in range(FREEZES):
        await asyncio.sleep(moments.uniform(0.5, 2.5))
        pair.cut_off.freeze()
        await until_it_holds(pair.other, EVERYTHING)
        pair.cut_off.thaw()
        await until_it_is_back(pair.cut_off, EVERYTHING // 2)
    assert await load == len(events)

    assert await pair.cut_off.stop() == 0
    await until_it_holds(pair.other, EVERYTHING)
    await pair.other.until_caught_up()
    expected = compute(event.value for event in events)
    assert differences(expected, await pair.other.numbers()) == []
    assert await pair.other.stop() == 0
    assert differences(expected, await restored(pair.fresh)) == []
