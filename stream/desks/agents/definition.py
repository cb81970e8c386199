"""The definition of agents."""

from __future__ import annotations

from typing import Any, Final

from schemas.events import AGENTS_TOPIC, EVENTS_BY_TOPIC
from stream.desks.agents.alerts import ALERTS
from stream.desks.agents.desk_group import AgentDesks
from stream.desks.agents.measures import RATIOS, STOCKS
from stream.desks.agents.numbers import occupancy
from stream.desks.agents.panels import PANELS, QUEUE
from stream.desks.agents.presentation import COLUMNS, ROWS
from stream.desks.agents.settings import AgentSettings
from stream.desks.agents.story.storyline import AgentStoryline
from stream.state.kind import Kind, Workplace
from stream.state.stock import WindowStocks
from stream.state.totals import WindowTotals


class Agents(Kind):
    """Agents: what they do, and their occupancy."""

    name = "agents"
    topic = AGENTS_TOPIC
    events = EVENTS_BY_TOPIC[AGENTS_TOPIC]
    measures = ()
    stocks = STOCKS
    ratios = RATIOS
    sections = {"agents": AgentSettings}
    panels = PANELS
    page = QUEUE
    alerts = ALERTS
    rows = ROWS
    columns = COLUMNS
    story = AgentStoryline

    def new_group(self, workplace: Workplace) -> AgentDesks:
        """The desks of a worker."""
        return AgentDesks(self.decode, workplace, workplace.settings.section(AgentSettings).rules)

    def stock_numbers(self, stocks: WindowStocks, totals: WindowTotals) -> dict[str, Any]:
        """The final numbers of the stocks over a window, and the occupancy."""
        return super().stock_numbers(stocks, totals) | occupancy(stocks)


AGENTS: Final = Agents()
