"""What is aimed at and where something is wrong stand in rules, dashboards and runbooks as the settings have it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from stream.monitoring.alerts import alerts
from stream.monitoring.dashboards.dashboard_files import dashboard_files
from stream.monitoring.exported_files import DASHBOARDS, monitoring_files, within
from stream.monitoring.rules import Links
from stream.settings.monitoring import MonitoringSettings
from tests.monitoring.dashboards import panels_of
from tests.monitoring.tools import MonitoringTools, outcome

CHANGED = MonitoringSettings(
    sla_compliance=0.95,
    burn_rate=3,
    burn_clocks_day=31,
    burn_clocks_hour=7,
    backlog_growth=0.4,
    backlog_growth_tickets=33,
    abandonment=0.15,
    abandonment_tickets=34,
    csat=0.75,
    csat_drop=0.07,
    csat_answers=35,
    net_sentiment=7,
    net_sentiment_drop=11,
    net_sentiment_mentions=38,
    internal_quality=0.85,
    internal_quality_reviews=41,
    nps=12,
    ces=0.65,
    first_reply_seconds=5_400,
    open_cases=222,
    oldest_open_seconds=172_800,
    call_service_level=0.85,
    call_service_level_calls=38,
    call_abandonment=0.04,
    call_wait_seconds=240,
    speed_of_answer_seconds=25,
    occupancy=0.8,
    occupancy_agent_seconds=10_800,
    customer_churn=0.06,
    customer_churn_customers=39,
    lag=12_345,
    dead_letters=0.03,
    dead_letters_records=36,
    silence_seconds=2_700,
    silence_events=37,
    overdue_seconds=90,
)
ONLY_IN_DASHBOARDS = {
    "csat",
    "nps",
    "ces",
    "net_sentiment",
    "first_reply_seconds",
    "open_cases",
    "oldest_open_seconds",
    "call_abandonment",
    "speed_of_answer_seconds",
}
EVERYWHERE = {
    "sla_compliance",
    "burn_rate",
    "abandonment",
    "call_service_level",
    "call_wait_seconds",
    "occupancy",
    "customer_churn",
    "internal_quality",
    "lag",
    "dead_letters",
    "silence_seconds",
}
LINKS = {"runbooks_url", "dashboards_url"}


def files_with(thresholds: MonitoringSettings) -> dict[str, str]:
    """The files by their paths."""
    dashboards = within(DASHBOARDS, dashboard_files(thresholds))
    return monitoring_files(Links(), thresholds, "make generate", "../README.md") | dashboards


def rule_of(thresholds: MonitoringSettings, alert: str) -> str:
    """The expression of an alert, its summary and its description."""
    found = next(rule for rule in alerts(thresholds) if rule.name == alert)
    return f"{found.expression}\n{found.summary}\n{found.description}"


@pytest.mark.parametrize(
    "alert, rule, runbook",
    [
        (
            "HelpdeskSlaComplianceLow",
            ('{window="24h"} > 0.15', '{window="1h"} > 0.15', ">= 31", ">= 7", "the objective allows 5%."),
            (
                "more than 3 times as many ended late as an objective of 95 % allows, that is, more than 15 %.",
                "At least 31 clocks must have ended in the day and 7 in the hour.",
                "are used up in 10.",
            ),
        ),
        (
            "HelpdeskBacklogGrowing",
            ("offset 1d >= 33", "> 1.4 * ", "A team's backlog is 40 % larger than a day ago."),
            ("has been 40 % larger than at the same time yesterday, and by at least 33 tickets",),
        ),
        (
            "HelpdeskAbandonmentHigh",
            ("> 0.15", ">= 34", "More than 15 % of a channel's customers"),
            ("have been more than 15 % of those that were opened, with at least 34 opened",),
        ),
        ("HelpdeskCsatDropped", ("> 0.07", ">= 35"), ("more than 7 percentage points below", "at least 35 answers")),
        ("HelpdeskSentimentFalling", ("> 11", ">= 38"), ("more than 11 points below", "at least 38 mentions")),
        (
            "HelpdeskInternalQualityLow",
            ('{window="7d"} < 0.85', ">= 41"),
            ("has been below 85 %, with at least 41 reviews",),
        ),
        (
            "HelpdeskServiceLevelLow",
            ('{window="1h"} < 0.85', ">= 38"),
            ("has been below 85 %, with at least 38 calls that counted",),
        ),
        ("HelpdeskQueueWaitLong", ("> 240",), ("waiting for more than 4 minutes.",)),
        ("HelpdeskConsumerLagHigh", ("> 12345",), ("more than 12 345 records",)),
        (
            "HelpdeskDeadLetterRateHigh",
            ("> 0.03", ">= 36", "More than 3 % of the records go to the dead letters."),
            ("more than 3 % of a topic's records", "and at least 36 have"),
        ),
        ("HelpdeskEventFlowStale", ("> 2700", "< 37"), ("more than 45 minutes", "at least 37 around")),
        ("HelpdeskSlaDeadlinesOverdue", ("> 90",), ("more than 90 seconds in the past",)),
    ],
)
def test_a_changed_threshold_stands_in_the_rule_and_in_the_runbook(
    alert: str, rule: tuple[str, ...], runbook: tuple[str, ...]
) -> None:
    text = files_with(CHANGED)[f"runbooks/{alert}.md"]

    assert [part for part in rule if part not in rule_of(CHANGED, alert)] == []
    assert [part for part in runbook if part not in text] == []


@pytest.mark.parametrize("key", sorted(MonitoringSettings.model_fields.keys() - LINKS - ONLY_IN_DASHBOARDS))
def test_each_threshold_alone_changes_some_rule_and_some_runbook(key: str) -> None:
    before, after = files_with(MonitoringSettings()), files_with(MonitoringSettings(**{key: getattr(CHANGED, key)}))

    changed = {path.split("/")[0] for path, text in after.items() if text != before[path]}
    assert changed >= {"prometheus", "runbooks"}
    assert ("grafana" in changed) is (key in EVERYWHERE)


@pytest.mark.parametrize("key", sorted(ONLY_IN_DASHBOARDS))
def test_an_objective_without_an_alert_changes_dashboards_alone(key: str) -> None:
    before, after = files_with(MonitoringSettings()), files_with(MonitoringSettings(**{key: getattr(CHANGED, key)}))

    changed = {path.split("/")[0] for path, text in after.items() if text != before[path]}
    assert changed == {"grafana"}


def test_a_changed_objective_stands_in_the_title_and_the_colours_of_its_panel() -> None:
    now = json.loads(files_with(CHANGED)["grafana/dashboards/deskpulse-now.json"])
    steps = {
        panel["title"]: [step["value"] for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]]
        for panel in panels_of(now)
    }

    assert steps["SLA compliance of the day (target ≥ 95 %)"] == [None, 0.95]


def test_no_place_for_a_threshold_is_left_in_a_runbook() -> None:
    runbooks = [text for path, text in files_with(CHANGED).items() if path.startswith("runbooks/")]

    assert runbooks
    assert not [text for text in runbooks if "{{ " in text]


@pytest.mark.prometheus
@pytest.mark.parametrize("thresholds", [MonitoringSettings(), CHANGED], ids=["default", "changed"])
def test_exported_rules_are_valid_without_a_warning(
    monitoring_tools: MonitoringTools, tmp_path: Path, thresholds: MonitoringSettings
) -> None:
    rules = {path: text for path, text in files_with(thresholds).items() if path.endswith(".yml")}
    for path, text in rules.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")

    paths = [tmp_path / path for path in rules]
    status, text = outcome(monitoring_tools.promtool, "check", "rules", "--lint=all", "--lint-fatal", *paths)

    assert status == 0, text
    assert len(rules) == 3


@pytest.mark.prometheus
def test_an_alert_fires_at_the_changed_threshold_and_not_at_the_old_one(
    monitoring_tools: MonitoringTools, tmp_path: Path
) -> None:
    (tmp_path / "alerts.yml").write_text(files_with(CHANGED)["prometheus/rules/alerts.yml"], "utf-8")
    name = "topic:helpdesk_consumer_lag_records:sum"
    alert = next(rule for rule in alerts(CHANGED) if rule.name == "HelpdeskConsumerLagHigh")
    annotations = alert.written(Links())["annotations"]
    lags: list[dict[str, Any]] = [
        {"series": f'{name}{{job="desk", topic="above"}}', "values": "12346x10"},
        {"series": f'{name}{{job="desk", topic="below"}}', "values": "12345x10"},
    ]
    fires = {
        "exp_labels": {"severity": "warning", "job": "desk", "topic": "above"},
        "exp_annotations": {
            key: text.replace("{{ $labels.job | urlquery }}", "desk").replace("{{ $labels.topic }}", "above")
            for key, text in annotations.items()
        },
    }
    fires["exp_annotations"]["description"] = "12346 records of above have not been taken in."
    check = {"eval_time": "8m", "alertname": "HelpdeskConsumerLagHigh", "exp_alerts": [fires]}
    tests = {
        "rule_files": ["alerts.yml"],
        "evaluation_interval": "1m",
        "tests": [{"interval": "1m", "input_series": lags, "alert_rule_test": [check]}],
    }
    (tmp_path / "tests.yml").write_text(yaml.safe_dump(tests), "utf-8")

    status, text = outcome(monitoring_tools.promtool, "test", "rules", tmp_path / "tests.yml")

    assert status == 0, text
