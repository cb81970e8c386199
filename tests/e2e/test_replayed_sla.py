"""Real logs under business calendars: every event of the SLA and every number equals the oracle's."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from schemas.events import SlaEvent, SlaRetracted
from stream.feeds.replay import ReplayReport, load_mapping, read_events
from stream.settings.kafka import KafkaSettings
from stream.windows.moments import to_microseconds
from tests.e2e.conftest import new_topics
from tests.e2e.sla_events import published_sla_events
from tests.e2e.test_replayed_logs import EXCERPTS, WHOLE_LOGS, command
from tests.e2e.worker_process import WorkerProcess
from tests.kafka.broker import KafkaBroker
from tests.oracle import OracleSettings, SlaAnswer, TicketSettings, compute, compute_sla, differences, read_settings

pytestmark = pytest.mark.kafka

TICKET_LOGS = [log for log in [*EXCERPTS, *WHOLE_LOGS] if log[1] in {"helpdesk_italian", "helpdesk_comments"}]
EVENTS_SECONDS = 60.0
SETTINGS = """
[calendar]
time_zone = "America/New_York"
monday = ["02:30-06:00", "09:00-12:00", "12:45-17:00"]
tuesday = ["09:00-12:00", "12:45-17:00", "22:00-06:00"]
thursday = ["09:00-12:00", "22:00-06:00"]
saturday = ["09:00-09:00"]
country = "US"
holidays = ["2011-03-14"]

[sla.calendars.office]
time_zone = "Europe/Rome"
monday = ["08:30-12:30", "13:30-18:00"]
tuesday = ["08:30-12:30", "13:30-18:00"]
wednesday = ["08:30-12:30", "13:30-18:00"]
thursday = ["08:30-12:30", "13:30-20:00"]
friday = ["08:30-13:00", "22:00-06:00"]
country = "IT"
holidays = ["2011-06-03"]

[[sla.policies]]
name = "pressing"
match = { priority = ["high", "urgent", "Critical"] }
calendar = "office"
[sla.policies.targets]
first_reply = "1h"
next_reply = "2h"
resolution = { within = "8h", pause = ["pending"], at_risk = "2h" }

[[sla.policies]]
name = "everybody"
calendar = "office"
[sla.policies.targets]
first_reply = { channel = { chat = { within = "10m", calendar = "none" }, other = "4h" } }
next_reply = { within = "1d", calendar = "none" }
periodic_update = "2d"
requester_wait = "3d"
agent_work = { within = "1d12h", pause = ["pending", "hold"] }
resolution = { within = "10d", calendar = "none" }
"""


@pytest_asyncio.fixture
async def narrow_kafka(kafka_broker: KafkaBroker) -> AsyncIterator[KafkaSettings]:
    """Topics of one partition: with the event clock, each partition has a time of its own."""
    async with new_topics(kafka_broker, partitions=1) as settings:
        yield settings


async def settled_events(kafka: KafkaSettings, expected: int) -> list[SlaEvent]:
    """What was published, once it is as much as expected or nothing more comes."""
    deadline = time.monotonic() + EVENTS_SECONDS
    found: list[SlaEvent] = []
    while time.monotonic() < deadline:
        before, found = len(found), await published_sla_events(kafka)
        if len(found) == before and len(found) >= expected:
            break
        await asyncio.sleep(1.5)
    return found


@pytest.mark.parametrize("file, mapping", TICKET_LOGS, ids=lambda value: str(value)[-40:])
async def test_events_and_numbers_of_a_replayed_log_are_those_of_the_oracle(
    narrow_kafka: KafkaSettings, tmp_path: Path, file: Path, mapping: str
) -> None:
    (tmp_path / "deskpulse.toml").write_text(SETTINGS)
    calendar, policies = read_settings(SETTINGS)
    values = [event.value for event in read_events(file, load_mapping(mapping), ReplayReport())]
    answer = compute_sla(values, policies)
    expected = compute(values, settings=OracleSettings(TicketSettings(calendar=calendar, policies=policies)))
    async with WorkerProcess(
        narrow_kafka.bootstrap_servers, tmp_path, narrow_kafka.group, {"DESKPULSE_CLOCK__MODE": "event"}
    ) as worker:
        await worker.start()
        status, _, err = await command(
            *("replay", str(file), "--mapping", mapping, "--broker", narrow_kafka.bootstrap_servers), folder=tmp_path
        )
        assert status == 0, err.decode()
        await worker.until_caught_up()
        events = await settled_events(narrow_kafka, len(answer.transitions))
        numbers = await worker.numbers()
        clocks = await worker.get("/api/v1/sla")
        assert await worker.stop() == 0

    assert not [event for event in events if isinstance(event, SlaRetracted)]
    assert len({event.id for event in events}) == len(events)
    assert sorted(map(told, events)) == sorted(expected_of(answer))
    assert differences(expected, numbers) == []
    found: Counter[tuple[str, ...]] = Counter()
    for one in clocks["clocks"]:
        labels = (one["policy"], one["sla"], one["channel"], one["priority"], one["team"])
        found[one["state"], *labels] += one["count"]
    assert found == Counter(
        {(state, *labels): n for state, counts in answer.counts.items() for labels, n in counts.items()}
    )
    assert len(answer.transitions) > 200
    assert any(name.endswith("_business_seconds") for name in expected["windows"]["lifetime"])


def told(event: SlaEvent) -> tuple[str, str, int, float, float, str | None]:
    assert not isinstance(event, SlaRetracted)
    data = event.data
    return (
        *(event.id, data.policy, to_microseconds(event.time)),
        *(data.target_seconds, round(data.elapsed_seconds, 6), data.reason),
    )


def expected_of(answer: SlaAnswer) -> list[tuple[str, str, int, float, float, str | None]]:
    return [
        (one.id, str(one.policy), one.time, one.target / 1e6, round(one.elapsed / 1e6, 6), one.reason)
        for one in answer.transitions
    ]
