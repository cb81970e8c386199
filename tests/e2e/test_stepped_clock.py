"""A machine whose clock is set ahead, and back, under a running worker."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.events import SlaActivated, SlaRetracted
from stream.settings.kafka import KafkaSettings
from tests.e2e.machine_clock import MachineClock
from tests.e2e.sla_events import published_sla_events
from tests.e2e.test_sla_breach import breaches, opened, publish, until
from tests.e2e.worker_process import READY_SECONDS, WorkerProcess

pytestmark = pytest.mark.kafka

AHEAD = 3_000
REFUSED = 7_200
"""Further ahead than brokers allow by default."""

POLICY = """
[[sla.policies]]
name = "hour"
[sla.policies.targets]
first_reply = "30m"
"""


def worker_on(clock: MachineClock, kafka: KafkaSettings, folder: Path, skew: int) -> WorkerProcess:
    """A worker that goes by this clock."""
    (folder / "deskpulse.toml").write_text(POLICY)
    settings = {
        "DESKPULSE_CLOCK__SKEW_SECONDS": str(skew),
        # What the client has compiled stamps records with the time of the true machine.
        "AIOKAFKA_NO_EXTENSIONS": "1",
        **clock.environment,
    }
    return WorkerProcess(kafka.bootstrap_servers, folder, kafka.group, settings)


async def clock_step(worker: WorkerProcess) -> float:
    """By how much the worker says that its machine's clock has stepped, in seconds."""
    return await gauge(worker, "helpdesk_clock_step_seconds")


async def gauge(worker: WorkerProcess, name: str) -> float:
    """The value of a gauge without labels."""
    (line,) = [line for line in (await worker.scrape()).splitlines() if line.startswith(f"{name} ")]
    return float(line.split()[1])


async def said(worker: WorkerProcess, words: str) -> None:
    """Wait until a worker has said something."""
    deadline = time.monotonic() + READY_SECONDS
    while words not in worker.log():
        assert time.monotonic() < deadline, worker.log()
        await asyncio.sleep(0.2)


async def test_breaches_of_a_clock_that_was_ahead_are_retracted_when_it_is_set_right(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    machine = MachineClock(tmp_path)
    async with worker_on(machine, kafka, tmp_path, skew=3_600) as worker:
        await worker.start()
        await publish(kafka, opened("T-1", datetime.now(UTC)))
        await until(kafka, lambda events: any(isinstance(event, SlaActivated) for event in events))
        machine.set_ahead(AHEAD)
        (breach,) = breaches(await until(kafka, lambda events: bool(breaches(events))))
        assert AHEAD - 1 < await clock_step(worker) < AHEAD + 1

        machine.set_ahead(0)
        events = await until(kafka, lambda events: any(isinstance(event, SlaRetracted) for event in events))
        retracted = [event.data.retracts for event in events if isinstance(event, SlaRetracted)]
        assert breach.id in retracted

        await publish(kafka, opened("T-2", datetime.now(UTC)))
        await until(kafka, lambda events: any(event.subject == "T-2" for event in events))
        await asyncio.sleep(3)
        after = await published_sla_events(kafka)
        assert [event.subject for event in breaches(after)] == ["T-1"]
        await worker.until_caught_up()
        assert (await worker.numbers())["windows"]["5m"]["tickets_opened"] == 2
        assert await worker.stop() == 0


async def test_far_ahead_of_the_brokers_no_deadline_is_announced(kafka: KafkaSettings, tmp_path: Path) -> None:
    machine = MachineClock(tmp_path)
    async with worker_on(machine, kafka, tmp_path, skew=60) as worker:
        await worker.start()
        await publish(kafka, opened("T-1", datetime.now(UTC)))
        await until(kafka, lambda events: any(isinstance(event, SlaActivated) for event in events))
        machine.set_ahead(AHEAD)
        await said(worker, "s ahead of the brokers'")
        assert AHEAD - 60 < await gauge(worker, "helpdesk_clock_ahead_seconds") < AHEAD + 60
        machine.set_ahead(0)
        await asyncio.sleep(2)
        assert {type(event) for event in await published_sla_events(kafka)} == {SlaActivated}
        assert await worker.stop() == 0


async def test_a_clock_whose_time_the_brokers_refuse_ends_the_worker_with_one_line_and_nothing_is_lost(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    machine = MachineClock(tmp_path)
    async with worker_on(machine, kafka, tmp_path, skew=60) as worker:
        await worker.start()
        machine.set_ahead(REFUSED)
        await publish(kafka, opened("T-1", datetime.now(UTC)))
        assert await worker.wait() == 1
        (line,) = [line for line in worker.log().splitlines() if line.startswith("deskpulse: ")]
        assert "the brokers refuse the time of this machine" in line
        assert line.endswith("set its clock right and start again")
        assert not await published_sla_events(kafka)

        machine.set_ahead(0)
        await worker.start()
        events = await until(kafka, bool)
        assert {event.subject for event in events} == {"T-1"}
        assert await worker.stop() == 0
