"""The metrics of SLA clocks."""

from __future__ import annotations

from typing import Final

from stream.metrics.metric import PREFIX, WINDOW_LABEL, Kind, Metric

SLA_LABELS: Final = ("policy", "sla", "channel", "priority", "team")
"""``policy`` is the policy in force, ``sla`` the metric that it sets a target for; the others are the ticket's."""

SLA_ENDED_IN_TIME: Final = Metric(
    f"{PREFIX}sla_ended_in_time",
    Kind.WINDOWED_COUNT,
    (*SLA_LABELS, WINDOW_LABEL),
    "SLA clocks that were fulfilled and never breached.",
    "sla_ended_in_time",
)
SLA_ENDED_LATE: Final = Metric(
    f"{PREFIX}sla_ended_late",
    Kind.WINDOWED_COUNT,
    (*SLA_LABELS, WINDOW_LABEL),
    "SLA clocks that ended after a breach: fulfilled, or their ticket was solved or abandoned.",
    "sla_ended_late",
)
SLA_CLOCKS_ACTIVE: Final = Metric(
    f"{PREFIX}sla_clocks_active", Kind.GAUGE, SLA_LABELS, "SLA clocks that run and are neither at risk nor breached."
)
SLA_CLOCKS_PAUSED: Final = Metric(
    f"{PREFIX}sla_clocks_paused", Kind.GAUGE, SLA_LABELS, "SLA clocks that stand still and are not breached."
)
SLA_CLOCKS_AT_RISK: Final = Metric(
    f"{PREFIX}sla_clocks_at_risk",
    Kind.GAUGE,
    SLA_LABELS,
    "SLA clocks that run, are not breached, and whose deadline is near.",
)
SLA_CLOCKS_BREACHED: Final = Metric(
    f"{PREFIX}sla_clocks_breached", Kind.GAUGE, SLA_LABELS, "SLA clocks that are open beyond their deadline."
)
SLA_NEXT_DEADLINE: Final = Metric(
    f"{PREFIX}sla_next_deadline_timestamp_seconds",
    Kind.GAUGE,
    ("policy", "sla"),
    "The nearest deadline of a running clock that is not breached; the smallest over the fleet counts.",
)
SLA_BREACHES: Final = Metric(f"{PREFIX}sla_breaches", Kind.COUNTER, SLA_LABELS, "Deadlines of SLA clocks missed.")
SLA_TRANSITIONS: Final = Metric(
    f"{PREFIX}sla_transitions",
    Kind.COUNTER,
    ("transition",),
    "Transitions of SLA clocks announced: activate, pause, resume, at_risk, breach, fulfil, cancel and retract.",
)

SLA_WINDOWED: Final = (SLA_ENDED_IN_TIME, SLA_ENDED_LATE)
SLA_CLOCKS: Final = (SLA_CLOCKS_ACTIVE, SLA_CLOCKS_PAUSED, SLA_CLOCKS_AT_RISK, SLA_CLOCKS_BREACHED)
SLA_STATE: Final = (*SLA_CLOCKS, SLA_NEXT_DEADLINE, SLA_BREACHES, SLA_TRANSITIONS)
