"""A worker that is stopped and started again publishes nothing once more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from schemas.events import TICKETS_TOPIC
from stream.feeds.publish import publish
from stream.settings.kafka import KafkaSettings
from tests.e2e.sla_events import published_sla_events
from tests.e2e.test_sla_breach import opened
from tests.e2e.worker_process import WorkerProcess

pytestmark = pytest.mark.kafka

TICKETS = 200


async def test_clean_stops_leave_nothing_that_would_be_published_again(kafka: KafkaSettings, tmp_path: Path) -> None:
    at = datetime.now(UTC) - timedelta(minutes=1)
    tickets = [opened(f"T-{number}", at) for number in range(TICKETS)]
    events = [(TICKETS_TOPIC, ticket.subject.encode(), msgspec.json.encode(ticket), 0) for ticket in tickets]
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group) as worker:
        await worker.start()
        await publish(events, kafka.bootstrap_servers)
        await worker.until_caught_up()
        for _ in range(3):
            assert await worker.stop() == 0
            await worker.start()
            await worker.until_caught_up()
        assert await worker.stop() == 0

    published = [event.id for event in await published_sla_events(kafka)]
    assert len(published) >= TICKETS
    assert len(published) == len(set(published))
