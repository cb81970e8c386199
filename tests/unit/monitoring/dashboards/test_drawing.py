"""How panels are drawn so that nothing of them is cut."""

from __future__ import annotations

import json
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder

from stream.monitoring.dashboards.drawing import Style, drawn, size_of
from stream.monitoring.dashboards.queries import Reader
from stream.settings.monitoring import MonitoringSettings
from stream.state.figure import Figure
from stream.state.panel import Form, Panel, Unit

OPENED = Figure("tickets_opened")
BY_TEAM = Figure("tickets_opened", by=("team",))


def panel_of(*figures: Figure, form: Form = Form.LINES, unit: Unit = Unit.COUNT) -> Panel:
    return Panel("Panel", figures, form=form, unit=unit)


def as_json(panel: Panel) -> Any:  # noqa: ANN401 - what the SDK makes of it
    text = JSONEncoder(sort_keys=True).encode(drawn(panel, Style(Reader(), MonitoringSettings())))
    return json.loads(text)


@pytest.mark.parametrize(
    "figures, height, placement",
    [
        ([OPENED], 8, "bottom"),
        ([OPENED] * 2, 8, "bottom"),
        ([OPENED] * 3, 9, "bottom"),
        ([OPENED] * 4, 8, "right"),
        ([BY_TEAM], 8, "right"),
        ([BY_TEAM] * 3, 8, "right"),
    ],
)
def test_a_legend_of_many_lines_is_beside_the_graph_and_one_of_three_has_more_height(
    figures: list[Figure], height: int, placement: str
) -> None:
    panel = panel_of(*figures)
    assert size_of(panel) == (12, height)
    assert as_json(panel)["options"]["legend"]["placement"] == placement


def test_numbers_need_no_height_for_a_legend() -> None:
    assert size_of(panel_of(OPENED, OPENED, OPENED, form=Form.NUMBER)) == (4, 4)


def test_shares_over_time_have_as_many_decimals_as_they_need() -> None:
    assert as_json(panel_of(OPENED, unit=Unit.RATIO))["fieldConfig"]["defaults"].get("decimals") is None
    assert as_json(panel_of(OPENED, form=Form.NUMBER, unit=Unit.RATIO))["fieldConfig"]["defaults"]["decimals"] == 1


def test_names_of_bars_have_a_size_that_does_not_grow_with_the_bars() -> None:
    assert as_json(panel_of(BY_TEAM, form=Form.BARS))["options"]["text"]["titleSize"] == 12
