"""The definition of tickets."""

from __future__ import annotations

import json
from typing import Any, Final

from schemas.events import EVENTS_BY_TOPIC, PUBLISHED_BY_TOPIC, SLA_TOPIC, TICKETS_TOPIC, TicketEvent
from stream.desks.tickets.decoding import decode
from stream.desks.tickets.desk_group import TicketDesks
from stream.desks.tickets.gauges import COUNTERS, GAUGES
from stream.desks.tickets.measures import MEASURES, RATIOS, SHARES
from stream.desks.tickets.numbers import window_numbers
from stream.desks.tickets.panels import PANELS
from stream.desks.tickets.presentation import COLUMNS, ROWS
from stream.desks.tickets.resources import SLA
from stream.desks.tickets.settings import TicketSettings
from stream.desks.tickets.sla.settings import SlaSettings, policies_of, sla_content
from stream.desks.tickets.story.storyline import TicketStoryline
from stream.settings.calendar import holiday_data
from stream.settings.shared import SharedSettings
from stream.state.kind import Kind, Workplace
from stream.state.panel import Page
from stream.state.totals import WindowTotals


class Tickets(Kind):
    """Tickets: from opening to resolution, with their SLA clocks."""

    name = "tickets"
    topic = TICKETS_TOPIC
    events = EVENTS_BY_TOPIC[TICKETS_TOPIC]
    published = {SLA_TOPIC: PUBLISHED_BY_TOPIC[SLA_TOPIC]}
    measures = MEASURES
    gauges = GAUGES
    counters = COUNTERS
    ratios = RATIOS
    shares = SHARES
    sections = {"tickets": TicketSettings, "sla": SlaSettings}
    resources = (SLA,)
    panels = PANELS
    page = Page.TICKETS
    rows = ROWS
    columns = COLUMNS
    story = TicketStoryline
    contributions = 2
    combines_labels = True

    def decode(self, value: bytes) -> TicketEvent:
        """The event in a record's value."""
        return decode(value)

    def new_group(self, workplace: Workplace) -> TicketDesks:
        """The desks of a worker."""
        settings = workplace.settings
        section = settings.section(TicketSettings)
        rules = section.rules(settings.calendar.calendar())
        return TicketDesks(workplace, rules, policies_of(settings), section.backlog_threshold)

    def settings_content(self, settings: SharedSettings) -> dict[str, Any]:
        """The rules, the business hours with what is known of public holidays, and the policies."""
        sla = settings.section(SlaSettings)
        return {
            "tickets": settings.section(TicketSettings).model_dump(mode="json"),
            "calendar": settings.calendar.model_dump(mode="json"),
            "public_holidays": holiday_data((settings.calendar, *sla.calendars.values())),
            # As a text, for policies have an order.
            "sla": json.dumps(sla_content(sla), sort_keys=True),
        }

    def check_settings(self, settings: SharedSettings) -> None:
        """See that policies name calendars that there are."""
        policies_of(settings)

    def window_numbers(self, totals: WindowTotals) -> dict[str, Any]:
        """The final numbers of a window."""
        return window_numbers(totals)


TICKETS: Final = Tickets()
