"""The desk of tickets: takes ticket events in, in any order and any number of times."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from schemas.events import TICKETS_TOPIC, TicketEvent, TicketReplied
from stream.desk.decoding import EventDecoder
from stream.desk.desk import Desk
from stream.desk.hot_entities import HOT_ENTITIES, HotEntities
from stream.desk.open_tickets import OpenTickets
from stream.desk.rejection import Reason, RejectedRecordError
from stream.desk.rows import ENTITY, Row, RowStore
from stream.desk.ticket import TicketState
from stream.desk.ticket_entries import MERGED, REPLIES, Changes, entry_parts
from stream.desk.ticket_rows import (
    ACTIVE,
    LACKS_OPENING,
    WAITS,
    Stamps,
    TicketRow,
    all_stamps,
    base_of,
    decode_ticket_row,
    encode_ticket_row,
    flags_of,
    short_stamps,
)
from stream.desk.ticket_rules import LONGEST_TIMELINE, TicketRules
from stream.desk.ticket_series import NO_ATTRIBUTES, Attributes, TicketSeries, TicketSeriesTable
from stream.desk.timeline import ENTRY_SIZE, inserted, pack_entry, reference_of, stamp_of, tie_of
from stream.windows.sliding import Contribution

_NEVER = b""
_FIELDS = Attributes._fields

_ROW_BYTES = 256
_BYTES_A_CHARACTER = 4
_FULL = LONGEST_TIMELINE * ENTRY_SIZE


class Ticket(TicketState):
    """A ticket with its timeline, its attributes, and the stamp of the entry that set each of them.

    ``base_timeline`` and ``base_attributes`` are those before it first changed in the epoch ``epoch``.
    """

    __slots__ = (
        "attributes",
        "base_attributes",
        "base_timeline",
        "epoch",
        "series",
        "stamps",
        "subject",
        "timeline",
    )

    def __init__(self, subject: str, series: TicketSeries) -> None:
        super().__init__()
        self.subject = subject
        self.timeline = b""
        self.attributes = NO_ATTRIBUTES
        self.stamps: Stamps = (_NEVER, _NEVER, _NEVER, _NEVER)
        self.series = series
        self.epoch = -1
        self.base_timeline = b""
        self.base_attributes = NO_ATTRIBUTES


_decoder: Final[EventDecoder[TicketEvent]] = EventDecoder(TicketEvent)


class TicketDesk(Desk[TicketEvent]):
    """The tickets of one partition, of which at least ``hot`` are kept as objects."""

    topic = TICKETS_TOPIC

    def __init__(self, rules: TicketRules, series: TicketSeriesTable, rows: RowStore, hot: int = HOT_ENTITIES) -> None:
        super().__init__(_decoder.decode, rows)
        self._rules = rules
        self._series = series
        self._no_series = series.series_for(NO_ATTRIBUTES)
        self._dirty: dict[str, Ticket] = {}
        self._hot: HotEntities[Ticket] = HotEntities(hot)
        self.open = OpenTickets()
        self.without_opening = 0
        self._scratch = TicketState()

    def apply(self, event: TicketEvent, time: int) -> bool:
        """Take a ticket event in; ``False`` if the ticket has it already."""
        changes: Changes | None = None
        if isinstance(event, TicketReplied):
            data = event.data
            rank, flags = REPLIES[data.visibility][data.actor]
            reference = reference_of(data.author)
        else:
            rank, flags, reference, changes = entry_parts(event)
        tie = tie_of(event.source, event.id)
        entry = pack_entry(time, rank, tie, flags, reference)
        subject = event.subject
        ticket = self._hot.young.get(subject)
        if ticket is None:
            ticket = self.ticket(subject)
            if ticket is None:
                self.check_not_too_late("ticket", subject, time)
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
            if changes is None and ticket.created is not None and rank != MERGED and entry > timeline[-ENTRY_SIZE:]:
                self._append(ticket, time, rank, flags, reference)
                ticket.timeline = timeline + entry
            else:
                self._take_in(ticket, time, rank, flags, reference, entry, changes)
                self._hot.young[subject] = ticket
        except Exception:
            ticket.timeline, ticket.attributes, ticket.stamps = timeline, attributes, stamps
            del self.contributions[mark:]
            ticket.replay(timeline, ticket.series, self._rules, [])
            raise
        if ticket.epoch != self.epoch:
            ticket.epoch, ticket.base_timeline, ticket.base_attributes = self.epoch, timeline, attributes
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
        in_order = entry > timeline[-ENTRY_SIZE:] and rank != MERGED
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

    def dirty_rows(self) -> Iterator[Row]:
        """The rows of the tickets that changed."""
        dirty, self._dirty = self._dirty, {}
        self.dirty_bytes = 0
        for subject, ticket in dirty.items():
            timeline, attributes = ticket.timeline, ticket.attributes
            row = (
                timeline,
                attributes,
                short_stamps(ticket.stamps),
                flags_of(ticket),
                ticket.created or 0,
                ticket.epoch,
                base_of(timeline, attributes, ticket.base_timeline, ticket.base_attributes),
            )
            yield Row(ENTITY + subject.encode(), encode_ticket_row(row))
        self._hot.let_go()

    def ticket(self, subject: str) -> Ticket | None:
        """A ticket as it stands, ``None`` if there is none of that name."""
        ticket = self._hot.find(subject)
        if ticket is None:
            value = self.rows.get(ENTITY + subject.encode())
            if value is not None:
                ticket = self._hot.young[subject] = self._from_row(subject, decode_ticket_row(value))
        return ticket

    def restore(self, key: bytes, value: bytes, checkpoint: int | None) -> None:  # noqa: ARG002 - as in every desk
        """Count a ticket in and add what it contributes, or what of that the checkpoint does not have."""
        row = decode_ticket_row(value)
        series = self._series.series_for(row.attributes)
        flags = row.flags
        if checkpoint is None or row.epoch == checkpoint:
            self._scratch.replay(row.timeline, series, self._rules, self.contributions)
            if checkpoint is not None:
                timeline, attributes = row.before()
                before: list[Contribution] = []
                self._scratch.replay(timeline, self._series.series_for(attributes), self._rules, before)
                self.contributions.extend((slot, at, -count, -duration) for slot, at, count, duration in before)
        if flags & ACTIVE:
            self.open.note(series, row.created)
        if flags & WAITS:
            self.open.wait(series, 1)
        if flags & LACKS_OPENING:
            self.without_opening += 1

    def restored(self) -> None:
        """Put the open tickets in order."""
        self.open.sort()

    def depart(self, key: bytes, value: bytes) -> list[Contribution] | None:
        """Let go of a ticket that was not touched since the horizon, unless it is open."""
        row = decode_ticket_row(value)
        if row.flags & ACTIVE or row.last_time >= self.horizon:
            return None
        contributions: list[Contribution] = []
        self._scratch.replay(row.timeline, self._series.series_for(row.attributes), self._rules, contributions)
        self.without_opening -= row.flags & LACKS_OPENING != 0
        self._hot.forget(key[len(ENTITY) :].decode())
        return contributions

    def contributions_of(self, subject: str) -> list[Contribution]:
        """All that a ticket contributes now, worked out from its timeline alone."""
        ticket = self.ticket(subject)
        return [] if ticket is None else self._contributions_of(ticket)

    def _from_row(self, subject: str, row: TicketRow) -> Ticket:
        attributes, series = self._series.shared(row.attributes)
        ticket = Ticket(subject, series)
        ticket.timeline, ticket.attributes, ticket.stamps = row.timeline, attributes, all_stamps(row.stamps)
        ticket.epoch = row.epoch
        ticket.base_timeline, ticket.base_attributes = row.before()
        ticket.replay(row.timeline, series, self._rules, [])
        return ticket

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
