"""The gauges and counters of SLA clocks."""

from __future__ import annotations

from typing import Final

from stream.desks.tickets.sla.agenda import ClockState
from stream.state.metric import Metric, OverFleet, counter, gauge

LABELS: Final = ("policy", "sla", "channel", "priority", "team")
"""``policy`` is the policy in force, ``sla`` the metric that it sets a target for; the others are the ticket's."""


def _clocks(state: ClockState, definition: str) -> Metric:
    # Their sums stand beside the alerts on them, so that no evaluation passes in between.
    return gauge(f"sla_clocks_{state.value}", LABELS, definition, OverFleet.NONE)


CLOCKS: Final = {
    ClockState.ACTIVE: _clocks(ClockState.ACTIVE, "SLA clocks that run and are neither at risk nor breached."),
    ClockState.PAUSED: _clocks(ClockState.PAUSED, "SLA clocks that stand still and are not breached."),
    ClockState.AT_RISK: _clocks(
        ClockState.AT_RISK, "SLA clocks that run, are not breached, and whose deadline is near."
    ),
    ClockState.BREACHED: _clocks(ClockState.BREACHED, "SLA clocks that are open past their deadline."),
}
NEXT_DEADLINE: Final = gauge(
    "sla_next_deadline_timestamp_seconds",
    ("policy", "sla"),
    "The nearest deadline of a running clock that is not breached; take the smallest over the fleet.",
    OverFleet.MIN,
)
BREACHES: Final = counter("sla_breaches", LABELS, "Missed deadlines of SLA clocks.")
TRANSITIONS: Final = counter(
    "sla_transitions",
    ("transition",),
    "Transitions of SLA clocks announced: activate, pause, resume, at_risk, breach, fulfil, cancel and retract.",
)
