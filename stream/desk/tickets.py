"""The desk of tickets: takes ticket events in, in any order and any number of times."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec import UNSET

from schemas.events import (
    TICKETS_TOPIC,
    TicketAbandoned,
    TicketEscalated,
    TicketEvent,
    TicketHandedOff,
    TicketOpened,
    TicketReopened,
    TicketReplied,
    TicketResolved,
    TicketStatusChanged,
    TicketUpdated,
    TicketUpdatedData,
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
from stream.windows.sliding import Contribution

_NEVER = b""
_FIELDS = Attributes._fields
_MERGED = int(Rank.MERGED)

Changes = Attributes | dict[str, str | None]

_ROW_BYTES = 256
_BYTES_A_CHARACTER = 4
_FULL = LONGEST_TIMELINE * ENTRY_SIZE

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


_decoder: Final[EventDecoder[TicketEvent]] = EventDecoder(TicketEvent)


class TicketDesk(Desk[TicketEvent]):
    """The tickets of one partition."""

    topic = TICKETS_TOPIC

    def __init__(self, rules: TicketRules, series: TicketSeriesTable) -> None:
        super().__init__(_decoder.decode)
        self._rules = rules
        self._series = series
        self._no_series = series.series_for(NO_ATTRIBUTES)
        self._dirty: dict[str, Ticket] = {}
        self.tickets: dict[str, Ticket] = {}
        self.open = OpenTickets()
        self.without_opening = 0
        self._scratch = TicketState()

    def apply(self, event: TicketEvent, time: int) -> bool:
        """Take a ticket event in; ``False`` if the ticket has it already."""
        changes: Changes | None = None
        if isinstance(event, TicketReplied):
            data = event.data
            rank, flags = _REPLIES[data.visibility][data.actor]
            reference = reference_of(data.author)
        else:
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
        if len(timeline) >= _FULL:
            detail = f"ticket {subject!r} has {LONGEST_TIMELINE} events; give the conversation a new subject"
            raise RejectedRecordError(Reason.TIMELINE_FULL, detail)

        mark = len(self.contributions)
        attributes, stamps = ticket.attributes, ticket.stamps
        try:
            if changes is None and ticket.created is not None and rank != _MERGED and entry > timeline[-ENTRY_SIZE:]:
                self._append(ticket, time, rank, flags, reference)
                ticket.timeline = timeline + entry
            else:
                self._take_in(ticket, time, rank, flags, reference, entry, changes)
                self.tickets[subject] = ticket
        except Exception:
            ticket.timeline, ticket.attributes, ticket.stamps = timeline, attributes, stamps
            del self.contributions[mark:]
            ticket.replay(timeline, ticket.series, self._rules, [])
            raise
        if changes is not None or subject not in self._dirty:
            self._dirty[subject] = ticket
            names = len(subject) + sum(map(len, filter(None, ticket.attributes)))
            self.dirty_bytes += _ROW_BYTES + len(timeline) + _BYTES_A_CHARACTER * names
        else:
            self.dirty_bytes += ENTRY_SIZE
        return True

    def _append(self, ticket: Ticket, time: int, rank: int, flags: int, reference: int) -> None:
        """The short way for what happens most: the next entry in order, with no attribute changed."""
        active, waited, series = ticket.active, ticket.waiting_since is not None, ticket.series
        ticket.step(time, rank, flags, reference, series, self._rules, self.contributions)
        if ticket.active is not active:
            self._update_gauges(ticket, ticket.created, series, active=active, waited=waited)
        elif (waits := ticket.waiting_since is not None) is not waited:
            self.open.wait(series, 1 if waits else -1)

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
        created, active, series = ticket.created, ticket.active, ticket.series
        waited = ticket.waiting_since is not None
        opened = created is not None
        unopened = not opened and not ticket.merged and bool(timeline)
        new_series = series if changes is None else self._set_attributes(ticket, changes, entry)
        relabelled = new_series is not series and opened
        in_order = entry > timeline[-ENTRY_SIZE:] and rank != _MERGED
        if in_order and not (relabelled and new_series.complaint is not series.complaint):
            if relabelled:
                self.contributions.extend(self._series.moved(self._contributions_of(ticket), new_series))
            if not ticket.merged:
                ticket.step(time, rank, flags, reference, new_series, self._rules, self.contributions)
            ticket.timeline = timeline + entry
        else:
            timeline = inserted(timeline, entry)
            contributions: list[Contribution] = []
            if opened:
                contributions = [
                    (slot, at, -count, -duration) for slot, at, count, duration in self._contributions_of(ticket)
                ]
            ticket.replay(timeline, new_series, self._rules, contributions)
            ticket.timeline = timeline
            self.contributions.extend(contributions)
        ticket.series = new_series
        self._update_gauges(ticket, created, series, active=active, waited=waited)
        self.without_opening += ticket.lacks_opening - unopened

    def dirty_rows(self, prefix: bytes = b"") -> Iterator[Row]:
        """The rows of the tickets that changed."""
        dirty, self._dirty = self._dirty, {}
        self.dirty_bytes = 0
        for subject, ticket in dirty.items():
            yield Row(prefix + subject.encode(), _encode_row((ticket.timeline, ticket.attributes, ticket.stamps)))

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
        ticket.attributes, ticket.series = self._series.shared(attributes)

    def loaded(self) -> None:
        """Work out every ticket's state and what it contributes."""
        for ticket in self.tickets.values():
            ticket.replay(ticket.timeline, ticket.series, self._rules, self.contributions)
            self._update_gauges(ticket, None, ticket.series, active=False, waited=False)
            self.without_opening += ticket.lacks_opening

    def contributions_of(self, subject: str) -> list[Contribution]:
        """All that a ticket contributes now, worked out from its timeline alone."""
        return self._contributions_of(self.tickets[subject])

    def _contributions_of(self, ticket: Ticket) -> list[Contribution]:
        out: list[Contribution] = []
        self._scratch.replay(ticket.timeline, ticket.series, self._rules, out)
        return out

    def _set_attributes(self, ticket: Ticket, changes: Changes, entry: bytes) -> TicketSeries:
        stamp = stamp_of(entry)
        if not ticket.timeline and isinstance(changes, Attributes):
            ticket.stamps = (stamp, stamp, stamp, stamp)
            ticket.attributes, series = self._series.shared(changes)
            return series
        named = changes._asdict() if isinstance(changes, Attributes) else changes
        values, stamps = list(ticket.attributes), list(ticket.stamps)
        for place, field in enumerate(_FIELDS):
            if field in named and stamp > stamps[place]:
                values[place], stamps[place] = named[field], stamp
        first, second, third, fourth = stamps
        ticket.stamps = (first, second, third, fourth)
        ticket.attributes, series = self._series.shared(Attributes(*values))
        return series

    def _update_gauges(
        self, ticket: Ticket, created: int | None, series: TicketSeries, *, active: bool, waited: bool
    ) -> None:
        moved = ticket.series is not series
        if moved or ticket.active is not active or ticket.created != created:
            if active and created is not None:
                self.open.remove(series, created)
            if ticket.active and ticket.created is not None:
                self.open.add(ticket.series, ticket.created)
        waits = ticket.waiting_since is not None
        if moved or waits is not waited:
            if waited:
                self.open.wait(series, -1)
            if waits:
                self.open.wait(ticket.series, 1)


_REPLIES = {
    visibility: {
        actor: (int(Rank.CUSTOMER_REPLIED if code == CUSTOMER else Rank.OTHERS_REPLIED), code | flag)
        for actor, code in ACTORS.items()
    }
    for visibility, flag in VISIBILITIES.items()
}
_RANKS_OF_STATUSES = {"solved": int(Rank.SOLVED), "closed": int(Rank.CLOSED)}
_OPENED = int(Rank.OPENED)
_UPDATED = int(Rank.UPDATED)
_HANDED_OFF = int(Rank.HANDED_OFF)
_ESCALATED = int(Rank.ESCALATED)
_IN_PROGRESS = int(Rank.IN_PROGRESS)
_SOLVED = int(Rank.SOLVED)
_ABANDONED = int(Rank.ABANDONED)

_EntryParts = tuple[int, int, int, Changes | None]


def _entry_parts(event: TicketEvent) -> _EntryParts:  # noqa: PLR0911 - one case for each event
    """Rank, flags and reference of the entry of any event but a reply, and the attributes that it sets."""
    if isinstance(event, TicketStatusChanged):
        change = event.data
        code = STATUSES.get(change.status)
        if code is None:
            return _RANKS_OF_STATUSES[change.status], ACTORS[change.actor], 0, None
        return _IN_PROGRESS, ACTORS[change.actor] | code << STATUS_SHIFT, 0, None
    if isinstance(event, TicketOpened):
        opened = event.data
        flags = ACTORS[opened.actor] | VISIBILITIES[opened.visibility] | STATUSES[opened.status] << STATUS_SHIFT
        attributes = Attributes(opened.channel, opened.priority, opened.category, opened.team)
        return _OPENED, flags, reference_of(opened.assignee), attributes
    if isinstance(event, TicketUpdated):
        update = event.data
        assignee = update.assignee
        reference = reference_of(assignee) if isinstance(assignee, str) else 0
        return _UPDATED, NO_ACTOR, reference, _changes(update)
    if isinstance(event, TicketResolved):
        return _SOLVED, ACTORS[event.data.actor], 0, None
    if isinstance(event, TicketReopened):
        return _IN_PROGRESS, ACTORS[event.data.actor] | OPEN << STATUS_SHIFT, 0, None
    if isinstance(event, TicketHandedOff):
        team = event.data.team
        return _HANDED_OFF, NO_ACTOR, 0, None if team is None else {"team": team}
    if isinstance(event, TicketEscalated):
        return _ESCALATED, NO_ACTOR, 0, None
    if isinstance(event, TicketAbandoned):
        return _ABANDONED, NO_ACTOR, 0, None
    return _MERGED, NO_ACTOR, 0, None


def _changes(update: TicketUpdatedData) -> dict[str, str | None] | None:
    changes: dict[str, str | None] = {}
    if update.channel is not UNSET:
        changes["channel"] = update.channel
    if update.priority is not UNSET:
        changes["priority"] = update.priority
    if update.category is not UNSET:
        changes["category"] = update.category
    if update.team is not UNSET:
        changes["team"] = update.team
    return changes or None
