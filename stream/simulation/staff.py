"""The people who work at the simulated helpdesk."""

from __future__ import annotations

from collections.abc import Mapping

from stream.simulation.dice import Dice
from stream.simulation.settings import Team


class Staff:
    """Teams and their agents."""

    def __init__(self, teams: Mapping[str, Team]) -> None:
        self._teams = tuple(teams)
        self._agents = {name: team.agents for name, team in teams.items()}
        self._takes = {category: name for name, team in teams.items() for category in team.categories}

    def team_for(self, category: str) -> str:
        """The team that takes matters of a category first."""
        return self._takes.get(category) or self._teams[0]

    def team(self, dice: Dice) -> str:
        """Any team, each as likely as the others."""
        return dice.pick(self._teams)

    def other_team(self, team: str, dice: Dice) -> str:
        """A team to pass something on to: another one, where there is another."""
        others = tuple(name for name in self._teams if name != team)
        return dice.pick(others) if others else team

    def agent(self, team: str, dice: Dice) -> str:
        """One of a team's agents; some work more than others."""
        agents = self._agents[team]
        return agents[int(dice.random() ** 1.4 * len(agents))]
