"""An unanswered ticket's deadline passes: the alert arrives, and is resolved after the reply."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.events import SlaBreached
from stream.settings.kafka import KafkaSettings
from tests.e2e.sla_events import published_sla_events
from tests.e2e.test_sla_breach import POLICY, TARGET, opened, publish, replied
from tests.e2e.worker_process import WorkerProcess
from tests.monitoring.monitoring import Monitoring
from tests.monitoring.receiver import Alert

pytestmark = [pytest.mark.kafka, pytest.mark.prometheus, pytest.mark.usefixtures("monitoring_tools")]

NOTICE_SECONDS = 15.0


def is_breach(alert: Alert) -> bool:
    return alert.name == "HelpdeskSlaBreached" and alert.labels["channel"] == "chat"


async def test_the_alert_of_a_breach_arrives_soon_and_is_resolved_after_the_reply(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    (tmp_path / "deskpulse.toml").write_text(POLICY)
    async with (
        WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group) as worker,
        Monitoring(tmp_path, targets=[worker.url.removeprefix("http://")]) as monitoring,
    ):
        await worker.start()
        begun = datetime.now(UTC)
        await publish(kafka, opened("T-1", begun))
        left = (begun + TARGET - datetime.now(UTC)).total_seconds()
        alert = await monitoring.notification(
            lambda found: is_breach(found) and found.status == "firing", seconds=max(0.0, left) + NOTICE_SECONDS
        )

        assert datetime.now(UTC) > begun + TARGET
        assert alert.labels["team"] == "billing"
        assert alert.labels["policy"] == "quick"
        assert alert.labels["sla"] == "first_reply"
        assert alert.annotations["runbook_url"].endswith("HelpdeskSlaBreached.md")
        (breach,) = [one for one in await published_sla_events(kafka) if isinstance(one, SlaBreached)]
        assert breach.time == begun + TARGET

        await publish(kafka, replied("T-1", datetime.now(UTC)))
        await monitoring.notification(lambda found: is_breach(found) and found.status == "resolved", seconds=60.0)
        assert await worker.stop() == 0
