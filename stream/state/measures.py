"""The measures that desks contribute to, each with its labels.

The catalogue of exported metrics is built on these names; their definitions stand there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Measure:
    """Something counted, or a duration whose distribution is kept."""

    name: str
    labels: tuple[str, ...]
    duration: bool = False


_BY_TEAM: Final = ("channel", "priority", "team")
_BY_PRIORITY: Final = ("channel", "priority")
_BY_SURVEY: Final = ("survey", "channel", "team")

TICKET_COUNTS: Final = (
    Measure("tickets_opened", _BY_TEAM),
    Measure("tickets_opened_by_category", ("category",)),
    Measure("tickets_opened_resolved", _BY_TEAM),
    Measure("tickets_resolved", _BY_TEAM),
    Measure("tickets_resolved_first_contact", _BY_TEAM),
    Measure("tickets_reopened", _BY_TEAM),
    Measure("tickets_escalated", _BY_TEAM),
    Measure("tickets_abandoned", _BY_TEAM),
    Measure("ticket_reassignments", ("team",)),
    Measure("ticket_events_before_opening", ("team",)),
    Measure("ticket_events_after_resolution", ("team",)),
)

TICKET_DURATIONS: Final = (
    Measure("first_reply_seconds", _BY_PRIORITY, duration=True),
    Measure("next_reply_seconds", _BY_PRIORITY, duration=True),
    Measure("requester_wait_seconds", _BY_PRIORITY, duration=True),
    Measure("agent_work_seconds", _BY_PRIORITY, duration=True),
    Measure("on_hold_seconds", _BY_PRIORITY, duration=True),
    Measure("first_resolution_seconds", _BY_PRIORITY, duration=True),
    Measure("resolution_seconds", _BY_PRIORITY, duration=True),
    Measure("complaint_first_resolution_seconds", ("channel",), duration=True),
    Measure("complaint_resolution_seconds", ("channel",), duration=True),
)


def business(name: str) -> str:
    """The name of a duration's twin that counts only the open hours of the business calendar."""
    return name.replace("_seconds", "_business_seconds")


TICKET_BUSINESS_DURATIONS: Final = tuple(
    Measure(business(measure.name), measure.labels, duration=True) for measure in TICKET_DURATIONS
)

SURVEY_COUNTS: Final = (
    Measure("surveys_sent", _BY_SURVEY),
    Measure("survey_responses", _BY_SURVEY),
    Measure("survey_favourable", _BY_SURVEY),
    Measure("survey_detractors", _BY_SURVEY),
    Measure("survey_scores", ("survey", "scale", "score")),
)

_BY_POLICY: Final = ("policy", "sla", *_BY_TEAM)

SLA_COUNTS: Final = (
    Measure("sla_ended_in_time", _BY_POLICY),
    Measure("sla_ended_late", _BY_POLICY),
)

MEASURES: Final[dict[str, Measure]] = {
    measure.name: measure
    for measure in (*TICKET_COUNTS, *TICKET_DURATIONS, *TICKET_BUSINESS_DURATIONS, *SURVEY_COUNTS, *SLA_COUNTS)
}
"""Every measure by its name."""
