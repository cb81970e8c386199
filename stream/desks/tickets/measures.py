"""What tickets contribute to the windows: one table, SLA included."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from stream.state.measure import Measure, Ratio, Share

_BY_TEAM: Final = ("channel", "priority", "team")
_BY_PRIORITY: Final = ("channel", "priority")
_BY_POLICY: Final = ("policy", "sla", *_BY_TEAM)

COUNTS: Final = (
    Measure("tickets_opened", _BY_TEAM, "Tickets opened."),
    Measure("tickets_opened_by_category", ("category",), "Tickets opened, by category."),
    Measure("tickets_opened_resolved", _BY_TEAM, "Tickets opened in the window that are resolved now."),
    Measure("tickets_resolved", _BY_TEAM, "Tickets that are resolved now, counted once, at their last resolution."),
    Measure("tickets_resolved_first_contact", _BY_TEAM, "Tickets resolved at first contact, at their last resolution."),
    Measure(
        "tickets_reopened",
        _BY_TEAM,
        "Tickets that were reopened after a resolution, counted once, at their first reopening.",
    ),
    Measure("tickets_escalated", _BY_TEAM, "Tickets that were escalated, counted once, at their first escalation."),
    Measure(
        "tickets_abandoned",
        _BY_TEAM,
        "Tickets whose customer left, or that were closed unresolved with no agent's reply.",
    ),
    Measure("ticket_reassignments", ("team",), "Changes of a ticket's assignee from one agent to another."),
    Measure(
        "ticket_events_before_opening",
        ("team",),
        "Events dated before their ticket's opening, which count nowhere else; but an abandonment counts at the"
        " opening.",
    ),
    Measure(
        "ticket_events_after_resolution",
        ("team",),
        "Changes to pending or hold of tickets that were resolved or abandoned and not reopened, which count nowhere"
        " else.",
    ),
)


def _duration(name: str, labels: tuple[str, ...], definition: str) -> Measure:
    return Measure(name, labels, definition, duration=True)


DURATIONS: Final = (
    _duration(
        "first_reply_seconds",
        _BY_PRIORITY,
        "From when the customer began to wait to the first public reply of a human agent.",
    ),
    _duration(
        "next_reply_seconds",
        _BY_PRIORITY,
        "From the oldest unanswered customer message to the next public reply of a human agent.",
    ),
    _duration("requester_wait_seconds", _BY_PRIORITY, "Time in new, open and on hold up to the last resolution."),
    _duration("agent_work_seconds", _BY_PRIORITY, "Time in new and open up to the last resolution."),
    _duration("on_hold_seconds", _BY_PRIORITY, "Time on hold up to the last resolution."),
    _duration("first_resolution_seconds", _BY_PRIORITY, "From creation to the first resolution."),
    _duration(
        "resolution_seconds",
        _BY_PRIORITY,
        "From creation to the last resolution of tickets that are resolved now.",
    ),
    _duration(
        "complaint_first_resolution_seconds", ("channel",), "From creation to the first resolution, complaints only."
    ),
    _duration("complaint_resolution_seconds", ("channel",), "From creation to the last resolution, complaints only."),
)


def business(name: str) -> str:
    """The name of a duration's twin that counts only the open hours of the business calendar."""
    return name.replace("_seconds", "_business_seconds")


def _twins() -> Iterator[Measure]:
    for one in DURATIONS:
        yield _duration(business(one.name), one.labels, f"{one.definition[:-1]}, in business hours.")


BUSINESS_DURATIONS: Final = tuple(_twins())

IN_TIME: Final = Measure("sla_ended_in_time", _BY_POLICY, "SLA clocks that were fulfilled and never breached.")
LATE: Final = Measure(
    "sla_ended_late",
    _BY_POLICY,
    "SLA clocks that ended after a breach: fulfilled, or their ticket was solved or abandoned.",
)

MEASURES: Final = (*COUNTS, *DURATIONS, *BUSINESS_DURATIONS, IN_TIME, LATE)

_LEVELS: Final = ((), ("channel",), ("priority",), ("team",))

RATIOS: Final = (
    Ratio("resolution", "tickets_opened_resolved", "tickets_opened", _LEVELS),
    Ratio("first_contact_resolution", "tickets_resolved_first_contact", "tickets_resolved", _LEVELS),
    Ratio("reopen", "tickets_reopened", "tickets_resolved", _LEVELS),
    Ratio("escalation", "tickets_escalated", "tickets_opened", _LEVELS),
    Ratio("abandonment", "tickets_abandoned", "tickets_opened", _LEVELS),
    Ratio(
        "sla_compliance",
        IN_TIME.name,
        (IN_TIME.name, LATE.name),
        (("policy", "sla"), ("policy",), ("sla",), ("channel",), ("team",), ()),
        whole_name="sla_ended",
    ),
)

SHARES: Final = (
    Share("contact_channel", "tickets_opened", "channel"),
    Share("contact_category", "tickets_opened_by_category", "category"),
)
