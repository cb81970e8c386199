"""What people are shown of tickets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from stream.state.presentation import NOTHING, Cell, count, duration_text, mean, share, spread, top

ROWS: Final[Mapping[str, Mapping[str, Cell]]] = {
    "Replies": {
        "first reply time, mean": mean("first_reply_seconds"),
        "first reply time, p50 / p90": spread("first_reply_seconds"),
        "next reply time, mean": mean("next_reply_seconds"),
    },
    "Resolution": {
        "resolution time, mean": mean("resolution_seconds"),
        "resolution time, p50 / p90": spread("resolution_seconds"),
        "first resolution time, mean": mean("first_resolution_seconds"),
        "complaint resolution time, mean": mean("complaint_resolution_seconds"),
        "requester wait time, mean": mean("requester_wait_seconds"),
        "agent work time, mean": mean("agent_work_seconds"),
        "on-hold time, mean": mean("on_hold_seconds"),
        "resolution rate": share("resolution_ratio"),
        "first contact resolution": share("first_contact_resolution_ratio"),
        "reopen rate": share("reopen_ratio"),
        "escalation rate": share("escalation_ratio"),
        "reassignments": count("ticket_reassignments"),
    },
    "Set aside": {
        "events before the opening": count("ticket_events_before_opening"),
        "pending or hold after the end": count("ticket_events_after_resolution"),
    },
    "SLA": {
        "compliance": share("sla_compliance_ratio"),
        "ended in time": count("sla_ended_in_time"),
        "ended late": count("sla_ended_late"),
    },
    "Volume": {
        "tickets opened": count("tickets_opened"),
        "tickets resolved": count("tickets_resolved"),
        "abandonment": share("abandonment_ratio"),
        "top channels": top("tickets_opened_by_channel"),
        "top categories": top("tickets_opened_by_category"),
    },
}

COLUMNS: Final[Mapping[str, Cell]] = {
    "open tickets": count("open_tickets"),
    "open cases": count("open_cases"),
    "backlog": count("backlog_tickets"),
    "backlog from": lambda state: duration_text(state["backlog_threshold_seconds"]),
    "oldest open ticket": lambda state: state["oldest_open_ticket"] or NOTHING,
}
