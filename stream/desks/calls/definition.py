"""The definition of calls."""

from __future__ import annotations

from typing import Any, Final

from schemas.events import CALLS_TOPIC, EVENTS_BY_TOPIC
from stream.desks.calls.alerts import ALERTS
from stream.desks.calls.desk_group import CallDesks
from stream.desks.calls.measures import LONGEST_WAIT, MEASURES, RATIOS, STOCKS, WITHOUT_QUEUEING
from stream.desks.calls.numbers import window_numbers
from stream.desks.calls.panels import PANELS, QUEUE
from stream.desks.calls.presentation import COLUMNS, ROWS
from stream.desks.calls.settings import CallSettings
from stream.desks.calls.story.storyline import CallStoryline
from stream.state.kind import Kind, Workplace
from stream.state.totals import WindowTotals


class Calls(Kind):
    """Calls and chats in queues: waits, service levels, handle times."""

    name = "calls"
    topic = CALLS_TOPIC
    events = EVENTS_BY_TOPIC[CALLS_TOPIC]
    measures = MEASURES
    stocks = STOCKS
    gauges = (LONGEST_WAIT, WITHOUT_QUEUEING)
    ratios = RATIOS
    sections = {"calls": CallSettings}
    panels = PANELS
    page = QUEUE.page
    own_pages = (QUEUE,)
    alerts = ALERTS
    rows = ROWS
    columns = COLUMNS
    story = CallStoryline

    def new_group(self, workplace: Workplace) -> CallDesks:
        """The desks of a worker."""
        return CallDesks(self.decode, workplace, workplace.settings.section(CallSettings).rules)

    def window_numbers(self, totals: WindowTotals) -> dict[str, Any]:
        """The final numbers of a window."""
        return window_numbers(totals)


CALLS: Final = Calls()
