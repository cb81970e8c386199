"""The gauges and counters of tickets."""

from __future__ import annotations

from typing import Final

from stream.desks.tickets.sla.gauges import BREACHES, CLOCKS, NEXT_DEADLINE, TRANSITIONS
from stream.state.metric import OverFleet, distribution, gauge

LABELS: Final = ("channel", "priority", "team")

OPEN_TICKETS: Final = gauge("open_tickets", LABELS, "Tickets that are not resolved now.")
OPEN_CASES: Final = gauge("open_cases", LABELS, "Open tickets whose customer waits for an agent.")
BACKLOG_TICKETS: Final = gauge(
    "backlog_tickets", LABELS, "Tickets that are open for longer than the threshold.", levels=(("team",),)
)
BACKLOG_THRESHOLD: Final = gauge(
    "backlog_threshold_seconds",
    (),
    "Age from which an open ticket is backlog: the setting, or the mean resolution time of the last 30 days.",
    OverFleet.NONE,
)
OPEN_TICKET_AGE: Final = distribution("open_ticket_age_seconds", LABELS, "Ages of the open tickets.")
OLDEST_OPEN_TICKET: Final = gauge(
    "oldest_open_ticket_timestamp_seconds",
    (),
    "When the oldest open ticket was opened; take the smallest over the fleet.",
    OverFleet.MIN,
)
TICKETS_WITHOUT_OPENING: Final = gauge(
    "tickets_without_opening",
    (),
    "Tickets of which some event is known but not the opening, so that they count nowhere else.",
)
SPLIT_TICKETS: Final = gauge(
    "split_tickets",
    (),
    "Tickets without an opening whose id another partition of this worker knows: their events had different keys.",
    OverFleet.NONE,
)

GAUGES: Final = (
    OPEN_TICKETS,
    OPEN_CASES,
    BACKLOG_TICKETS,
    OPEN_TICKET_AGE,
    BACKLOG_THRESHOLD,
    OLDEST_OPEN_TICKET,
    TICKETS_WITHOUT_OPENING,
    *CLOCKS.values(),
    NEXT_DEADLINE,
)
COUNTERS: Final = (SPLIT_TICKETS, BREACHES, TRANSITIONS)
