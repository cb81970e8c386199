"""Agents in tests."""

from __future__ import annotations

from stream.desks.agents.definition import Agents
from stream.desks.agents.desk_group import AgentDesks
from stream.desks.agents.rules import AgentRules
from stream.state.kind import Workplace
from stream.windows.moments import HOUR
from tests.kinds.kind_under_test import KindUnderTest
from tests.moments import When, record
from tests.oracle import OracleSettings
from tests.oracle.agents import AgentSettings

DEFAULT_RULES = AgentRules()


def agent(state: str, when: When, subject: str = "A-1", **data: object) -> bytes:
    """An event of an agent."""
    return record("helpdesk.agent.state_changed.v1", when, subject, {"state": state, **data})


class AgentsUnder(KindUnderTest, Agents):
    """Agents under rules."""

    beginnings = frozenset({"helpdesk.agent.state_changed.v1"})

    def __init__(self, rules: AgentRules = DEFAULT_RULES) -> None:
        self._rules = rules

    def new_group(self, workplace: Workplace) -> AgentDesks:
        return AgentDesks(self.decode, workplace, self._rules)

    @classmethod
    def as_in(cls, settings: OracleSettings) -> AgentsUnder:
        return cls(AgentRules(silence=round(settings.section(AgentSettings).silence_hours * HOUR)))

    @classmethod
    def events_for_every_metric(cls) -> tuple[bytes, ...]:
        return (agent("busy", 0, team="first", channel="phone", queues=["billing"]),)
