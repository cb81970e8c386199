"""The SLA of one partition's tickets: their clocks on the agenda, and what is to be announced."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, Protocol

from stream.desks.tickets.attributes import AttributeHistory, Attributes
from stream.desks.tickets.rules import TicketRules
from stream.desks.tickets.series import TicketSeries
from stream.desks.tickets.sla.agenda import Agenda, ClockState, Place, places_of
from stream.desks.tickets.sla.announcements import Announcement
from stream.desks.tickets.sla.clock_rows import decode_places
from stream.desks.tickets.sla.explanation import ClockReading, read_clocks
from stream.desks.tickets.sla.policy import Policies
from stream.desks.tickets.sla.replay import TicketReplay
from stream.desks.tickets.sla.ticket_clocks import TicketClocks, UsedMetrics
from stream.desks.tickets.sla.transitions import Transition
from stream.desks.tickets.ticket import TicketState
from stream.windows.sliding import Contribution

new = tuple.__new__

_RUNG: Final = frozenset({ClockState.AT_RISK, ClockState.BREACHED})

MOST_ALARMS: Final = 500
"""How many alarms ring in one go; what is left rings in the next."""


class ClockedTicket(Protocol):
    """What is needed of a ticket that has clocks."""

    subject: str
    series: TicketSeries
    clocks: TicketClocks
    places: list[Place]

    @property
    def attributes(self) -> Attributes:
        """Its attributes now."""


class TicketSla:
    """Keeps the agenda in step with the tickets, and collects announcements until they are fetched.

    Everything that happens by itself before ``advanced_to`` (microseconds) was announced. ``scratch`` is what the
    timeline that was last worked out by itself came to.
    """

    def __init__(self, policies: Policies, rules: TicketRules) -> None:
        self.policies = policies
        self.agenda = Agenda()
        self.advanced_to = 0
        self.announcements: list[Announcement] = []
        self._replay = TicketReplay(policies, rules)
        self._used = UsedMetrics.of(policies.metrics)
        self._scratch_clocks = self.new_clocks()
        self.scratch = TicketState()

    def new_clocks(self) -> TicketClocks:
        """The clocks of a ticket of which nothing is known yet."""
        return TicketClocks(self._used)

    def replay(
        self,
        state: TicketState,
        clocks: TicketClocks,
        timeline: bytes,
        history: AttributeHistory,
        series: TicketSeries,
        contributions: list[Contribution],
    ) -> list[Transition]:
        """Bring a ticket and its clocks to where its timeline and the time advanced to put them.

        Returns all its transitions so far.
        """
        transitions: list[Transition] = []
        self._replay.replay(state, clocks, timeline, history, series, contributions, transitions)
        clocks.ring(self.advanced_to, transitions)
        return transitions

    def transitions_of(
        self,
        timeline: bytes,
        history: AttributeHistory,
        series: TicketSeries,
        contributions: list[Contribution] | None = None,
    ) -> list[Transition]:
        """All transitions of a timeline by now; what it contributes is added to ``contributions``."""
        out: list[Contribution] = [] if contributions is None else contributions
        return self.replay(self.scratch, self._scratch_clocks, timeline, history, series, out)

    def read(
        self, timeline: bytes, history: AttributeHistory, series: TicketSeries, now: int
    ) -> tuple[list[ClockReading], list[Transition]]:
        """A ticket's clocks as they stand at ``now``, with all its transitions."""
        transitions: list[Transition] = []
        self._replay.replay(self.scratch, self._scratch_clocks, timeline, history, series, [], transitions)
        self._scratch_clocks.ring(now, transitions)
        return read_clocks(transitions, self._scratch_clocks.open, now), transitions

    def places_of(self, timeline: bytes, history: AttributeHistory, series: TicketSeries) -> list[Place]:
        """Where the clocks of a ticket stand."""
        self.transitions_of(timeline, history, series)
        return places_of(self._scratch_clocks.open, series)

    def places_in_row(self, clocks: bytes, attributes: Attributes, series: TicketSeries) -> list[Place]:
        """Where the clocks of a ticket stand, by its row."""
        return decode_places(clocks, series, self.policies.terms_for(attributes), self.advanced_to)

    def has_rung(self, clocks: bytes, attributes: Attributes, series: TicketSeries) -> bool:
        """Whether a clock of a ticket is at risk or breached, by its row."""
        return any(place.key.state in _RUNG for place in self.places_in_row(clocks, attributes, series))

    def ring(self, ticket: ClockedTicket) -> None:
        """Announce what has happened by itself by the time advanced to: an event may come so late that it is over."""
        transitions: list[Transition] = []
        ticket.clocks.ring(self.advanced_to, transitions)
        if transitions:
            self.announce(ticket, transitions)

    def settle(self, ticket: ClockedTicket) -> None:
        """Bring the agenda up to date with a ticket whose clocks have changed."""
        clocks = ticket.clocks
        clocks.changed = False
        places = places_of(clocks.open, ticket.series) if clocks.open else []
        if places != ticket.places:
            self.agenda.remove(ticket.subject, ticket.places)
            self.agenda.add(ticket.subject, places)
            ticket.places = places

    def announce(self, ticket: ClockedTicket, transitions: Iterable[Transition]) -> None:
        """Announce what has happened to the clocks of a ticket."""
        subject, attributes = ticket.subject, ticket.attributes
        announcements = self.announcements
        for transition in transitions:
            # Without the detour over the class, which takes as long again.
            announcements.append(new(Announcement, (subject, transition, attributes, False)))

    def correct(self, ticket: ClockedTicket, before: Iterable[Transition], after: Iterable[Transition]) -> None:
        """Announce what a late event has changed: take back what did not happen, and tell what did."""
        told = {transition.key: transition for transition in before}
        now = {transition.key: transition for transition in after}
        for key, transition in told.items():
            if key not in now:
                self.announcements.append(Announcement(ticket.subject, transition, ticket.attributes, retracted=True))
        self.announce(ticket, [transition for key, transition in now.items() if key not in told])

    def advance(self, until: int, find: Callable[[str], ClockedTicket]) -> bool:
        """Let happen what happens by itself before ``until``; ``False`` if there is more than fits in one go."""
        agenda = self.agenda
        for _ in range(MOST_ALARMS):
            alarm = agenda.next_before(until)
            if alarm is None:
                self.advanced_to = max(self.advanced_to, until)
                return True
            moment, subject = alarm
            self.advanced_to = max(self.advanced_to, moment)
            ticket = find(subject)
            transitions: list[Transition] = []
            ticket.clocks.ring(moment + 1, transitions)
            self.announce(ticket, transitions)
            self.settle(ticket)
        return False

    def fetch(self) -> list[Announcement]:
        """The announcements since this was last called."""
        announcements, self.announcements = self.announcements, []
        return announcements
