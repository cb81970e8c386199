"""How the stories of tickets begin."""

from __future__ import annotations

from stream.desks.tickets.story.helpdesk import Helpdesk
from stream.desks.tickets.story.settings import TicketStorySettings
from stream.desks.tickets.story.telling import SETTLED, ticket_story
from stream.simulation.story import Story
from stream.simulation.storyline import Stage, Storyline


class TicketStoryline(Storyline):
    """Customers open tickets; when one is settled, others may go on from there."""

    per_ticket = 1.0
    own_dice = False
    occasions = (SETTLED,)
    settings_type = TicketStorySettings

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._desk = Helpdesk(stage)

    def arrive(self, moment: int) -> Story:
        """A ticket that is opened at a moment."""
        return ticket_story(self._desk, self._desk.ticket(), moment)
