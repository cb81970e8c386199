"""What dashboards show of tickets."""

from __future__ import annotations

from typing import Final

from stream.desks.tickets.sla.panels import CLOCK_NUMBERS, CLOCK_TABLES, SERVICE_LEVEL_ROWS
from stream.desks.tickets.summary import AGE_EDGES
from stream.desks.tickets.time_panels import TIME_ROWS
from stream.state.figure import Figure, Statistic
from stream.state.panel import Form, Good, Page, Panel, PanelRow, Target, Unit
from stream.windows.moments import DAY, HOUR, to_seconds

_NONE_OPEN: Final = "No open tickets"
_NO_TICKETS: Final = "No tickets in this window"


def _by(title: str, name: str, label: str, unit: Unit) -> Panel:
    return Panel(title, (Figure(name, by=(label,)),), Form.BARS, unit, empty=_NO_TICKETS, width=8)


_NOW: Final = PanelRow(
    Page.NOW,
    "The service now",
    (
        Panel(
            "Open cases",
            (Figure("open_cases"),),
            Form.NUMBER,
            target=Target("open_cases", Good.AT_MOST, shown=True),
            width=8,
        ),
        Panel(
            "Oldest open ticket",
            (Figure("oldest_open_ticket_timestamp_seconds", Statistic.AGE),),
            Form.NUMBER,
            Unit.SECONDS,
            target=Target("oldest_open_seconds", Good.AT_MOST, shown=True),
            empty=_NONE_OPEN,
            width=8,
        ),
        Panel(
            "First reply, p90 of the last hour",
            (Figure("first_reply_seconds", Statistic.P90, window="1h"),),
            Form.NUMBER,
            Unit.SECONDS,
            "Nine first replies in ten were at most this long in coming.",
            Target("first_reply_seconds", Good.AT_MOST, shown=True),
            "No reply in the last hour",
            width=8,
        ),
        *CLOCK_NUMBERS,
    ),
)

_NOW_FLOW: Final = PanelRow(
    Page.NOW,
    "In and out",
    (
        Panel(
            "Opened and resolved in the hour before",
            (
                Figure("tickets_opened", window="1h", legend="opened"),
                Figure("tickets_resolved", window="1h", legend="resolved"),
            ),
        ),
        Panel(
            "Open tickets and cases",
            (Figure("open_tickets", legend="open tickets"), Figure("open_cases", legend="open cases")),
        ),
    ),
)

_FLOW: Final = PanelRow(
    Page.TICKETS,
    "Flow",
    (
        Panel("Opened", (Figure("tickets_opened"),), Form.NUMBER),
        Panel("Resolved", (Figure("tickets_resolved"),), Form.NUMBER),
        Panel(
            "Net",
            (Figure("tickets_opened", minus="tickets_resolved"),),
            Form.NUMBER,
            description="Opened less resolved: above zero, the open tickets grow.",
        ),
        Panel("Open tickets", (Figure("open_tickets"),), Form.NUMBER),
        Panel("Open cases", (Figure("open_cases"),), Form.NUMBER),
        Panel("Backlog", (Figure("backlog_tickets"),), Form.NUMBER),
        Panel(
            "Opened, resolved and net",
            (
                Figure("tickets_opened", legend="opened"),
                Figure("tickets_resolved", legend="resolved"),
                Figure("tickets_opened", minus="tickets_resolved", legend="net"),
            ),
            description="Each point is the count of the window before it.",
        ),
        Panel(
            "Open tickets, cases and backlog",
            (
                Figure("open_tickets", legend="open tickets"),
                Figure("open_cases", legend="open cases"),
                Figure("backlog_tickets", legend="backlog"),
            ),
        ),
    ),
)

_BACKLOG: Final = PanelRow(
    Page.TICKETS,
    "Backlog and ages",
    (
        Panel(
            "Backlog by team",
            (Figure("backlog_tickets", by=("team",)),),
            Form.AREAS,
            empty="No backlog",
        ),
        Panel(
            "Ages of the open tickets",
            tuple(
                Figure(
                    "open_ticket_age_seconds",
                    only=(("le", repr(to_seconds(edge))),),
                    legend=f"up to {edge // HOUR} h" if edge < DAY else f"up to {edge // DAY} d",
                )
                for edge in AGE_EDGES
            ),
            Form.BARS,
            description="How many are at most this old; each bar has those of the bars above it in it.",
            empty=_NONE_OPEN,
        ),
        Panel(
            "Age of the open tickets",
            (
                Figure("open_ticket_age_seconds", Statistic.P50, legend="p50"),
                Figure("open_ticket_age_seconds", Statistic.P90, legend="p90"),
                Figure("open_ticket_age_seconds", Statistic.P95, legend="p95"),
                Figure("backlog_threshold_seconds", Statistic.LARGEST, legend="backlog from"),
            ),
            unit=Unit.SECONDS,
            empty=_NONE_OPEN,
        ),
        Panel(
            "Oldest ticket and backlog threshold",
            (
                Figure("oldest_open_ticket_timestamp_seconds", Statistic.AGE, legend="oldest"),
                Figure("backlog_threshold_seconds", Statistic.LARGEST, legend="backlog from"),
            ),
            Form.NUMBER,
            Unit.SECONDS,
            empty=_NONE_OPEN,
            width=12,
            height=8,
        ),
    ),
)

_RATES: Final = (
    ("Resolution rate", "resolution"),
    ("First contact resolution", "first_contact_resolution"),
    ("Reopen rate", "reopen"),
    ("Escalation rate", "escalation"),
    ("Abandonment", "abandonment"),
)

_QUALITY: Final = PanelRow(
    Page.TICKETS,
    "Rates",
    (
        *(
            Panel(
                title,
                (Figure(name),),
                Form.NUMBER,
                Unit.RATIO,
                target=Target("abandonment", Good.AT_MOST) if name == "abandonment" else None,
                empty=_NO_TICKETS,
            )
            for title, name in _RATES
        ),
        Panel("Reassignments", (Figure("ticket_reassignments"),), Form.NUMBER),
        Panel(
            "Rates over time",
            tuple(Figure(name, legend=title.lower()) for title, name in _RATES),
            unit=Unit.RATIO,
            empty=_NO_TICKETS,
        ),
        Panel(
            "Reopened, escalated and abandoned",
            (
                Figure("tickets_reopened", legend="reopened"),
                Figure("tickets_escalated", legend="escalated"),
                Figure("tickets_abandoned", legend="abandoned"),
                Figure("tickets_resolved_first_contact", legend="resolved at first contact"),
            ),
        ),
    ),
)

_WHERE: Final = PanelRow(
    Page.TICKETS,
    "By channel, priority, team and category",
    (
        _by("Contacts by channel", "contact_channel", "channel", Unit.RATIO),
        _by("Opened by priority", "tickets_opened", "priority", Unit.COUNT),
        _by("Opened by team", "tickets_opened", "team", Unit.COUNT),
        _by("Contacts by category", "contact_category", "category", Unit.RATIO),
        _by("Resolution rate by team", "resolution", "team", Unit.RATIO),
        Panel(
            "Abandonment by channel",
            (Figure("abandonment", by=("channel",)),),
            Form.BARS,
            Unit.RATIO,
            target=Target("abandonment", Good.AT_MOST),
            empty=_NO_TICKETS,
            width=8,
        ),
        Panel(
            "Opened by category",
            (Figure("tickets_opened_by_category", by=("category",)),),
            Form.AREAS,
            empty=_NO_TICKETS,
        ),
        Panel("Open tickets by team", (Figure("open_tickets", by=("team",)),), Form.AREAS, empty=_NONE_OPEN),
    ),
)

_SET_ASIDE: Final = PanelRow(
    Page.TICKETS,
    "Set aside",
    (
        Panel("Events before the opening", (Figure("ticket_events_before_opening"),), Form.NUMBER, width=6),
        Panel("Pending or hold after the end", (Figure("ticket_events_after_resolution"),), Form.NUMBER, width=6),
        Panel("Tickets without an opening", (Figure("tickets_without_opening"),), Form.NUMBER, width=6),
        Panel("Tickets under two keys", (Figure("split_tickets"),), Form.NUMBER, width=6),
    ),
)

PANELS: Final = (
    _NOW,
    CLOCK_TABLES,
    _NOW_FLOW,
    _FLOW,
    _BACKLOG,
    *TIME_ROWS,
    _QUALITY,
    _WHERE,
    _SET_ASIDE,
    *SERVICE_LEVEL_ROWS,
)
