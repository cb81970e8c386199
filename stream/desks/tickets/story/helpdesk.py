"""The simulated helpdesk as its tickets see it: what comes in, and what is remembered of it."""

from __future__ import annotations

from typing import Final

from schemas.events import TICKETS_TOPIC
from stream.desks.tickets.story.channels import MANNERS, OTHER_MANNER, Manner
from stream.desks.tickets.story.settings import TicketStorySettings
from stream.simulation.dice import Shares
from stream.simulation.story import Subject
from stream.simulation.storyline import Stage

_REMEMBERED: Final = 200
_CUSTOMERS_PER_TICKET: Final = 0.4


class Ticket(Subject):
    """What agents know of a ticket, and how content its customer is (``mood``, about 0 to 1)."""

    __slots__ = ("agent", "category", "channel", "customer", "manner", "mood", "priority", "quick", "team", "triaged")

    topic = TICKETS_TOPIC

    def __init__(self, name: str, channel: str, manner: Manner) -> None:
        super().__init__(name)
        self.channel = channel
        self.manner = manner
        self.quick = manner.quick
        self.priority = ""
        self.category = ""
        self.team = ""
        self.agent: str | None = None
        self.customer = ""
        self.mood = 0.0
        self.triaged = True


class Helpdesk:
    """Hands out tickets and remembers them."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.settings = stage.settings.story(TicketStorySettings)
        self.dice = stage.dice
        self.staff = stage.staff
        self.opened = 0
        self._channels = Shares(stage.settings.channels)
        self._priorities = Shares(stage.settings.priorities)
        self._categories = Shares(stage.settings.categories)
        self._recent: list[str] = []

    def ticket(self) -> Ticket:
        """Open a ticket with everything that its customer brings along."""
        dice = self.dice
        self.opened += 1
        channel = self._channels.pick(dice)
        ticket = Ticket(f"{self.stage.run}-{self.opened}", channel, MANNERS.get(channel, OTHER_MANNER))
        ticket.priority = self._priorities.pick(dice)
        ticket.category = self._categories.pick(dice)
        ticket.team = self.staff.team_for(ticket.category)
        ticket.customer = f"customer-{int((self.opened * _CUSTOMERS_PER_TICKET + 500) * dice.random() ** 2)}"
        ticket.mood = (0.8 if ticket.category != "complaint" else 0.5) + 0.16 * dice.bell()
        ticket.triaged = ticket.quick or dice.chance(0.6)
        return ticket

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
