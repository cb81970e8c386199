"""A ticket as a desk keeps it: with its timeline, its attributes, its clocks and what it was before."""

from __future__ import annotations

from stream.desks.tickets.attributes import NO_ATTRIBUTES, NO_HISTORY, Attributes
from stream.desks.tickets.series import TicketSeries
from stream.desks.tickets.sla.agenda import Place
from stream.desks.tickets.sla.ticket_clocks import TicketClocks
from stream.desks.tickets.ticket import TicketState


class Ticket(TicketState):
    """A ticket with its timeline and the sequences of its entries, and its attributes with what they were before.

    ``base_timeline`` and ``base_attributes`` are those before it first changed after the checkpoint of the number
    ``after_checkpoint``. ``places`` is where its ``clocks`` stood when the agenda last learnt of them.
    """

    __slots__ = (
        "after_checkpoint",
        "base_attributes",
        "base_timeline",
        "clocks",
        "history",
        "places",
        "sequences",
        "series",
        "subject",
        "timeline",
    )

    def __init__(self, subject: str, series: TicketSeries, clocks: TicketClocks) -> None:
        super().__init__()
        self.subject = subject
        self.timeline = b""
        self.history = NO_HISTORY
        self.series = series
        self.after_checkpoint = -1
        self.base_timeline = b""
        self.base_attributes = NO_ATTRIBUTES
        self.clocks = clocks
        self.places: list[Place] = []
        self.sequences: dict[bytes, str] = {}

    @property
    def attributes(self) -> Attributes:
        """The attributes now."""
        return self.history.attributes
