"""The tickets of a partition as rows: how they are written and read, counted in after a restart, and let go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from schemas.events import Envelope
from stream.desks.tickets.attributes import AttributeHistory
from stream.desks.tickets.kept_ticket import Ticket
from stream.desks.tickets.open_tickets import OpenTickets
from stream.desks.tickets.reading import TicketsReading
from stream.desks.tickets.rules import TicketRules
from stream.desks.tickets.series import TicketSeries, TicketSeriesTable
from stream.desks.tickets.sla.agenda import Agenda, places_of
from stream.desks.tickets.sla.clock_rows import encode_clocks
from stream.desks.tickets.sla.policy import Policies
from stream.desks.tickets.sla.ticket_clocks import TicketClocks, UsedMetrics
from stream.desks.tickets.sla.ticket_sla import TicketSla
from stream.desks.tickets.sla.transitions import Transition
from stream.desks.tickets.ticket import TicketState
from stream.desks.tickets.ticket_rows import (
    ACTIVE,
    LACKS_OPENING,
    WAITS,
    TicketRow,
    all_stamps,
    base_of,
    decode_ticket_row,
    encode_ticket_row,
    flags_of,
    short_stamps,
)
from stream.desks.tickets.unopened import UnopenedTickets
from stream.state.desk import Desk, Leaving, subject_of
from stream.state.hot_entities import HOT_ENTITIES
from stream.state.rows import ENTITY, RowStore
from stream.windows.sliding import Contribution

_NO_CLOCKS: Final = TicketClocks(UsedMetrics.of(()))


class KeptTickets(Desk[Ticket]):
    """The tickets of one partition, of which at least ``hot`` are kept as objects; with ``policies``, their SLA."""

    noun = "ticket"

    def __init__(
        self,
        decode: Callable[[bytes], Envelope],
        rules: TicketRules,
        series: TicketSeriesTable,
        rows: RowStore,
        hot: int = HOT_ENTITIES,
        policies: Policies | None = None,
    ) -> None:
        super().__init__(decode, rows, hot)
        self.open = OpenTickets()
        self.unopened = UnopenedTickets()
        self.sla = None if policies is None else TicketSla(policies, rules)
        self._rules = rules
        self._series = series
        self._unsettled: dict[str, Ticket] = {}
        self._scratch = TicketState() if self.sla is None else self.sla.scratch

    def encoded(self, entity: Ticket) -> bytes:
        """The value of a ticket's row."""
        timeline, history = entity.timeline, entity.history
        attributes = history.attributes
        return encode_ticket_row(
            (
                timeline,
                attributes,
                short_stamps(history.stamps),
                history.earlier,
                flags_of(entity),
                entity.created or 0,
                encode_clocks(entity.clocks.open),
                entity.after_checkpoint,
                base_of(timeline, attributes, entity.base_timeline, entity.base_attributes),
                entity.sequences,
            )
        )

    def decoded(self, subject: str, value: bytes) -> Ticket:
        """The ticket in the value of a row."""
        return self._from_row(subject, decode_ticket_row(value))

    def find(self, subject: str) -> Ticket | None:
        """A ticket as it stands, ``None`` if nothing is known of it."""
        return self._unsettled.get(subject) or super().find(subject)

    def restore(self, key: bytes, value: bytes, checkpoint: int | None) -> None:
        """Count a ticket in and add what it contributes, or what of that the checkpoint does not have."""
        row = decode_ticket_row(value)
        series = self._series.series_for(row.attributes)
        flags, created = row.flags, row.created
        anew = checkpoint is None or row.sequences is None
        if anew or row.after_checkpoint == checkpoint:
            contributions = self._contributions_of(row.timeline, row.history, series)
            if anew:
                flags, created = flags_of(self._scratch), self._scratch.created or 0
            if checkpoint is None or row.after_checkpoint == checkpoint:
                self.contributions.extend(contributions)
            if row.after_checkpoint == checkpoint:
                timeline, attributes = row.before()
                before = self._contributions_of(timeline, row.history, self._series.series_for(attributes))
                self.contributions.extend((slot, at, -count, -duration) for slot, at, count, duration in before)
        if flags & ACTIVE:
            self.open.note(series, created)
            if self.sla is not None:
                if anew:
                    # The clocks in the row may be those of other policies.
                    places = self.sla.places_of(row.timeline, row.history, series)
                else:
                    places = self.sla.places_in_row(row.clocks, row.attributes, series)
                self.sla.agenda.add(subject_of(key), places)
        if flags & WAITS:
            self.open.wait(series, 1)
        if flags & LACKS_OPENING:
            self.unopened.add(subject_of(key))

    def restored(self) -> None:
        """Put the open tickets in order."""
        self.open.sort()

    def depart(self, key: bytes, value: bytes) -> Leaving | None:
        """Let go of a ticket that was not touched since the horizon, unless it is open."""
        row = decode_ticket_row(value)
        has_changed = row.after_checkpoint == self.checkpoint
        if has_changed and row.before()[0]:
            return None
        if row.last_time >= self.horizon or (row.flags & ACTIVE and row.sequences is not None):
            return None
        contributions = self._contributions_of(row.timeline, row.history, self._series.series_for(row.attributes))
        if self._scratch.active:
            return None
        subject = subject_of(key)
        if self._scratch.lacks_opening:
            self.unopened.remove(subject)
        self.hot.forget(subject)
        unsettled = self._unsettled.pop(subject, None)
        if unsettled is not None and self.sla is not None:
            self.sla.settle(unsettled)
        return Leaving(contributions, is_new=has_changed)

    def contributions_in(self, value: bytes) -> list[Contribution]:
        """All that the ticket of a row contributes."""
        row = decode_ticket_row(value)
        return self._contributions_of(row.timeline, row.history, self._series.series_for(row.attributes))

    def reading(self, *, held: bool) -> TicketsReading:
        """The open tickets and the clocks as they stand."""
        agenda = self.agenda
        clocks, deadlines = ({}, ()) if agenda is None else (agenda.counts, agenda.deadlines())
        reading = TicketsReading(self.unopened.count, self.open.opened(), self.open.waiting(), clocks, deadlines)
        return reading.held() if held else reading

    def lacks_opening(self, subject: str) -> bool:
        """Whether a ticket is known, but not its opening."""
        value = self.rows.get(ENTITY + subject.encode())
        return value is not None and bool(decode_ticket_row(value).flags & LACKS_OPENING)

    @property
    def agenda(self) -> Agenda | None:
        """The agenda of all tickets as they stand, ``None`` without SLA."""
        if self.sla is None:
            return None
        self._settle(self.sla)
        return self.sla.agenda

    @property
    def advanced_to(self) -> int:
        """Up to when everything that happens by itself was announced, in microseconds."""
        return 0 if self.sla is None else self.sla.advanced_to

    @advanced_to.setter
    def advanced_to(self, until: int) -> None:
        if self.sla is not None:
            self.sla.advanced_to = until

    def _settle(self, sla: TicketSla) -> None:
        for ticket in self._unsettled.values():
            sla.settle(ticket)
        self._unsettled.clear()

    def _new_clocks(self) -> TicketClocks:
        return _NO_CLOCKS if self.sla is None else self.sla.new_clocks()

    def _from_row(self, subject: str, row: TicketRow) -> Ticket:
        attributes, series = self._series.shared(row.attributes)
        ticket = Ticket(subject, series, self._new_clocks())
        ticket.timeline = row.timeline
        ticket.history = AttributeHistory(attributes, all_stamps(row.stamps), row.earlier)
        ticket.sequences = dict(row.sequences or {})
        ticket.after_checkpoint = row.after_checkpoint
        ticket.base_timeline, ticket.base_attributes = row.before()
        self._replay(ticket)
        ticket.places = places_of(ticket.clocks.open, series)
        return ticket

    def _replay(self, ticket: Ticket, contributions: list[Contribution] | None = None) -> list[Transition]:
        """Bring a ticket to where its timeline puts it; return all transitions of its clocks."""
        out: list[Contribution] = [] if contributions is None else contributions
        if self.sla is None:
            ticket.replay(ticket.timeline, ticket.series, self._rules, out)
            return []
        return self.sla.replay(ticket, ticket.clocks, ticket.timeline, ticket.history, ticket.series, out)

    def _contributions_of(self, timeline: bytes, history: AttributeHistory, series: TicketSeries) -> list[Contribution]:
        out: list[Contribution] = []
        self._transitions_of(timeline, history, series, out)
        return out

    def _transitions_of(
        self, timeline: bytes, history: AttributeHistory, series: TicketSeries, out: list[Contribution]
    ) -> list[Transition]:
        """All transitions of a timeline so far; what it contributes goes to ``out``."""
        if self.sla is None:
            self._scratch.replay(timeline, series, self._rules, out)
            return []
        return self.sla.transitions_of(timeline, history, series, out)
