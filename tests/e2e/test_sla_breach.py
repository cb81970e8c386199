"""A deadline that passes while the worker is dead is announced once it is back, with its true time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import orjson
import pytest
from aiokafka import AIOKafkaProducer

from schemas.events import (
    TICKETS_TOPIC,
    Envelope,
    SlaBreached,
    SlaEvent,
    SlaFulfilled,
    TicketOpened,
    TicketOpenedData,
    TicketReplied,
    TicketRepliedData,
)
from stream.settings.kafka import KafkaSettings
from tests.e2e.sla_events import published_sla_events
from tests.e2e.test_replayed_logs import command
from tests.e2e.worker_process import WorkerProcess

pytestmark = pytest.mark.kafka

# Long enough for a busy machine to announce, and be asked for, what comes before it.
TARGET = timedelta(seconds=15)
POLICY = """
[[sla.policies]]
name = "quick"
match = { channel = ["chat"] }
[sla.policies.targets]
first_reply = { within = "15s", at_risk = "2s" }
"""


async def publish(kafka: KafkaSettings, *events: Envelope) -> None:
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers) as producer:
        for event in events:
            await producer.send_and_wait(TICKETS_TOPIC, msgspec.json.encode(event), key=event.subject.encode())


async def until(
    kafka: KafkaSettings, holds: Callable[[list[SlaEvent]], bool], seconds: float = 120.0
) -> list[SlaEvent]:
    """What was published as soon as something holds of it."""
    deadline = time.monotonic() + seconds
    while not holds(events := await published_sla_events(kafka)):
        assert time.monotonic() < deadline, events
        await asyncio.sleep(0.3)
    return events


def opened(ticket: str, at: datetime) -> TicketOpened:
    data = TicketOpenedData(channel="chat", priority="high", team="billing")
    return TicketOpened(specversion="1.0", id=f"{ticket}-1", source="test", subject=ticket, time=at, data=data)


def replied(ticket: str, at: datetime) -> TicketReplied:
    data = TicketRepliedData(actor="agent")
    return TicketReplied(specversion="1.0", id=f"{ticket}-2", source="test", subject=ticket, time=at, data=data)


def breaches(events: list[SlaEvent]) -> list[SlaEvent]:
    return [event for event in events if isinstance(event, SlaBreached)]


async def test_a_breach_while_no_worker_runs_is_announced_once_with_its_true_time(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    (tmp_path / "deskpulse.toml").write_text(POLICY)
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group) as worker:
        await worker.start()
        begun = datetime.now(UTC)
        await publish(kafka, opened("T-1", begun), opened("T-2", begun), replied("T-2", begun + timedelta(seconds=1)))
        await until(kafka, lambda events: len(events) >= 3)
        await worker.kill()
        await asyncio.sleep(TARGET.total_seconds())
        assert breaches(await published_sla_events(kafka)) == []

        await worker.start()
        (breach,) = breaches(await until(kafka, lambda events: bool(breaches(events))))
        assert breach.subject == "T-1"
        assert breach.time == begun + TARGET
        assert "helpdesk_sla_clocks_breached{" in await worker.scrape()
        status, out, err = await command("sla", "explain", "T-1", "--json", "--url", worker.url, folder=tmp_path)
        assert status == 0, err.decode()
        (clock,) = orjson.loads(out)["clocks"]
        assert (clock["sla"], clock["state"], clock["policy"]) == ("first_reply", "breached", "quick")
        assert clock["breached_at"] == breach.time.isoformat().replace("+00:00", "Z")
        status, out, _ = await command("sla", "explain", "T-1", "--url", worker.url, folder=tmp_path)
        assert status == 0
        assert "yes, so it is in force" in out.decode()
        status, _, err = await command("sla", "explain", "T-404", "--url", worker.url, folder=tmp_path)
        assert status == 1
        assert "holds a ticket 'T-404'" in err.decode()

        await publish(kafka, replied("T-1", begun + timedelta(seconds=30)))
        found = await until(
            kafka, lambda events: any(isinstance(one, SlaFulfilled) and one.subject == "T-1" for one in events)
        )
        assert "helpdesk_sla_clocks_breached{" not in await worker.scrape()
        assert await worker.stop() == 0
        await worker.start()
        await worker.until_caught_up()
        # The last events may be repeated, under the ids that they have.
        ids = {event.id for event in await published_sla_events(kafka)}
        assert ids == {event.id for event in found}
        assert {event.id for event in breaches(found)} == {breach.id}
        assert await worker.stop() == 0
