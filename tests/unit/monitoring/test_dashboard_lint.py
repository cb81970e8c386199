"""A dashboard that is broken in one way is caught by the rule for that."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Final

import pytest

from tests.monitoring.dashboard_lint import RULES, Finding, findings
from tests.monitoring.dashboards import Content, deployed, panels_of
from tests.monitoring.known_series import known_series
from tests.monitoring.promql import Selector, filled, selectors_in, variables_in

UID: Final = "deskpulse-tickets"


def broken(change: Callable[[list[Content], Content, Content], None]) -> list[Finding]:
    """What the rules find in the dashboards after a change to them, to that of tickets and its first panel."""
    dashboards = deployed()
    before = findings(dashboards, known_series())
    dashboard = next(each for each in dashboards if each["uid"] == UID)
    change(dashboards, dashboard, panels_of(dashboard)[0])
    after = findings(dashboards, known_series())
    return [finding for finding in after if finding not in before]


def expression(change: Callable[[str], str]) -> Callable[[list[Content], Content, Content], None]:
    """A change to the query of the first panel."""

    def changed(_all: list[Content], _dashboard: Content, panel: Content) -> None:
        target = panel["targets"][0]
        old, target["expr"] = target["expr"], change(target["expr"])
        assert old != target["expr"]

    return changed


def variables(dashboard: Content, *, without: str) -> None:
    """Take a variable away."""
    listed = dashboard["templating"]["list"]
    listed[:] = [variable for variable in listed if variable["name"] != without]


def defaults(panel: Content) -> Content:
    """The settings of the panel's numbers."""
    found: Content = panel["fieldConfig"]["defaults"]
    return found


def a_second_one(dashboards: list[Content], dashboard: Content, _panel: Content) -> None:
    dashboards.append(deepcopy(dashboard))


def with_rate(over: str) -> str:
    return f'sum(rate(helpdesk_events_total{{job="$job"}}[{over}]))'


BREAKAGES: Final = [
    ("unique-uid", a_second_one),
    ("uid", lambda _all, board, _panel: board.update(uid="")),
    ("unique-ids", lambda _all, board, panel: panel.update(id=panels_of(board)[1]["id"])),
    ("unique-ids", lambda _all, board, panel: panel.update(title=panels_of(board)[1]["title"])),
    ("no-overlap", lambda _all, _board, panel: panel["gridPos"].update(w=5)),
    ("within-the-grid", lambda _all, board, _panel: panels_of(board)[5]["gridPos"].update(w=9)),
    ("datasource", lambda _all, _board, panel: panel.update(datasource={"type": "prometheus", "uid": "P1809F7CD"})),
    ("datasource", lambda _all, _board, panel: panel["targets"][0].pop("datasource")),
    ("datasource", lambda _all, board, _panel: board["annotations"]["list"][0].update(datasource=None)),
    ("title", lambda _all, _board, panel: panel.update(title=" ")),
    ("description", lambda _all, _board, panel: panel.pop("description")),
    ("description", lambda _all, board, _panel: board.update(description="")),
    ("unit", lambda _all, _board, panel: defaults(panel).pop("unit")),
    ("empty-text", lambda _all, _board, panel: defaults(panel).update(noValue="")),
    ("queries", lambda _all, _board, panel: panel.update(targets=[])),
    ("queries", lambda _all, _board, panel: panel["targets"][0].update(legendFormat="")),
    ("variables-used", lambda _all, board, _panel: board["templating"]["list"][1].update(name="region")),
    ("variables-defined", lambda _all, board, _panel: variables(board, without="window")),
    ("rate-interval", expression(lambda _old: with_rate("5m"))),
    ("counters-under-rate", expression(lambda _old: 'sum(helpdesk_events_total{job="$job"})')),
    ("known-series", expression(lambda old: old.replace("helpdesk_tickets_opened", "helpdesk_tickets_openend"))),
    ("known-series", lambda _all, board, _panel: board["annotations"]["list"][0].update(expr="ALARMS")),
    ("window-pinned", expression(lambda old: old.replace('window="$window", ', ""))),
    ("one-installation", expression(lambda old: old.replace('job="$job", ', ""))),
    ("no-red-and-green", lambda _all, _board, panel: defaults(panel)["color"].update(fixedColor="semi-dark-red")),
    ("no-red-and-green", lambda _all, _board, panel: defaults(panel)["color"].update(fixedColor="#73BF69")),
    ("links", lambda _all, board, _panel: board.update(links=[])),
    ("links", lambda _all, board, _panel: board["links"][0].update(includeVars=False)),
    ("annotations", lambda _all, board, _panel: board["annotations"].update(list=[])),
]


@pytest.mark.parametrize(
    "rule, change", BREAKAGES, ids=[f"{rule}-{place}" for place, (rule, _) in enumerate(BREAKAGES)]
)
def test_a_broken_dashboard_is_caught_by_name(
    rule: str, change: Callable[[list[Content], Content, Content], None]
) -> None:
    found = broken(change)

    assert rule in {finding.rule for finding in found}
    assert all(finding.uid in {UID, ""} for finding in found)


def test_every_rule_catches_something() -> None:
    assert {rule for rule, _ in BREAKAGES} == {*RULES, "unique-uid"}


def test_a_rate_over_the_rate_interval_is_not_complained_of() -> None:
    assert broken(expression(lambda _old: with_rate("$__rate_interval"))) == []


@pytest.mark.parametrize(
    "query, selectors",
    [
        ("up", [Selector("up", {})]),
        (
            'a:b:c{x="1", y=~"2|}"} / on (x) group_left (z) d',
            [Selector("a:b:c", {"x": "1", "y": "2|}"}), Selector("d", {})],
        ),
        ("histogram_quantile(0.9, sum by (le) (h_bucket))", [Selector("h_bucket", {})]),
        ("sum(rate(c_total[5m])) or c unless c offset 1m", [Selector(name, {}) for name in ("c_total", "c", "c")]),
        ("time() - 1e3 * vector(2) > bool 1", []),
        ('{x="1"}', [Selector("", {"x": "1"})]),
    ],
)
def test_the_series_in_a_query_are_found(query: str, selectors: list[Selector]) -> None:
    assert list(selectors_in(query)) == selectors


def test_variables_are_found_and_filled_in() -> None:
    text = 'first_reply${hours}_bucket{team=~"$team", window="$window"}[$__rate_interval]'

    assert variables_in(text) == {"hours", "team", "window", "__rate_interval"}
    assert filled(text) == 'first_reply_seconds_bucket{team=~".*", window="24h"}[1m]'
    assert filled(text, {"team": "billing"}).count("billing") == 1
