"""The dashboards are as Grafana's own JSON Schemas want them: dashboard, options of each panel, queries and units."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest

from tests.monitoring import grafana_schemas as beside
from tests.monitoring.dashboards import Content, deployed, panels_of
from tests.monitoring.grafana_schemas import GrafanaSchemas, SchemasUnavailableError


@pytest.mark.parametrize("dashboard", deployed(), ids=[dashboard["uid"] for dashboard in deployed()])
def test_a_dashboard_is_as_grafana_wants_it(grafana_schemas: GrafanaSchemas, dashboard: Content) -> None:
    assert list(grafana_schemas.problems(dashboard)) == []


@pytest.mark.parametrize(
    "change, problem",
    [
        (lambda board, _panel: board.pop("schemaVersion"), "'schemaVersion' is a required property"),
        (lambda board, _panel: board.update(colour="blue"), "'colour' was unexpected"),
        (lambda _board, panel: panel["gridPos"].update(x=0.5), "0.5 is not of type 'integer'"),
        (lambda _board, panel: panel["options"].update(colorMode="bright"), "'bright' is not one of"),
        (lambda _board, panel: panel["fieldConfig"]["defaults"].update(unit="hours"), "'hours' is no unit"),
        (lambda _board, panel: panel["targets"][0].update(format="csv"), "'csv' is not one of"),
        (lambda _board, panel: panel["fieldConfig"]["defaults"]["thresholds"].update(mode="relative"), "'relative'"),
        (lambda _board, panel: panel.update(type="speedometer"), "there is no schema of speedometer"),
    ],
)
def test_what_grafana_would_not_take_is_named(
    grafana_schemas: GrafanaSchemas, change: Callable[[Content, Content], None], problem: str
) -> None:
    dashboard = deepcopy(next(found for found in deployed() if found["uid"] == "deskpulse-now"))
    change(dashboard, panels_of(dashboard)[0])

    assert problem in "\n".join(grafana_schemas.problems(dashboard))


def test_schemas_that_are_not_there_are_missed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(beside, "FOLDER", tmp_path)

    with pytest.raises(SchemasUnavailableError, match="are not in"):
        GrafanaSchemas()
