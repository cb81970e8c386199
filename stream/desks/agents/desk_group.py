"""The desks of agents in a worker, and how many agents are in each state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from schemas.events import Envelope
from stream.desks.agents.desk import AgentDesk
from stream.desks.agents.measures import STOCKS
from stream.desks.agents.numbers import agents_by_state
from stream.desks.agents.rules import AgentRules
from stream.state.contributing import Contributor
from stream.state.kind import DeskGroup, Workplace
from stream.state.rows import RowStore
from stream.state.value_desk import DeskContext
from stream.state.view import View


class AgentDesks(DeskGroup):
    """The desks of agents in a worker, which count by these rules; ``decode`` gives the event in a record's value."""

    def __init__(self, decode: Callable[[bytes], Envelope], workplace: Workplace, rules: AgentRules) -> None:
        self._decode = decode
        self._rules = rules
        self._contributor = Contributor(workplace.registry, workplace.bounds, (), STOCKS)
        self._hot = workplace.hot

    def new_desk(self, rows: RowStore) -> AgentDesk:
        """A desk over the rows of a partition."""
        return AgentDesk(DeskContext(self._decode, self._contributor, rows, self._hot), self._rules)

    def summary(self, readings: Sequence[Any], view: View) -> dict[str, int]:
        """How many agents are in each state at the moment of the view."""
        del readings
        return agents_by_state(view.levels())

    def state_numbers(self, summary: dict[str, int]) -> dict[str, Any]:
        """The same as a final number."""
        return {"agents_by_state": summary}
