"""The deployed rules and routes in a real Prometheus and a real Alertmanager: a breach is announced, and its end."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.monitoring.configuration import WEBHOOK_TOKEN
from tests.monitoring.exposition import served
from tests.monitoring.monitoring import Monitoring
from tests.monitoring.receiver import ALERTS_PATH, WATCHDOG_PATH
from tests.monitoring.tools import MonitoringTools

pytestmark = pytest.mark.prometheus

_TURNS_OF_ALERTMANAGER = 5.0
CLOCK = {"policy": "gold", "sla": "first_reply", "channel": "chat", "priority": "high", "team": "billing <EU>"}
LABELS = ",".join(f'{name}="{value}"' for name, value in CLOCK.items())
HOLDING = 'helpdesk_partitions_held{topic="helpdesk.tickets"} 2\nhelpdesk_build_info{version="1",clock="wall"} 1\n'
AT_RISK = f"{HOLDING}helpdesk_sla_clocks_at_risk{{{LABELS}}} 1\n"
BREACH = f"helpdesk_sla_clocks_breached{{{LABELS}}} 1\n"
BREACHED = f"{HOLDING}{BREACH}"
FIRING_AT_RISK = 'ALERTS{alertname="HelpdeskSlaAtRisk",alertstate="firing"}'


@pytest.mark.usefixtures("monitoring_tools")
@pytest.mark.timeout(120)
async def test_a_breach_is_announced_with_its_team_policy_and_runbook_and_so_is_its_end(tmp_path: Path) -> None:
    async with served(BREACHED) as target, Monitoring(tmp_path, targets=[target.address]) as monitoring:
        firing = await monitoring.notification(lambda alert: alert.name == "HelpdeskSlaBreached", seconds=30)
        assert (firing.status, firing.receiver, firing.path) == ("firing", "on-call", ALERTS_PATH)
        assert firing.authorization == f"Bearer {WEBHOOK_TOKEN}"
        assert firing.labels == {
            "alertname": "HelpdeskSlaBreached",
            "severity": "critical",
            "job": "deskpulse",
            **CLOCK,
        }
        assert firing.annotations["runbook_url"].endswith("/HelpdeskSlaBreached.md")
        assert "1 open clocks for first_reply under policy gold" in firing.annotations["description"]

        target.text = AT_RISK + BREACH
        await monitoring.until(FIRING_AT_RISK, bool)
        await asyncio.sleep(_TURNS_OF_ALERTMANAGER)
        assert not [alert for alert in monitoring.alerts if alert.name == "HelpdeskSlaAtRisk"]

        target.text = AT_RISK
        ended = await monitoring.notification(
            lambda alert: alert.name == "HelpdeskSlaBreached" and alert.status == "resolved", seconds=30
        )
        assert ended.labels == firing.labels

        # Held back while the clock was breached, announced once it no longer is.
        risk = await monitoring.notification(lambda alert: alert.name == "HelpdeskSlaAtRisk", seconds=30)
        assert risk.receiver == "helpdesk"
        watchdog = await monitoring.notification(lambda alert: alert.name == "HelpdeskWatchdog", seconds=30)
        assert watchdog.path == WATCHDOG_PATH

        (first, *_) = (message["attachments"][0] for message in monitoring.receiver.slack)
        assert first["title"] == "[FIRING 1] HelpdeskSlaBreached, team billing <EU>"
        assert "team billing &lt;EU>" in first["text"]
        assert "/HelpdeskSlaBreached.md|runbook>" in first["text"]
        (mail, *_) = monitoring.mail.messages
        assert mail["Subject"] == "[FIRING 1] HelpdeskSlaBreached, team billing <EU>"
        html, text = (mail.get_body((kind,)) for kind in ("html", "plain"))
        assert html is not None
        assert "team billing &lt;EU&gt;" in html.get_content()
        assert text is not None
        assert "Runbook: https://" in text.get_content()
        dashboard = firing.annotations["dashboard_url"]
        assert "/d/deskpulse-service-levels?var-job=deskpulse&var-team=billing+%3CEU%3E&viewPanel=" in dashboard
        assert f"Dashboard: {dashboard}" in text.get_content()
        assert first["title_link"] == dashboard
        assert dashboard.replace("&", "&amp;").replace("+", "&#43;") in html.get_content()


@pytest.mark.usefixtures("monitoring_tools")
@pytest.mark.timeout(120)
async def test_a_worker_that_is_away_is_stood_in_for_and_a_series_that_it_dropped_is_not(tmp_path: Path) -> None:
    total = "sum(channel_priority_team:helpdesk_open_tickets:sum)"
    tickets = 'helpdesk_open_tickets{channel="email",priority="low",team="t"}'
    async with (
        served(f"{HOLDING}{tickets} 30\n") as one,
        served(f"{HOLDING}{tickets} 12\n") as two,
        Monitoring(tmp_path, targets=[one.address, two.address]) as monitoring,
    ):
        await monitoring.until(total, lambda samples: [each.value for each in samples] == [42])
        one.text = ""
        await monitoring.until("up == 0", lambda samples: len(samples) == 1)
        missing = await monitoring.until("count(helpdesk_open_tickets)", lambda samples: samples[0].value == 1)
        assert missing
        assert [each.value for each in await monitoring.query(total)] == [42]

        one.text = HOLDING
        await monitoring.until(total, lambda samples: [each.value for each in samples] == [12], seconds=15)


def test_all_commands_are_found_or_named(monitoring_tools: MonitoringTools) -> None:
    assert all(Path(path).is_file() for path in (monitoring_tools.prometheus, monitoring_tools.alertmanager))
