"""The one table of exported metrics.

The collector, the tables of the README and every generated rule and dashboard take names, labels and
definitions from here.
"""

from __future__ import annotations

from typing import Final

from stream.metrics.metric import PREFIX, WINDOW_LABEL, Kind, Metric
from stream.metrics.sla_catalogue import (
    SLA_BREACHES,
    SLA_CLOCKS,
    SLA_NEXT_DEADLINE,
    SLA_TRANSITIONS,
    SLA_WINDOWED,
)
from stream.state.measures import MEASURES, SLA_COUNTS, TICKET_DURATIONS, business

_DEFINITIONS: Final = {
    "tickets_opened": "Tickets opened.",
    "tickets_opened_by_category": "Tickets opened, by category.",
    "tickets_opened_resolved": "Tickets opened in the window that are resolved now.",
    "tickets_resolved": "Tickets that are resolved now, counted once, at their last resolution.",
    "tickets_resolved_first_contact": "Tickets resolved at first contact, at their last resolution.",
    "tickets_reopened": "Tickets that were reopened after a resolution, counted once, at their first reopen.",
    "tickets_escalated": "Tickets that were escalated, counted once, at their first escalation.",
    "tickets_abandoned": "Tickets whose customer left, or that were closed unresolved with no agent's reply.",
    "ticket_reassignments": "Changes of a ticket's assignee from one agent to another.",
    "ticket_events_before_opening": "Events dated before their ticket's opening, which count nowhere else; "
    "but an abandonment counts at the opening.",
    "ticket_events_after_resolution": "Changes to pending or hold of tickets that were resolved or abandoned and not "
    "reopened, which count nowhere else.",
    "first_reply_seconds": "From when the customer began to wait to the first public reply of a human agent.",
    "next_reply_seconds": "From the oldest unanswered customer message to the next public reply of a human agent.",
    "requester_wait_seconds": "Time in new, open and on hold up to the last resolution.",
    "agent_work_seconds": "Time in new and open up to the last resolution.",
    "on_hold_seconds": "Time on hold up to the last resolution.",
    "first_resolution_seconds": "From creation to the first resolution.",
    "resolution_seconds": "From creation to the last resolution of tickets that are resolved now.",
    "complaint_first_resolution_seconds": "From creation to the first resolution, complaints only.",
    "complaint_resolution_seconds": "From creation to the last resolution, complaints only.",
    "surveys_sent": "Surveys sent to customers.",
    "survey_responses": "Surveys answered, each by its latest answer.",
    "survey_favourable": "Answers of satisfied customers (csat), promoters (nps), customers with low effort (ces).",
    "survey_detractors": "Answers of detractors (nps, scores 0 to 6).",
    "survey_scores": "Answers by the score given, the raw distribution.",
}
_DEFINITIONS.update(
    {business(measure.name): f"{_DEFINITIONS[measure.name][:-1]}, in business hours." for measure in TICKET_DURATIONS}
)

_TICKET_LABELS: Final = ("channel", "priority", "team")

WINDOWED: Final[tuple[Metric, ...]] = (
    *(
        Metric(
            PREFIX + measure.name,
            Kind.WINDOWED_DURATION if measure.duration else Kind.WINDOWED_COUNT,
            (*measure.labels, WINDOW_LABEL),
            _DEFINITIONS[measure.name],
            measure.name,
        )
        for measure in MEASURES.values()
        if measure not in SLA_COUNTS
    ),
    *SLA_WINDOWED,
)

OPEN_TICKETS: Final = Metric(f"{PREFIX}open_tickets", Kind.GAUGE, _TICKET_LABELS, "Tickets that are not resolved now.")
OPEN_CASES: Final = Metric(
    f"{PREFIX}open_cases", Kind.GAUGE, _TICKET_LABELS, "Open tickets whose customer waits for an agent."
)
BACKLOG_TICKETS: Final = Metric(
    f"{PREFIX}backlog_tickets", Kind.GAUGE, _TICKET_LABELS, "Tickets that are open for longer than the threshold."
)
BACKLOG_THRESHOLD: Final = Metric(
    f"{PREFIX}backlog_threshold_seconds",
    Kind.GAUGE,
    (),
    "Age from which an open ticket is backlog: the setting, or the mean resolution time of the last 30 days.",
)
OPEN_TICKET_AGE: Final = Metric(
    f"{PREFIX}open_ticket_age_seconds", Kind.DISTRIBUTION, _TICKET_LABELS, "Ages of the open tickets."
)
OLDEST_OPEN_TICKET: Final = Metric(
    f"{PREFIX}oldest_open_ticket_timestamp_seconds",
    Kind.GAUGE,
    (),
    "When the oldest open ticket was opened; the smallest over the fleet counts.",
)
TICKETS_WITHOUT_OPENING: Final = Metric(
    f"{PREFIX}tickets_without_opening",
    Kind.GAUGE,
    (),
    "Tickets of which events are known but not their opening, so that they count nowhere else.",
)
SPLIT_TICKETS: Final = Metric(
    f"{PREFIX}split_tickets",
    Kind.GAUGE,
    (),
    "Tickets without an opening whose id another partition of this worker knows: their events had different keys.",
)
EVENTS: Final = Metric(
    f"{PREFIX}events",
    Kind.COUNTER,
    ("topic", "outcome"),
    "Records processed, each under one outcome: applied, duplicate (known already), replayed (below the marker), "
    "rejected, refused (valid, but too late or beyond what a ticket takes; dead-lettered as well), or set aside "
    "when it came: unopened (its ticket's opening is not known yet), before_opening, "
    "after_resolution (pending or hold of a ticket that is over), void (its ticket is merged or deleted).",
)
DEAD_LETTERS: Final = Metric(
    f"{PREFIX}dead_letters", Kind.COUNTER, ("topic", "reason"), "Records written to the dead-letter topic."
)
STATE_REBUILDS: Final = Metric(
    f"{PREFIX}state_rebuilds",
    Kind.COUNTER,
    ("topic",),
    "Copies of a partition's state on disk that were damaged, set aside and made anew from the changelog.",
)
LABEL_OVERFLOWS: Final = Metric(
    f"{PREFIX}label_overflows",
    Kind.COUNTER,
    ("label",),
    "Label values folded into `other` because of the bound on distinct values.",
)
LAST_EVENT: Final = Metric(
    f"{PREFIX}last_event_timestamp_seconds", Kind.GAUGE, ("topic",), "When this worker last took records in."
)
WATERMARK: Final = Metric(
    f"{PREFIX}watermark_timestamp_seconds", Kind.GAUGE, (), "The highest event time seen in the partitions held."
)
CONSUMER_LAG: Final = Metric(
    f"{PREFIX}consumer_lag_records",
    Kind.GAUGE,
    ("topic", "partition"),
    "Records of the source topic that this worker has not taken in yet.",
)
PARTITIONS: Final = Metric(f"{PREFIX}partitions_held", Kind.GAUGE, ("topic",), "Partitions that this worker holds.")
CLOCK_STEP: Final = Metric(
    f"{PREFIX}clock_step_seconds",
    Kind.GAUGE,
    (),
    "By how much the machine's clock has stepped since the worker started, against its monotonic clock.",
)
CLOCK_AHEAD: Final = Metric(
    f"{PREFIX}clock_ahead_seconds",
    Kind.GAUGE,
    (),
    "How far the machine's clock was ahead of the brokers' at the last append to a changelog that they stamp.",
)
COLLECT_DURATION: Final = Metric(
    f"{PREFIX}collect_duration_seconds", Kind.GAUGE, (), "How long it took to work out the metrics of this scrape."
)
BUILD: Final = Metric(f"{PREFIX}build", Kind.INFO, ("version", "clock"), "The version of deskpulse and its clock.")

STATE: Final = (
    OPEN_TICKETS,
    OPEN_CASES,
    BACKLOG_TICKETS,
    BACKLOG_THRESHOLD,
    OPEN_TICKET_AGE,
    OLDEST_OPEN_TICKET,
    TICKETS_WITHOUT_OPENING,
    *SLA_CLOCKS,
    SLA_NEXT_DEADLINE,
)
WORKER: Final = (
    EVENTS,
    DEAD_LETTERS,
    STATE_REBUILDS,
    SPLIT_TICKETS,
    LABEL_OVERFLOWS,
    LAST_EVENT,
    WATERMARK,
    CONSUMER_LAG,
    PARTITIONS,
    SLA_BREACHES,
    SLA_TRANSITIONS,
    CLOCK_STEP,
    CLOCK_AHEAD,
    COLLECT_DURATION,
    BUILD,
)

CATALOGUE: Final[tuple[Metric, ...]] = (*WINDOWED, *STATE, *WORKER)
"""Every metric that deskpulse exports, but for those of the process itself."""
