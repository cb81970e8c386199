"""What dashboards show of SLA clocks."""

from __future__ import annotations

from typing import Final

from stream.desks.tickets.sla.agenda import ClockState
from stream.desks.tickets.sla.gauges import CLOCKS, NEXT_DEADLINE
from stream.state.figure import Figure, Statistic
from stream.state.panel import Form, Good, Page, Panel, PanelRow, Target, Unit

_COMPLIANCE: Final = "sla_compliance"
_CLOCK: Final = ("policy", "sla")
_WHOSE: Final = (*_CLOCK, "channel", "priority", "team")
_NAMES: Final = {state: metric.short_name for state, metric in CLOCKS.items()}
_OBJECTIVE: Final = Target(_COMPLIANCE, Good.AT_LEAST, shown=True)
_NO_CLOCK_ENDED: Final = "No clock ended in this window"
_NO_CLOCK_RUNS: Final = "No clock runs"
_BUDGET: Final = (
    "What part of the misses that the objective allows in 30 days is left; below zero, the objective is missed."
)

CLOCK_NUMBERS: Final = (
    Panel(
        "SLA compliance of the day",
        (Figure(_COMPLIANCE, window="24h"),),
        Form.NUMBER,
        Unit.RATIO,
        target=_OBJECTIVE,
        empty="No clock ended today",
        width=8,
    ),
    Panel(
        "Breached now",
        (Figure(_NAMES[ClockState.BREACHED]),),
        Form.NUMBER,
        target=Target("breached", Good.AT_MOST, shown=True),
        width=8,
    ),
)
"""Those of the numbers of the service that are about clocks."""


def _urgent(width: int = 0) -> Panel:
    return Panel(
        "Clocks at risk and breached",
        (
            Figure(_NAMES[ClockState.AT_RISK], by=_WHOSE, legend="at risk"),
            Figure(_NAMES[ClockState.BREACHED], by=_WHOSE, legend="breached"),
        ),
        Form.TABLE,
        empty="No clock is at risk or breached",
        width=width,
    )


def _deadlines(width: int = 0) -> Panel:
    return Panel(
        "Nearest deadlines",
        (Figure(NEXT_DEADLINE.short_name, Statistic.REMAINING, _CLOCK, legend="in"),),
        Form.TABLE,
        Unit.SECONDS,
        empty=_NO_CLOCK_RUNS,
        width=width,
    )


CLOCK_TABLES: Final = PanelRow(
    Page.NOW,
    "SLA clocks",
    (
        _urgent(width=14),
        _deadlines(width=10),
    ),
)

_COMPLIANCE_ROW: Final = PanelRow(
    Page.SERVICE_LEVELS,
    "Compliance",
    (
        Panel(
            "Compliance",
            (Figure(_COMPLIANCE),),
            Form.NUMBER,
            Unit.RATIO,
            target=_OBJECTIVE,
            empty=_NO_CLOCK_ENDED,
            width=6,
        ),
        Panel(
            "Error budget left, 30 days",
            (Figure(_COMPLIANCE, Statistic.BUDGET_LEFT, window="30d"),),
            Form.NUMBER,
            Unit.RATIO,
            _BUDGET,
            Target("budget_left", Good.AT_LEAST),
            "No clock ended in 30 days",
            width=6,
        ),
        Panel("Ended in time", (Figure("sla_ended_in_time"),), Form.NUMBER, width=6),
        Panel("Ended late", (Figure("sla_ended_late"),), Form.NUMBER, width=6),
        Panel(
            "Compliance by policy and metric",
            (Figure(_COMPLIANCE, by=_CLOCK),),
            Form.BARS,
            Unit.RATIO,
            target=_OBJECTIVE,
            empty=_NO_CLOCK_ENDED,
        ),
        Panel(
            "Compliance over time",
            (Figure(_COMPLIANCE, by=_CLOCK),),
            unit=Unit.RATIO,
            target=_OBJECTIVE,
            empty=_NO_CLOCK_ENDED,
        ),
        Panel(
            "Error budget left by policy and metric, 30 days",
            (Figure(_COMPLIANCE, Statistic.BUDGET_LEFT, _CLOCK, "30d"),),
            unit=Unit.RATIO,
            description=_BUDGET,
            target=Target("budget_left", Good.AT_LEAST),
            empty="No clock ended in 30 days",
        ),
        Panel(
            "Burn rate",
            (
                Figure(_COMPLIANCE, Statistic.BURN_RATE, _CLOCK, "24h", legend="{{policy}} {{sla}}, 24 h"),
                Figure(_COMPLIANCE, Statistic.BURN_RATE, _CLOCK, "1h", legend="{{policy}} {{sla}}, 1 h"),
            ),
            unit=Unit.TIMES,
            description="How many times faster than the objective allows clocks end late. The alert asks for both.",
            target=Target("burn_rate", Good.AT_MOST),
            empty="No clock ended in 24 hours",
        ),
    ),
)

_STATES: Final = PanelRow(
    Page.SERVICE_LEVELS,
    "Clocks",
    (
        *(
            Panel(
                f"{state.value.replace('_', ' ').capitalize()} now",
                (Figure(_NAMES[state]),),
                Form.NUMBER,
                target=target,
                width=6,
            )
            for state, target in (
                (ClockState.ACTIVE, None),
                (ClockState.PAUSED, None),
                (ClockState.AT_RISK, Target("at_risk", Good.AT_MOST)),
                (ClockState.BREACHED, Target("breached", Good.AT_MOST)),
            )
        ),
        Panel(
            "Clocks by state",
            tuple(Figure(name, legend=state.value.replace("_", " ")) for state, name in _NAMES.items()),
            Form.AREAS,
        ),
        _deadlines(),
        Panel(
            "Breached clocks by team",
            (Figure(_NAMES[ClockState.BREACHED], by=("team",)),),
            Form.AREAS,
            empty="No clock is breached",
        ),
        _urgent(),
    ),
)

_MISSES: Final = PanelRow(
    Page.SERVICE_LEVELS,
    "Misses",
    (
        Panel("Breaches", (Figure("sla_breaches", by=_CLOCK),), Form.COLUMNS, empty="No deadline was missed"),
        Panel(
            "Ended late by team",
            (Figure("sla_ended_late", by=("team",)),),
            Form.BARS,
            empty="No clock ended late in this window",
        ),
        Panel(
            "Compliance by team",
            (Figure(_COMPLIANCE, by=("team",)),),
            Form.BARS,
            Unit.RATIO,
            target=_OBJECTIVE,
            empty=_NO_CLOCK_ENDED,
        ),
        Panel(
            "Transitions",
            (Figure("sla_transitions", by=("transition",)),),
            Form.COLUMNS,
            empty="No clock changed its state",
        ),
    ),
)

SERVICE_LEVEL_ROWS: Final = (_COMPLIANCE_ROW, _STATES, _MISSES)
