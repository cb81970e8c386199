"""What holds for every rule, whatever it is about."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from stream.metrics.catalogue import CATALOGUE
from stream.monitoring.alerts import alert_groups, alerts
from stream.monitoring.fleet import BRIDGE_SECONDS, BRIDGE_STEP_SECONDS
from stream.monitoring.recording import duration_groups, recording_groups
from stream.monitoring.rules import AlertingRule, Links, RecordingRule
from stream.settings.kafka import KafkaSettings
from stream.settings.monitoring import MonitoringSettings
from stream.state.metric import MetricType
from tests.monitoring.configuration import ALERTMANAGER_CONFIG, DEPLOY, PROMETHEUS_CONFIG

THRESHOLDS = MonitoringSettings()
ALERTS = alerts(THRESHOLDS)
GROUPS = [*recording_groups(), *duration_groups(), *alert_groups(THRESHOLDS)]
RECORDED = [rule for group in GROUPS for rule in group.rules if isinstance(rule, RecordingRule)]
RUNBOOK_PARTS = ("## What it means", "## Why it matters", "## How to check", "## What to do", "## How to silence it")

every_alert = pytest.mark.parametrize("alert", ALERTS, ids=[alert.name for alert in ALERTS])


def alerts_tested(*, firing: bool) -> set[str]:
    """The alerts of which some promtool test expects that they fire, or that they stay silent."""
    return {
        check["alertname"]
        for file in (DEPLOY / "prometheus" / "tests").glob("*.yml")
        for test in yaml.safe_load(file.read_text("utf-8"))["tests"]
        for check in test.get("alert_rule_test", ())
        if bool(check["exp_alerts"]) is firing
    }


def written(alert: AlertingRule) -> dict[str, Any]:
    """The alert as Prometheus reads it."""
    return alert.written(Links())


def test_no_two_recorded_series_and_no_two_groups_share_a_name() -> None:
    names = [rule.name for rule in RECORDED]

    assert len(set(names)) == len(names)
    assert len({group.name for group in GROUPS}) == len(GROUPS)


def test_names_are_level_metric_and_operations() -> None:
    assert [rule.name for rule in RECORDED if not re.fullmatch(r"[a-z_]+:helpdesk_[a-z_]+:[a-z0-9_]+", rule.name)] == []


def test_ratios_means_and_quantiles_are_of_recorded_sums_or_of_rates() -> None:
    derived = [rule for rule in RECORDED if rule.name.rpartition(":")[2] in {"mean", "ratio", "p50", "p99", "score"}]

    assert derived
    assert not [rule.name for rule in derived if re.search(r"(?<![a-z_:])helpdesk_", rule.expression)]
    assert not [rule.name for rule in derived if re.search(r":(ratio|mean|p\d\d)\b", rule.expression)]
    assert not [rule.name for rule in RECORDED if re.search(r"\b(avg|avg_over_time|quantile)\b", rule.expression)]


def test_what_is_worked_out_of_sums_is_evaluated_after_them_in_their_group() -> None:
    groups = [*recording_groups(), *duration_groups()]
    everywhere = {rule.name for group in groups for rule in group.rules}
    apart = []
    for group in groups:
        before: set[str] = set()
        for rule in group.rules:
            needed = set(re.findall(r"[a-z_]+:helpdesk_[a-z_]+:[a-z0-9_]+", rule.expression)) & everywhere
            apart += [(rule.name, name) for name in needed - before]
            before.add(rule.name)

    assert apart == []
    assert "window:helpdesk_occupancy:ratio" in everywhere


def test_what_is_windowed_keeps_its_window() -> None:
    windowed = [rule for rule in RECORDED if "window" in rule.name.partition(":")[0].split("_")]

    assert windowed
    assert not [rule.name for rule in windowed if re.search(r"without \([^)]*window", rule.expression)]


def test_every_windowed_metric_and_every_gauge_that_adds_up_is_summed_over_the_fleet() -> None:
    kinds = {MetricType.WINDOWED_COUNT, MetricType.WINDOWED_DURATION, MetricType.DISTRIBUTION}
    summed = {rule.name.split(":")[1] for rule in RECORDED if rule.name.endswith(":sum")}
    names = {
        metric.name if metric.type is MetricType.WINDOWED_COUNT else f"{metric.name}_bucket"
        for metric in CATALOGUE
        if metric.type in kinds
    }

    assert names - summed == set()


def test_the_bridge_ends_before_kafka_gives_a_silent_workers_partitions_to_others() -> None:
    session = float(KafkaSettings.model_fields["session_timeout_seconds"].default)

    assert session * 3 / 4 > BRIDGE_SECONDS


def test_prometheus_scrapes_at_least_twice_while_the_bridge_holds() -> None:
    interval = yaml.safe_load(PROMETHEUS_CONFIG.read_text("utf-8"))["global"]["scrape_interval"]

    assert int(interval.removesuffix("s")) * 2 <= BRIDGE_SECONDS


def test_a_workers_last_scrape_is_looked_for_as_often_as_prometheus_scrapes() -> None:
    interval = yaml.safe_load(PROMETHEUS_CONFIG.read_text("utf-8"))["global"]["scrape_interval"]

    assert int(interval.removesuffix("s")) >= BRIDGE_STEP_SECONDS
    assert BRIDGE_SECONDS % BRIDGE_STEP_SECONDS == 0


@every_alert
def test_an_alert_has_a_name_a_summary_a_description_and_links(alert: AlertingRule) -> None:
    annotations = written(alert)["annotations"]

    assert re.fullmatch(r"Helpdesk([A-Z][a-z]+)+", alert.name)
    assert "{{" not in alert.summary
    assert alert.summary.endswith(".")
    assert annotations["runbook_url"].endswith(f"/{alert.name}.md")
    assert annotations["dashboard_url"]


@every_alert
def test_an_alert_is_tested_to_fire(alert: AlertingRule) -> None:
    assert alert.name in alerts_tested(firing=True)


@pytest.mark.parametrize("alert", [alert.name for alert in ALERTS if alert.expression != "vector(1)"])
def test_an_alert_is_tested_to_stay_silent(alert: str) -> None:
    assert alert in alerts_tested(firing=False)


@every_alert
def test_an_alert_has_a_runbook_with_all_its_parts(alert: AlertingRule) -> None:
    text = (DEPLOY / "runbooks" / f"{alert.name}.md").read_text("utf-8")

    assert text.startswith(f"# {alert.name}\n")
    assert [line for line in text.splitlines() if line.startswith("## ")] == list(RUNBOOK_PARTS)
    assert "```promql" in text


def test_no_runbook_and_no_promtool_test_is_of_an_alert_that_is_no_more() -> None:
    names = {alert.name for alert in ALERTS}

    assert {path.stem for path in (DEPLOY / "runbooks").iterdir()} == names
    assert alerts_tested(firing=True) | alerts_tested(firing=False) <= names


def test_runbooks_and_routes_name_only_metrics_rules_and_alerts_that_exist() -> None:
    known = {rule.name for rule in RECORDED} | {alert.name for alert in ALERTS}
    files = [*(DEPLOY / "runbooks").iterdir(), ALERTMANAGER_CONFIG]
    mentioned = {
        (file.name, name)
        for file in files
        for name in re.findall(r"[a-z_]+:helpdesk_[a-z_]+:[a-z0-9_]+|\bHelpdesk[A-Z]\w+", file.read_text("utf-8"))
    }

    assert {(file, name) for file, name in mentioned if name not in known} == set()


def test_no_secret_is_in_the_configuration_of_alertmanager() -> None:
    text = ALERTMANAGER_CONFIG.read_text("utf-8")
    secrets = re.findall(r"^\s*(\S*(?:password|credentials|api_url|token|secret)\S*):", text, re.MULTILINE)

    assert secrets
    assert [key for key in secrets if not key.endswith("_file")] == []
