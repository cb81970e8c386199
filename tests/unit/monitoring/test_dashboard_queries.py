"""Prometheus' own parser takes every query of the dashboards, with all choices that a reader has."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.monitoring.dashboards import deployed, queries_of
from tests.monitoring.promql import filled
from tests.monitoring.tools import MonitoringTools, outcome

pytestmark = pytest.mark.prometheus


def written(queries: list[str]) -> str:
    """Queries as rules, for promtool has no other way to check more than one."""
    rules = [{"record": f"query_{number}", "expr": query} for number, query in enumerate(queries)]
    return yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]})


@pytest.mark.parametrize(
    "values",
    [{}, {"hours": "_business_seconds", "window": "5m"}, {"team": "billing|front desk", "channel": "chat"}],
    ids=["at first", "business hours", "narrowed"],
)
def test_every_query_is_valid(monitoring_tools: MonitoringTools, tmp_path: Path, values: dict[str, str]) -> None:
    dashboards = deployed()
    queries = [filled(each.expression, values) for each in queries_of(dashboards)]
    queries += [filled(found["expr"], values) for board in dashboards for found in board["annotations"]["list"]]
    file = tmp_path / "queries.yml"
    file.write_text(written(queries), "utf-8")

    status, text = outcome(monitoring_tools.promtool, "check", "rules", file)

    assert status == 0, text
    assert f"{len(queries)} rules found" in text
    assert len(queries) > 100
