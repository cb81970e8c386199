"""Where the agents of a post are counted: the slots of its series, found once."""

from __future__ import annotations

from typing import Final

from stream.desks.agents.agent_hour import OCCUPIED, ON_QUEUE, AgentState, Post
from stream.state.contributing import Contributor, Values

_REMEMBERED: Final = 2_000


class AgentSlots:
    """The slots of the stocks in which an agent is counted."""

    def __init__(self, contributor: Contributor) -> None:
        self._contributor = contributor
        self._known: dict[tuple[AgentState, Post], tuple[int, ...]] = {}

    def of(self, state: AgentState, post: Post) -> tuple[int, ...]:
        """Those of an agent who is in a state at a post."""
        slots = self._known.get((state, post))
        if slots is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            slots = self._known[state, post] = self._find(state, post)
        return slots

    def _find(self, state: AgentState, post: Post) -> tuple[int, ...]:
        values: Values = {"team": post.team, "channel": post.channel, "state": state.name.lower()}
        slots = [self._slot("agents", values)]
        if state in ON_QUEUE:
            slots.append(self._slot("agents_on_queue", values))
            slots += (self._slot("queue_members", {**values, "queue": queue}) for queue in post.queues)
        if state in OCCUPIED:
            slots.append(self._slot("agents_occupied", values))
        return tuple(slots)

    def _slot(self, stock: str, values: Values) -> int:
        return self._contributor.step(stock, values, 0, 1)[0]
