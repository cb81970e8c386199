"""The queues of the simulated helpdesk and who answers in them."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import Final

from stream.simulation.storyline import Stage

_ON_QUEUE: Final = 2
"""One agent of so many of a team answers calls at a time; the others work on tickets."""


class Queue:
    """The queue of a team: its agents by when they are free, in microseconds since the epoch."""

    def __init__(self, agents: tuple[str, ...]) -> None:
        self._free = [(0, agent) for agent in agents[: -(-len(agents) // _ON_QUEUE)]]
        heapify(self._free)

    def next_free(self, moment: int) -> int:
        """When somebody can answer who joins at a moment."""
        return max(moment, self._free[0][0])

    def take(self) -> str:
        """The agent who answers next, to be given back."""
        return heappop(self._free)[1]

    def give_back(self, agent: str, until: int) -> None:
        """An agent has work until a moment."""
        heappush(self._free, (until, agent))


class Queues:
    """The queues of all teams, by their names."""

    def __init__(self, stage: Stage) -> None:
        self._queues = {name: Queue(team.agents) for name, team in stage.settings.teams.items()}

    def of(self, team: str) -> Queue:
        """The queue of a team."""
        return self._queues[team]
