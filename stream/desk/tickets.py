"""The desk of tickets: takes ticket events in, in any order and any number of times."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from schemas.events import (
    TICKETS_TOPIC,
    TicketAbandoned,
    TicketEscalated,
    TicketEvent,
    TicketHandedOff,
    TicketMerged,
    TicketOpened,
    TicketReopened,
    TicketReplied,
    TicketResolved,
    TicketStatusChanged,
    TicketUpdated,
)
from stream.desk.decoding import EventDecoder
from stream.desk.desk import Desk, Row
from stream.desk.open_tickets import OpenTickets
from stream.desk.rejection import Reason, RejectedRecordError
from stream.desk.ticket import TicketState
from stream.desk.ticket_rules import LONGEST_TIMELINE, TicketRules
from stream.desk.ticket_series import NO_ATTRIBUTES, Attributes, TicketSeries, TicketSeriesTable
from stream.desk.timeline import (
    ACTORS,
    CUSTOMER,
    ENTRY_SIZE,
    NO_ACTOR,
    OPEN,
    STATUS_SHIFT,
    STATUSES,
    VISIBILITIES,
    Rank,
    inserted,
    pack_entry,
    reference_of,
    stamp_of,
    tie_of,
)
from stream.windows.moments import to_microseconds
from stream.windows.sliding import Contribution

_NEVER = b""
_FIELDS = Attributes._fields

Changes = Attributes | dict[str, str | None]

_ROW_BYTES = 256

_encode_row = msgspec.msgpack.Encoder().encode
_decode_row = msgspec.msgpack.Decoder(tuple[bytes, Attributes, tuple[bytes, bytes, bytes, bytes]]).decode


class Ticket(TicketState):
    """A ticket with its timeline, its attributes, and the stamp of the entry that set each of them."""

    __slots__ = ("attributes", "series", "stamps", "subject", "timeline")

    def __init__(self, subject: str, series: TicketSeries) -> None:
        super().__init__()
        self.subject = subject
        self.timeline = b""
        self.attributes = NO_ATTRIBUTES
        self.stamps: tuple[bytes, bytes, bytes, bytes] = (_NEVER, _NEVER, _NEVER, _NEVER)
        self.series = series


class TicketDesk(Desk[TicketEvent]):
    """The tickets of one partition."""

    topic = TICKETS_TOPIC

    def __init__(self, rules: TicketRules, series: TicketSeriesTable) -> None:
        super().__init__()
        self._rules = rules
        self._series = series
        self._no_series = series.series_for(NO_ATTRIBUTES)
        self._decoder: EventDecoder[TicketEvent] = EventDecoder(TicketEvent)
        self._attribute_sets: dict[Attributes, Attributes] = {}
        self._dirty: dict[str, Ticket] = {}
        self.tickets: dict[str, Ticket] = {}
        self.open = OpenTickets()
        self.without_opening = 0

    def decode(self, value: bytes) -> TicketEvent:
        """The ticket event in a record's value; raises ``RejectedRecordError`` if it is not one."""
        return self._decoder.decode(value)

    def time_of(self, event: TicketEvent) -> int:
        """When a ticket event happened."""
        return to_microseconds(event.time)

    def apply(self, event: TicketEvent, time: int) -> bool:
        """Take a ticket event in; ``False`` if the ticket has it already."""
        rank, flags, reference, changes = _entry_parts(event)
        tie = tie_of(event.source, event.id)
        entry = pack_entry(time, rank, tie, flags, reference)
        subject = event.subject
        ticket = self.tickets.get(subject)
        if ticket is None:
            ticket = Ticket(subject, self._no_series)
        timeline = ticket.timeline
        if tie in timeline:
            return False
        if len(timeline) >= LONGEST_TIMELINE * ENTRY_SIZE:
            detail = f"ticket {subject!r} has {LONGEST_TIMELINE} events; give the conversation a new subject"
            raise RejectedRecordError(Reason.TIMELINE_FULL, detail)

        attributes, stamps, mark = ticket.attributes, ticket.stamps, len(self.contributions)
        try:
            self._take_in(ticket, time, rank, flags, reference, entry, changes)
        except Exception:
            ticket.timeline, ticket.attributes, ticket.stamps = timeline, attributes, stamps
            del self.contributions[mark:]
            ticket.replay(timeline, ticket.series, self._rules, [])
            raise
        self.tickets[subject] = ticket
        if subject not in self._dirty:
            self._dirty[subject] = ticket
            self.dirty_bytes += len(timeline) + _ROW_BYTES
        return True

    def _take_in(
        self,
        ticket: Ticket,
        time: int,
        rank: int,
        flags: int,
        reference: int,
        entry: bytes,
        changes: Changes | None,
    ) -> None:
        timeline = ticket.timeline
        created, active, waiting, series = ticket.created, ticket.active, ticket.waiting_since, ticket.series
        opened = created is not None
        unopened = not opened and not ticket.merged and bool(timeline)
        new_series = series
        if changes is not None and self._set_attributes(ticket, changes, entry):
            new_series = self._series.series_for(ticket.attributes)
        if entry > timeline[-ENTRY_SIZE:] and rank != Rank.MERGED and (new_series is series or not opened):
            if not ticket.merged:
                ticket.step(time, rank, flags, reference, new_series, self._rules, self.contributions)
            ticket.timeline = timeline + entry
        else:
            timeline = inserted(timeline, entry)
            contributions: list[Contribution] = []
            if opened:
                contributions = [(slot, at, -amount) for slot, at, amount in self._contributions_of(ticket)]
            ticket.replay(timeline, new_series, self._rules, contributions)
            ticket.timeline = timeline
            self.contributions.extend(contributions)
        ticket.series = new_series
        self._update_gauges(ticket, created, active, waiting, series)
        self.without_opening += ticket.lacks_opening - unopened

    def dirty_rows(self) -> Iterator[Row]:
        """The rows of the tickets that changed."""
        dirty, self._dirty = self._dirty, {}
        self.dirty_bytes = 0
        for subject, ticket in dirty.items():
            yield Row(subject.encode(), _encode_row((ticket.timeline, ticket.attributes, ticket.stamps)))

    def load(self, row: Row) -> None:
        """Restore a ticket from its row."""
        subject = row.key.decode()
        if row.value is None:
            self.tickets.pop(subject, None)
            return
        ticket = self.tickets.get(subject)
        if ticket is None:
            ticket = self.tickets[subject] = Ticket(subject, self._no_series)
        ticket.timeline, attributes, ticket.stamps = _decode_row(row.value)
        ticket.attributes = self._shared(attributes)

    def loaded(self) -> None:
        """Work out every ticket's state and what it contributes."""
        for ticket in self.tickets.values():
            ticket.series = self._series.series_for(ticket.attributes)
            ticket.replay(ticket.timeline, ticket.series, self._rules, self.contributions)
            self._update_gauges(ticket, None, False, None, ticket.series)
            self.without_opening += ticket.lacks_opening

    def contributions_of(self, subject: str) -> list[Contribution]:
        """All that a ticket contributes now, worked out from its timeline alone."""
        return self._contributions_of(self.tickets[subject])

    def _contributions_of(self, ticket: Ticket) -> list[Contribution]:
        out: list[Contribution] = []
        TicketState().replay(ticket.timeline, ticket.series, self._rules, out)
        return out

    def _set_attributes(self, ticket: Ticket, changes: Changes, entry: bytes) -> bool:
        stamp = stamp_of(entry)
        before = ticket.attributes
        named = changes._asdict() if isinstance(changes, Attributes) else changes
        values, stamps = list(before), list(ticket.stamps)
        for place, field in enumerate(_FIELDS):
            if field in named and stamp > stamps[place]:
                values[place], stamps[place] = named[field], stamp
        first, second, third, fourth = stamps
        ticket.stamps = (first, second, third, fourth)
        ticket.attributes = self._shared(Attributes(*values))
        return ticket.attributes != before

    def _shared(self, attributes: Attributes) -> Attributes:
        shared = self._attribute_sets.get(attributes)
        if shared is None:
            if len(self._attribute_sets) >= 10_000:
                self._attribute_sets.clear()
            shared = self._attribute_sets[attributes] = attributes
        return shared

    def _update_gauges(
        self, ticket: Ticket, created: int | None, active: bool, waiting: int | None, series: TicketSeries
    ) -> None:
        moved = ticket.series is not series
        if moved or ticket.active is not active or ticket.created != created:
            if active and created is not None:
                self.open.remove(series.labels, created)
            if ticket.active and ticket.created is not None:
                self.open.add(ticket.series.labels, ticket.created)
        waits = ticket.waiting_since is not None
        if moved or waits is not (waiting is not None):
            if waiting is not None:
                self.open.wait(series.labels, -1)
            if waits:
                self.open.wait(ticket.series.labels, 1)


_REPLIES = {
    (actor, visibility): (
        int(Rank.CUSTOMER_REPLIED if code == CUSTOMER else Rank.OTHERS_REPLIED),
        code | flag,
    )
    for actor, code in ACTORS.items()
    for visibility, flag in VISIBILITIES.items()
}
_RANKS_OF_STATUSES = {"solved": int(Rank.SOLVED), "closed": int(Rank.CLOSED)}

_EntryParts = tuple[int, int, int, Changes | None]


def _entry_parts(event: TicketEvent) -> _EntryParts:
    """Rank, flags and reference of an event's entry, and the attributes that the event sets."""
    if isinstance(event, TicketReplied):
        data = event.data
        rank, flags = _REPLIES[data.actor, data.visibility]
        return rank, flags, reference_of(data.author), None
    if isinstance(event, TicketStatusChanged):
        status = event.data.status
        actor = ACTORS[event.data.actor]
        code = STATUSES.get(status)
        if code is None:
            return _RANKS_OF_STATUSES[status], actor, 0, None
        return int(Rank.IN_PROGRESS), actor | code << STATUS_SHIFT, 0, None
    if isinstance(event, TicketOpened):
        opened = event.data
        flags = ACTORS[opened.actor] | VISIBILITIES[opened.visibility] | STATUSES[opened.status] << STATUS_SHIFT
        attributes = Attributes(opened.channel, opened.priority, opened.category, opened.team)
        return int(Rank.OPENED), flags, reference_of(opened.assignee), attributes
    if isinstance(event, TicketResolved):
        return int(Rank.SOLVED), ACTORS[event.data.actor], 0, None
    if isinstance(event, TicketUpdated):
        update = event.data
        assignee = update.assignee
        reference = reference_of(assignee) if isinstance(assignee, str) else 0
        changes = {
            field: value
            for field in _FIELDS
            if (value := getattr(update, field)) is not msgspec.UNSET
        }
        return int(Rank.UPDATED), NO_ACTOR, reference, changes
    if isinstance(event, TicketReopened):
        return int(Rank.IN_PROGRESS), ACTORS[event.data.actor] | OPEN << STATUS_SHIFT, 0, None
    if isinstance(event, TicketHandedOff):
        team = event.data.team
        return int(Rank.HANDED_OFF), NO_ACTOR, 0, None if team is None else {"team": team}
    if isinstance(event, TicketEscalated):
        return int(Rank.ESCALATED), NO_ACTOR, 0, None
    if isinstance(event, TicketAbandoned):
        return int(Rank.ABANDONED), NO_ACTOR, 0, None
    if isinstance(event, TicketMerged):
        return int(Rank.MERGED), NO_ACTOR, 0, None
    raise TypeError(type(event))
