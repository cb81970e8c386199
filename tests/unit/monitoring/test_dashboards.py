"""The deployed dashboards: nothing is wrong with them, they show all that is exported, and alerts lead to them."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from stream.desks.kinds import KINDS
from stream.metrics.catalogue import CATALOGUE
from stream.monitoring.alerts import alerts
from stream.monitoring.dashboards.dashboard_files import provisioning_files
from stream.monitoring.dashboards.pages import dashboard_pages
from stream.monitoring.dashboards.terms import shown_by
from stream.monitoring.rules import AlertingRule, Links
from stream.settings.monitoring import MonitoringSettings
from stream.state.metric import MetricType
from tests.monitoring.configuration import DEPLOY
from tests.monitoring.dashboard_lint import findings
from tests.monitoring.dashboards import deployed, panels_of, queries_of
from tests.monitoring.known_series import known_series
from tests.monitoring.promql import filled, selectors_in, variables_in

OBJECTIVES: Final = MonitoringSettings()
ALERTS: Final = alerts(OBJECTIVES)
DASHBOARDS: Final = {dashboard["uid"]: dashboard for dashboard in deployed()}
OWN_PAGES: Final = [page.page for kind in KINDS for page in kind.own_pages]
PLAIN_PAGES: Final = [kind.page or kind.name for kind in KINDS]
UIDS: Final = {
    f"deskpulse-{name}" for name in ("now", "tickets", "service-levels", "voice", "pipeline", *OWN_PAGES, *PLAIN_PAGES)
}

BEGINNING: Final = "No increase is seen in a series that begins, so what it begins with is added."
EXCEPTIONS: Final = {
    ("counters-under-rate", "deskpulse-pipeline", "Dead letters by reason"): BEGINNING,
    ("counters-under-rate", "deskpulse-pipeline", "Labels folded into other"): BEGINNING,
    ("counters-under-rate", "deskpulse-pipeline", "Copies of the state rebuilt"): BEGINNING,
    ("counters-under-rate", "deskpulse-service-levels", "Breaches"): BEGINNING,
    ("counters-under-rate", "deskpulse-service-levels", "Transitions"): BEGINNING,
}
"""What a rule may have against a panel, with the reason."""

UNSHOWN: Final[dict[str, str]] = {}
"""The metrics that no panel shows, with the reason."""

every_alert = pytest.mark.parametrize("alert", ALERTS, ids=[alert.name for alert in ALERTS])


def series_asked_for(hours: str) -> set[str]:
    """The names of all series that some panel asks for."""
    asked = queries_of(list(DASHBOARDS.values()))
    return {each.metric for query in asked for each in selectors_in(filled(query.expression, {"hours": hours}))}


def parts_of(series: str) -> str:
    """The name of the metric behind a series."""
    name = series.split(":")[1] if ":" in series else series
    if series.endswith(":mean") and name in {stock.level.name for kind in KINDS for stock in kind.stocks}:
        return f"{name}_seconds"
    return re.sub(r"(_bucket|_gcount|_gsum|_total|_info)$", "", name)


def test_there_are_these_dashboards() -> None:
    assert set(DASHBOARDS) == UIDS


def test_a_dashboard_of_a_kind_is_called_and_narrowed_as_the_kind_says() -> None:
    queue = DASHBOARDS["deskpulse-queue"]
    names = [variable["name"] for variable in queue["templating"]["list"]]

    assert queue["title"] == "deskpulse · Queue"
    assert queue["description"].startswith("Calls and chats: who waits")
    assert names == ["datasource", "job", "queue", "channel", "team", "window"]


def test_no_rule_has_anything_against_a_dashboard_but_what_is_excepted() -> None:
    found = findings(list(DASHBOARDS.values()), known_series())

    assert [each for each in found if (each.rule, each.uid, each.panel) not in EXCEPTIONS] == []


def test_no_exception_is_left_that_nothing_needs() -> None:
    found = {(each.rule, each.uid, each.panel) for each in findings(list(DASHBOARDS.values()), known_series())}

    assert set(EXCEPTIONS) - found == set()


def test_every_metric_of_the_catalogue_is_shown_by_some_panel() -> None:
    shown = {
        name
        for page in dashboard_pages()
        for panel in page.panels
        for figure in panel.figures
        for name in shown_by(figure, hours=page.reader.hours)
    }

    assert {metric.name for metric in CATALOGUE} - shown == set(UNSHOWN)


def test_every_metric_is_asked_for_by_a_query_or_by_a_rule_that_one_asks_for() -> None:
    asked = {*map(parts_of, series_asked_for("_seconds")), *map(parts_of, series_asked_for("_business_seconds"))}
    of_ratios = {"helpdesk_dead_letters", "helpdesk_events"}

    assert {metric.name for metric in CATALOGUE} - asked - of_ratios - set(UNSHOWN) == set()


def test_what_is_chosen_as_hours_changes_every_duration_that_has_both() -> None:
    calendar, business = (series_asked_for(hours) for hours in ("_seconds", "_business_seconds"))
    twins = {metric.name for metric in CATALOGUE if metric.name.endswith("_business_seconds")}

    assert {parts_of(name) for name in business - calendar} == twins


def test_thresholds_are_those_of_the_alerts() -> None:
    steps = {
        (uid, panel["title"]): [step["value"] for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]]
        for uid, dashboard in DASHBOARDS.items()
        for panel in panels_of(dashboard)
    }

    assert steps["deskpulse-service-levels", "Burn rate"] == [None, OBJECTIVES.burn_rate]
    assert steps["deskpulse-now", "SLA compliance of the day (target ≥ 90 %)"] == [None, OBJECTIVES.sla_compliance]
    assert steps["deskpulse-tickets", "Abandonment by channel"] == [None, OBJECTIVES.abandonment]
    assert steps["deskpulse-pipeline", "Lag by topic"] == [None, OBJECTIVES.lag + 1]
    assert steps["deskpulse-pipeline", "Share of dead letters"] == [None, OBJECTIVES.dead_letters]


@every_alert
def test_an_alert_leads_to_a_dashboard_a_panel_and_variables_that_there_are(alert: AlertingRule) -> None:
    address = urlsplit(alert.written(Links(dashboards="https://grafana.example/d"))["annotations"]["dashboard_url"])
    choices = parse_qs(address.query, strict_parsing=True) if address.query else {}
    dashboard = DASHBOARDS[address.path.removeprefix("/d/")]
    panels = {str(panel["id"]): panel for panel in panels_of(dashboard)}
    variables = {variable["name"] for variable in dashboard["templating"]["list"]}

    assert {name.removeprefix("var-") for name in choices if name.startswith("var-")} <= variables
    assert {name for name in choices if not name.startswith("var-")} <= {"viewPanel"}
    assert set(choices.get("viewPanel", ())) <= set(panels)
    if alert.expression != "vector(1)":
        panel = panels[choices["viewPanel"][0]]
        used = {name for target in panel["targets"] for name in variables_in(target["expr"])}
        assert {name.removeprefix("var-") for name in choices if name.startswith("var-")} - used == set()


@every_alert
def test_an_alert_narrows_its_dashboard_by_labels_that_it_has(alert: AlertingRule) -> None:
    written = alert.written(Links())["annotations"]
    labels = set(re.findall(r"\$labels\.(\w+) \| urlquery", written["dashboard_url"])) - {"job"}

    assert labels <= set(re.findall(r"\$labels\.(\w+)", written["description"]))


def test_the_dashboards_and_where_they_get_their_numbers_are_provisioned() -> None:
    contents = {path: yaml.safe_load(text) for path, text in provisioning_files("").items()}
    (provider,) = contents["dashboards/deskpulse.yaml"]["providers"]
    (source,) = contents["datasources/deskpulse.yaml"]["datasources"]

    assert provider["options"]["path"].startswith("/")
    assert (source["type"], source["isDefault"]) == ("prometheus", True)
    for path, content in contents.items():
        assert yaml.safe_load((DEPLOY / "grafana" / "provisioning" / path).read_text("utf-8")) == content


def test_numbers_that_are_counted_are_zero_only_while_a_worker_is_scraped() -> None:
    stats = {
        (uid, panel["title"]): panel["targets"][0]["expr"]
        for uid, dashboard in DASHBOARDS.items()
        for panel in panels_of(dashboard)
        if panel["type"] == "stat"
    }

    assert stats["deskpulse-tickets", "Opened"].endswith('or 0 * max(helpdesk_build_info{job="$job"}))')
    assert not [key for key, query in stats.items() if "vector(0)" in query]


@pytest.mark.parametrize("metric", [metric for metric in CATALOGUE if metric.type is MetricType.COUNTER], ids=str)
def test_no_counter_goes_without_its_suffix(metric: object) -> None:
    names = {each for each in series_asked_for("_seconds") if ":" not in each}

    assert getattr(metric, "name", None) not in names
