"""The simulated helpdesk: its people, what it hands out and the pace at which it works."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from stream.feeds.simulator.channels import MANNERS, OTHER_MANNER, Manner
from stream.feeds.simulator.dice import Dice, Shares
from stream.feeds.simulator.pace import Pace
from stream.feeds.simulator.records import Story, Subject
from stream.feeds.simulator.settings import SimulatorSettings

_REMEMBERED: Final = 200
_CUSTOMERS_PER_TICKET: Final = 0.4


class Ticket(Subject):
    """What agents know of a ticket, and how content its customer is (``mood``, about 0 to 1)."""

    __slots__ = ("agent", "category", "channel", "manner", "mood", "priority", "requester", "team", "triaged")

    def __init__(self, name: str, channel: str, manner: Manner) -> None:
        super().__init__(name)
        self.channel = channel
        self.manner = manner
        self.priority = ""
        self.category = ""
        self.team = ""
        self.agent: str | None = None
        self.requester = ""
        self.mood = 0.0
        self.triaged = True


class Helpdesk:
    """Hands out tickets, agents and customers, and starts the stories that run beside a ticket's."""

    def __init__(self, settings: SimulatorSettings, dice: Dice, pace: Pace, begin: Callable[[Story], None]) -> None:
        self.settings = settings
        self.dice = dice
        self.pace = pace
        self.begin = begin
        self.run = ""
        self.opened = 0
        self._channels = Shares(settings.channels)
        self._priorities = Shares(settings.priorities)
        self._categories = Shares(settings.categories)
        self._teams = tuple(settings.teams)
        self._agents = {name: team.agents for name, team in settings.teams.items()}
        self._takes = {category: name for name, team in settings.teams.items() for category in team.categories}
        self._recent: list[str] = []

    def ticket(self) -> Ticket:
        """Open a ticket with everything that its customer brings along."""
        dice = self.dice
        self.opened += 1
        channel = self._channels.pick(dice)
        ticket = Ticket(f"{self.run}-{self.opened}", channel, MANNERS.get(channel, OTHER_MANNER))
        ticket.priority = self._priorities.pick(dice)
        ticket.category = self._categories.pick(dice)
        ticket.team = self._takes.get(ticket.category) or self._teams[0]
        ticket.requester = f"customer-{int((self.opened * _CUSTOMERS_PER_TICKET + 500) * dice.random() ** 2)}"
        ticket.mood = (0.8 if ticket.category != "complaint" else 0.5) + 0.16 * dice.bell()
        ticket.triaged = ticket.manner.quick or dice.chance(0.6)
        return ticket

    def agent(self, team: str) -> str:
        """One of a team's agents; some work more than others."""
        agents = self._agents[team]
        return agents[int(self.dice.random() ** 1.4 * len(agents))]

    def other_team(self, team: str) -> str:
        """A team to pass a ticket on to: another one, where there is another."""
        others = tuple(name for name in self._teams if name != team)
        return self.dice.pick(others) if others else team

    def remember(self, ticket: Ticket) -> None:
        """Keep a ticket in mind as one that a later one may double."""
        if len(self._recent) < _REMEMBERED:
            self._recent.append(ticket.name)
        else:
            self._recent[int(self.dice.random() * _REMEMBERED)] = ticket.name

    def doubled(self, ticket: Ticket) -> str | None:
        """The id of an earlier ticket on the same matter as this one, if any is remembered."""
        name = self.dice.pick(tuple(self._recent)) if self._recent else None
        return None if name == ticket.name else name
