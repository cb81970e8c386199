"""What of agents somebody has to be told of."""

from __future__ import annotations

from typing import Final

from stream.desks.agents.panels import QUEUE
from stream.state.alert import Alert, Comparison, Condition, Severity
from stream.state.figure import Figure

ALERTS: Final = (
    Alert(
        "HelpdeskOccupancyHigh",
        Severity.WARNING,
        "A team has hardly any time between customers.",
        "In the last hour, agents of team {{ $labels.team }} were busy or in wrap-up for"
        " {{ $value | humanizePercentage }} of their time on queue.",
        (
            Condition(Figure("occupancy", by=("team",), window="1h"), Comparison.ABOVE, "occupancy"),
            Condition(
                Figure("agents_on_queue_seconds", by=("team", "window")),
                Comparison.AT_LEAST,
                "occupancy_agent_seconds",
            ),
        ),
        QUEUE,
        "Occupancy by team",
        ("team",),
        "5m",
    ),
)
