"""What nobody has declared a panel for is shown plainly."""

from __future__ import annotations

from stream.monitoring.dashboards.plain import plain_panels
from stream.state.figure import Figure, Statistic
from stream.state.measure import Measure
from stream.state.metric import Metric, MetricType, counter, distribution, gauge
from stream.state.panel import Form, Panel, Unit

METRICS = (
    Measure("calls_answered", ("queue", "team"), "Calls answered.").metric,
    Measure("wait_seconds", ("queue",), "Wait.", duration=True).metric,
    gauge("agents_busy", (), "Agents that are busy."),
    gauge("longest_wait_timestamp_seconds", ("queue",), "Since when somebody waits."),
    distribution("call_age_seconds", ("queue",), "Ages of calls."),
    counter("lines_cut", ("queue",), "Calls that were cut."),
    Metric("helpdesk_switch", MetricType.INFO, ("maker",), "The switch."),
)


def drawn() -> dict[str, Panel]:
    """The panels by their titles."""
    return {panel.title: panel for panel in plain_panels(METRICS, ())}


def test_there_is_one_for_each_sort_of_metric() -> None:
    panels = drawn()

    assert {title: (panel.form, panel.unit) for title, panel in panels.items()} == {
        "Calls answered": (Form.LINES, Unit.COUNT),
        "Wait": (Form.LINES, Unit.SECONDS),
        "Agents busy": (Form.LINES, Unit.COUNT),
        "Longest wait": (Form.LINES, Unit.SECONDS),
        "Call age": (Form.LINES, Unit.SECONDS),
        "Lines cut": (Form.COLUMNS, Unit.COUNT),
        "Switch": (Form.TABLE, Unit.COUNT),
    }
    assert panels["Calls answered"].figures == (Figure("calls_answered", by=("queue",)),)
    assert panels["Agents busy"].figures == (Figure("agents_busy"),)
    assert panels["Longest wait"].figures == (Figure("longest_wait_timestamp_seconds", Statistic.AGE, ("queue",)),)
    assert [figure.statistic.value for figure in panels["Wait"].figures] == ["mean", "p50", "p90", "p95"]


def test_what_is_shown_already_gets_none() -> None:
    shown = {metric.name for metric in METRICS[1:]}

    assert [panel.title for panel in plain_panels(METRICS, shown)] == ["Calls answered"]
