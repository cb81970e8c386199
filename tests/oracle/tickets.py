"""What the oracle knows of tickets; the numbers come out of tables of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tests.oracle.case_text import seconds_of
from tests.oracle.kind import Answer, OracleKind, Rows
from tests.oracle.shapes import Shape, attribute, identifier, one_of, or_null, text
from tests.oracle.ticket_settings import TicketSettings
from tests.oracle.ticket_tables import ticket_numbers

_ACTORS: Final = ("customer", "agent", "bot", "automation")
_VISIBILITIES: Final = ("public", "internal")
_OPEN: Final = ("new", "open", "pending", "hold")
_ENDS: Final = ("solved", "closed")
_REASON: Final = {"reason": or_null(text(2048, 0))}
_ATTRIBUTES: Final = {
    "channel": or_null(attribute),
    "priority": or_null(attribute),
    "category": or_null(attribute),
    "team": or_null(attribute),
    "assignee": or_null(identifier),
    "customer_tier": or_null(attribute),
}


class Tickets(OracleKind[TicketSettings]):
    """Tickets, with their service levels."""

    name = "tickets"
    one = "ticket"
    settings_type = TicketSettings
    events = {
        "opened": Shape(
            {},
            _ATTRIBUTES
            | {
                "requester": or_null(identifier),
                "status": one_of(*_OPEN),
                "actor": one_of(*_ACTORS),
                "visibility": one_of(*_VISIBILITIES),
            },
            needed=True,
        ),
        "replied": Shape(
            {"actor": one_of(*_ACTORS)}, {"visibility": one_of(*_VISIBILITIES), "author": or_null(identifier)}
        ),
        "handed_off": Shape({}, {"team": or_null(attribute)}),
        "status_changed": Shape({"status": one_of(*_OPEN, *_ENDS)}, {"actor": or_null(one_of(*_ACTORS))}),
        "resolved": Shape({}, {"actor": or_null(one_of(*_ACTORS))}),
        "reopened": Shape({}, {"actor": or_null(one_of(*_ACTORS))}),
        "updated": Shape({}, _ATTRIBUTES, needed=True),
        "merged": Shape({"into": identifier}),
        "escalated": Shape({}, {"level": or_null(attribute)} | _REASON),
        "abandoned": Shape({}, _REASON),
        "deleted": Shape({}, _REASON),
        "restored": Shape(),
    }
    letters = "T"
    details = (
        dict.fromkeys(_ACTORS, "actor") | dict.fromkeys(_VISIBILITIES, "visibility") | dict.fromkeys(_OPEN, "status")
    )
    said = {
        "complaint_categories": ("complaint_categories", tuple),
        "first_contact_rule": ("fcr_rule", str),
        "first_contact_days": ("fcr_days", float),
        "first_contact_limit": ("fcr_closed_within_seconds", seconds_of),
        "backlog": ("backlog_threshold_seconds", seconds_of),
        "calendar": ("calendar", lambda calendar: calendar),
    }

    def event_said(self, word: str) -> tuple[str, dict[str, Any]]:
        """The event; ``solved``, ``closed`` and ``status pending`` are changed statuses, ``merged`` is into ``T-9``."""
        if word in _ENDS:
            return "status_changed", {"status": word}
        return ("status_changed", {}) if word == "status" else (word, {"into": "T-9"} if word == "merged" else {})

    def numbers(self, rows: Mapping[str, Rows], settings: TicketSettings, now: int) -> Answer:
        """The state and the windows of tickets."""
        return ticket_numbers(rows[self.name], settings, now)
