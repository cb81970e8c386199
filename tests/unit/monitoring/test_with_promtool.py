"""Prometheus' and Alertmanager's own tools accept what is deployed, and the rules do what their tests say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.monitoring.configuration import ALERTMANAGER_CONFIG, DEPLOY, PROMETHEUS_CONFIG
from tests.monitoring.tools import MonitoringTools, outcome

pytestmark = pytest.mark.prometheus

RULES = sorted((DEPLOY / "prometheus" / "rules").glob("*.yml"))
TESTS = sorted((DEPLOY / "prometheus" / "tests").glob("*.yml"))
TEMPLATES = DEPLOY / "alertmanager" / "templates" / "*.tmpl"


@pytest.mark.parametrize("file", TESTS, ids=[file.stem for file in TESTS])
def test_the_rules_pass_their_tests(monitoring_tools: MonitoringTools, file: Path) -> None:
    status, text = outcome(monitoring_tools.promtool, "test", "rules", file)

    assert status == 0, text


def test_the_rules_are_valid_without_a_warning(monitoring_tools: MonitoringTools) -> None:
    status, text = outcome(monitoring_tools.promtool, "check", "rules", "--lint=all", "--lint-fatal", *RULES)

    assert status == 0, text


def test_the_configuration_of_prometheus_is_valid(monitoring_tools: MonitoringTools) -> None:
    status, text = outcome(monitoring_tools.promtool, "check", "config", PROMETHEUS_CONFIG)

    assert status == 0, text
    assert f"{len(RULES)} rule files found" in text


def test_the_configuration_of_alertmanager_is_valid(monitoring_tools: MonitoringTools) -> None:
    status, text = outcome(monitoring_tools.amtool, "check-config", ALERTMANAGER_CONFIG)

    assert status == 0, text


@pytest.mark.parametrize(
    "labels, receiver",
    [
        ("alertname=HelpdeskSlaBreached severity=critical team=returns", "on-call"),
        ("alertname=HelpdeskSlaBreached severity=critical team=billing", "team-billing"),
        ("alertname=HelpdeskSlaAtRisk severity=warning team=billing", "team-billing"),
        ("alertname=HelpdeskSlaAtRisk severity=warning team=returns", "helpdesk"),
        ("alertname=HelpdeskWorkerDown severity=critical", "on-call"),
        ("alertname=HelpdeskLabelOverflow severity=info", "log"),
        ("alertname=HelpdeskWatchdog severity=info", "watchdog"),
    ],
)
def test_an_alert_goes_to_those_whom_it_concerns(monitoring_tools: MonitoringTools, labels: str, receiver: str) -> None:
    routes = ("config", "routes", "test", f"--config.file={ALERTMANAGER_CONFIG}", f"--verify.receivers={receiver}")
    status, text = outcome(monitoring_tools.amtool, *routes, *labels.split())

    assert status == 0, text


def test_the_templates_can_be_rendered(monitoring_tools: MonitoringTools) -> None:
    names = ("title", "dashboard", "slack.text", "slack.color", "email.text", "email.html")
    text = " ".join(f'{{{{ template "deskpulse.{name}" . }}}}' for name in names)
    render = ("template", "render", f"--template.glob={TEMPLATES}", f"--template.text={text}")
    status, rendered = outcome(monitoring_tools.amtool, *render)

    assert status == 0, rendered
    assert "<!DOCTYPE html>" in rendered


def test_the_queries_of_the_runbooks_are_valid(monitoring_tools: MonitoringTools, tmp_path: Path) -> None:
    blocks = [
        block
        for runbook in sorted((DEPLOY / "runbooks").glob("*.md"))
        for block in re.findall(r"```promql\n(.*?)```", runbook.read_text("utf-8"), re.DOTALL)
    ]
    queries = [line for block in blocks for line in block.splitlines() if not line.startswith("#")]
    rules = [{"record": f"query_{number}", "expr": query} for number, query in enumerate(queries)]
    file = tmp_path / "queries.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}), "utf-8")

    status, text = outcome(monitoring_tools.promtool, "check", "rules", file)

    assert status == 0, text
    assert f"{len(queries)} rules found" in text
    assert len(queries) > len(blocks)
