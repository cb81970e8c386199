"""Alerts that kinds declare, as rules."""

from __future__ import annotations

from typing import Final

import pytest

from stream.desks.calls.definition import Calls
from stream.monitoring.kind_alerts import kind_alerts
from stream.monitoring.rules import AlertingRule, Links
from stream.settings.monitoring import MonitoringSettings
from stream.state.alert import Alert, Comparison, Condition, Severity
from stream.state.figure import Figure, Statistic

LEVEL: Final = Condition(Figure("service_level", by=("queue",), window="1h"), Comparison.BELOW, "call_service_level")
VOLUME: Final = Condition(
    Figure("calls_offered", by=("queue",), window="1h"), Comparison.AT_LEAST, "call_service_level_calls"
)
WAITING: Final = Condition(Figure("calls_waiting", by=("queue",)), Comparison.ABOVE, "call_service_level_calls")
LONGEST: Final = Condition(
    Figure("longest_waiting_call_timestamp_seconds", Statistic.AGE, ("queue",)), Comparison.ABOVE, "call_wait_seconds"
)


def rule_of(*conditions: Condition) -> AlertingRule:
    """The rule of an alert of calls under these conditions."""

    class Alarmed(Calls):
        alerts = (
            Alert("HelpdeskTried", Severity.INFO, "Tried.", "Tried.", conditions, "queue", "Waiting now", ("queue",)),
        )

    (rule,) = kind_alerts(Alarmed(), MonitoringSettings())
    return rule


@pytest.mark.parametrize(
    "condition, expression",
    [
        (LEVEL, 'queue_window:helpdesk_service_level:ratio{window="1h"} < 0.8'),
        (
            VOLUME,
            'sum without (channel, team) (queue_channel_team_window:helpdesk_calls_offered:sum{window="1h"}) >= 20',
        ),
        (WAITING, "queue:helpdesk_calls_waiting:sum > 20"),
        (
            LONGEST,
            """time() - queue:helpdesk_longest_waiting_call_timestamp_seconds:min > 300
unless on (job)
helpdesk_build_info{clock="event"}""",
        ),
    ],
)
def test_a_condition_holds_what_is_recorded_against_a_threshold(condition: Condition, expression: str) -> None:
    assert rule_of(condition).expression == expression


def test_conditions_hold_together() -> None:
    one, other = rule_of(LEVEL).expression, rule_of(VOLUME).expression
    assert rule_of(LEVEL, VOLUME).expression == f"{one}\nand\n{other}"


def test_it_leads_to_its_panel_at_its_window() -> None:
    address = rule_of(LEVEL).written(Links(dashboards=""))["annotations"]["dashboard_url"]
    assert address.startswith("/deskpulse-queue?var-job=")
    assert "&var-queue={{ $labels.queue | urlquery }}&var-window=1h&viewPanel=" in address


@pytest.mark.parametrize(
    "figure, by",
    [("service_level", "queue, within"), ("calls_waiting", "team"), ("calls_forgotten", "nothing")],
)
def test_a_figure_that_nothing_is_recorded_of_is_refused(figure: str, by: str) -> None:
    labels = () if by == "nothing" else tuple(by.split(", "))
    with pytest.raises(LookupError, match=f"no alert can be made of {figure} by {by}"):
        rule_of(Condition(Figure(figure, by=labels), Comparison.ABOVE, "call_wait_seconds"))
