"""Agents who sign on, serve one customer after the other, take breaks, and mostly sign off."""

from __future__ import annotations

from collections import deque
from typing import Final

from orjson import dumps

from schemas.events import AGENTS_TOPIC
from stream.desks.agents.story.settings import AgentStorySettings
from stream.simulation.story import Step, Story, Subject
from stream.simulation.storyline import Stage, Storyline

_STATE_CHANGED: Final = b"helpdesk.agent.state_changed.v1"
_SIGNING_ON: Final = 300.0
_SHIFT: Final = 7.2 * 3600
_IDLE: Final = 240.0
_CONTACT: Final = 900.0
_WRAP_UP: Final = 150.0
_BREAK: Final = 900.0


class Agent(Subject):
    """An agent of a team."""

    __slots__ = ("team",)

    topic = AGENTS_TOPIC

    def __init__(self, name: str, team: str) -> None:
        super().__init__(name)
        self.team = team


class AgentStoryline(Storyline):
    """Shifts begin with the rhythm of the helpdesk, of who is off longest, or of somebody new where nobody is off."""

    per_ticket = 0.03
    settings_type = AgentStorySettings

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._settings = stage.settings.story(AgentStorySettings)
        self._off: deque[Agent] = deque()
        self._known = 0

    def arrive(self, moment: int) -> Story:
        """An agent's shift."""
        return self._shift(moment, self._off.popleft() if self._off else self._somebody_new())

    def _somebody_new(self) -> Agent:
        self._known += 1
        return Agent(f"{self.stage.run}-agent-{self._known}", self.stage.staff.team(self.stage.dice))

    def _shift(self, moment: int, agent: Agent) -> Story:
        stage, dice, chosen = self.stage, self.stage.dice, self._settings
        queues = [agent.team]
        if dice.chance(chosen.helping_share):
            queues.append(stage.staff.other_team(agent.team, dice))
        channel = "chat" if dice.chance(chosen.chat_share) else "phone"

        def enter(state: str, at: int) -> Step:
            data = {"state": state, "team": agent.team, "channel": channel, "queues": queues}
            return at, agent, _STATE_CHANGED, dumps(data)

        moment = yield enter("available", stage.pace.agent(moment, dice.spread(_SIGNING_ON, 0.5), quick=True))
        over = stage.pace.always(moment, dice.spread(_SHIFT, 0.1))
        while moment < over:
            moment = yield enter("busy", stage.pace.always(moment, dice.spread(_IDLE, 0.8)))
            moment = yield enter("wrap_up", stage.pace.always(moment, dice.spread(_CONTACT, 0.6)))
            after = stage.pace.always(moment, dice.spread(_WRAP_UP, 0.5))
            if dice.chance(chosen.break_share):
                moment = yield enter("away", after)
                after = stage.pace.always(moment, dice.spread(_BREAK, 0.4))
            moment = yield enter("available", after)
        if not dice.chance(chosen.forgetful_share):
            yield enter("offline", stage.pace.always(moment, dice.spread(_IDLE, 0.8)))
        self._off.append(agent)
