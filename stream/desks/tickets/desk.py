"""The desk of tickets: takes ticket events in, in any order and any number of times."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from schemas.events import Envelope, TicketEvent, TicketReplied
from stream.desks.tickets.attributes import NO_ATTRIBUTES, AttributeHistory
from stream.desks.tickets.entries import MERGED, REPLIES, Changes, entry_parts
from stream.desks.tickets.kept_ticket import Ticket
from stream.desks.tickets.kept_tickets import KeptTickets
from stream.desks.tickets.rules import LONGEST_TIMELINE, TicketRules
from stream.desks.tickets.series import TicketSeries, TicketSeriesTable
from stream.desks.tickets.set_aside import SetAside
from stream.desks.tickets.sla.announced import Announced
from stream.desks.tickets.sla.announcements import decode_announcement
from stream.desks.tickets.sla.policy import Policies
from stream.desks.tickets.sla.transitions import Transition
from stream.desks.tickets.ticket_rows import ACTIVE, decode_ticket_row
from stream.desks.tickets.timeline import (
    ENTRY_SIZE,
    Rank,
    comes_last,
    inserted,
    pack_entry,
    reference_of,
    stamp_of,
)
from stream.state.desk import subject_of
from stream.state.hot_entities import HOT_ENTITIES
from stream.state.outbox import Outgoing, decode_record
from stream.state.rejection import Reason, RejectedRecordError
from stream.state.rows import ENTITY, RowStore
from stream.state.ties import tie_of
from stream.windows.sliding import Contribution

_ROW_BYTES = 256
_ANNOUNCEMENT_BYTES = 600
_BYTES_A_CHARACTER = 4
_SEQUENCE_BYTES = 12
_FULL = LONGEST_TIMELINE * ENTRY_SIZE
_IN_PROGRESS = int(Rank.IN_PROGRESS)


class TicketDesk(KeptTickets):
    """The tickets of one partition; what happens to their clocks goes out by way of ``announced``."""

    def __init__(
        self,
        decode: Callable[[bytes], Envelope],
        rules: TicketRules,
        series: TicketSeriesTable,
        rows: RowStore,
        hot: int = HOT_ENTITIES,
        policies: Policies | None = None,
        announced: Announced | None = None,
    ) -> None:
        super().__init__(decode, rules, series, rows, hot, policies)
        self._announced = announced
        self._no_series = series.series_for(NO_ATTRIBUTES)

    def apply(self, event: TicketEvent, time: int) -> bool:  # noqa: C901, PLR0912, PLR0915 - the hot path
        """Take a ticket event in; ``False`` if the ticket has it already. Whatever is raised leaves it as it was."""
        changes: Changes | None = None
        if isinstance(event, TicketReplied):
            data = event.data
            rank, flags = REPLIES[data.visibility][data.actor]
            reference = reference_of(data.author)
        else:
            rank, flags, reference, changes = entry_parts(event)
        tie = tie_of(event.source, event.id)
        subject = event.subject
        ticket = self.hot.young.get(subject) or self._found_or_new(subject, time)
        timeline = ticket.timeline
        if tie in timeline:
            return False
        if len(timeline) >= _FULL:
            detail = f"ticket {subject!r} has {LONGEST_TIMELINE} events; give the conversation a new subject"
            raise RejectedRecordError(Reason.TIMELINE_FULL, detail)
        clocks, sla = ticket.clocks, self.sla
        if sla is not None and clocks.changed and clocks.alarm < sla.advanced_to:
            sla.ring(ticket)
        history, series, unsettled = ticket.history, ticket.series, clocks.changed
        sequences, sequence, mark = ticket.sequences, event.sequence, len(self.contributions)
        if sequence is not None:
            sequences[tie] = sequence
        entry = pack_entry(time, rank, tie, flags, reference)
        in_order = (
            (comes_last(timeline, entry, sequences) if sequences else entry > timeline[-ENTRY_SIZE:])
            and rank < MERGED
            and time > clocks.rung_at
        )
        transitions: list[Transition] = []
        try:
            if in_order and changes is None and ticket.created is not None:
                self._append(ticket, time, rank, flags, reference, transitions)
                ticket.timeline = timeline + entry
            else:
                self._take_in(ticket, time, rank, flags, reference, entry, changes, transitions, in_order=in_order)
                self.hot.young[subject] = ticket
        except Exception:
            ticket.timeline, ticket.history, ticket.series = timeline, history, series
            sequences.pop(tie, None)
            del self.contributions[mark:]
            self._replay(ticket)
            ticket.clocks.changed = unsettled
            raise
        if ticket.after_checkpoint != self.checkpoint:
            ticket.after_checkpoint = self.checkpoint
            ticket.base_timeline, ticket.base_attributes = timeline, history.attributes
        if transitions and sla is not None:
            sla.announce(ticket, transitions)
            self.dirty_bytes += _ANNOUNCEMENT_BYTES * len(transitions)
        if changes is None and subject in self.dirty:
            self.dirty_bytes += ENTRY_SIZE if sequence is None else ENTRY_SIZE + _sequence_bytes(sequence)
        else:
            self.dirty[subject] = ticket
            self.dirty_bytes += _row_bytes(ticket)
        return True

    def _found_or_new(self, subject: str, time: int) -> Ticket:
        ticket = self.find(subject)
        if ticket is None:
            self.check_not_too_late(subject, time)
            ticket = Ticket(subject, self._no_series, self._new_clocks())
            self.arrived += 1
        return ticket

    def _append(
        self, ticket: Ticket, time: int, rank: int, flags: int, reference: int, transitions: list[Transition]
    ) -> None:
        """The short way for what happens most: the next entry in order, with no attribute changed."""
        active, waited, series = ticket.active, ticket.waiting_since is not None, ticket.series
        ticket.step(time, rank, flags, reference, series, self._rules, self.contributions)
        if self.sla is not None:
            clocks = ticket.clocks
            ended = clocks.ended
            clocks.follow(ticket, time, rank, flags, clocks.terms, series.sla, transitions)
            if clocks.ended is not ended:
                self.contributions += clocks.ended[len(ended) :]
        if ticket.active is not active:
            self._update_gauges(ticket, ticket.created, series, active=active, waited=waited)
        elif (waits := ticket.waiting_since is not None) is not waited:
            self.open.wait(series, 1 if waits else -1)
        if rank == _IN_PROGRESS and not ticket.active:
            self.set_aside[SetAside.AFTER_RESOLUTION] += 1

    def _take_in(  # noqa: PLR0913, PLR0917 - the parts of one entry
        self,
        ticket: Ticket,
        time: int,
        rank: int,
        flags: int,
        reference: int,
        entry: bytes,
        changes: Changes | None,
        transitions: list[Transition],
        *,
        in_order: bool,
    ) -> None:
        timeline, sla = ticket.timeline, self.sla
        created, active, series = ticket.created, ticket.active, ticket.series
        waited = ticket.waiting_since is not None
        opened = created is not None
        unopened = ticket.lacks_opening and bool(timeline)
        early, idle_pauses = len(ticket.early), ticket.idle_pauses
        history = ticket.history
        new_series = series if changes is None else self._set_attributes(ticket, changes, entry)
        relabelled = new_series is not series and opened
        if in_order and not (relabelled and new_series.complaint is not series.complaint):
            if relabelled:
                moved: list[Contribution] = []
                self._scratch.replay(timeline, series, self._rules, moved)
                self.contributions.extend(self._series.moved([*moved, *ticket.clocks.ended], new_series))
                ticket.clocks.ended = tuple(self._series.relabelled(ticket.clocks.ended, new_series))
                ticket.clocks.changed = True
            if not ticket.void:
                ticket.step(time, rank, flags, reference, new_series, self._rules, self.contributions)
                if sla is not None and ticket.created is not None:
                    terms = sla.policies.terms_for(ticket.attributes)
                    ended = len(ticket.clocks.ended)
                    ticket.clocks.follow(ticket, time, rank, flags, terms, new_series.sla, transitions)
                    self.contributions += ticket.clocks.ended[ended:]
            ticket.timeline = timeline + entry
            ticket.series = new_series
        else:
            contributions: list[Contribution] = []
            before = self._transitions_of(timeline, history, series, contributions)
            ticket.timeline = inserted(timeline, entry, ticket.sequences)
            ticket.series = new_series
            self.contributions.extend((slot, at, -count, -duration) for slot, at, count, duration in contributions)
            after = self._replay(ticket, self.contributions)
            if sla is not None:
                sla.correct(ticket, before, after)
                ticket.clocks.changed = True
        self._update_gauges(ticket, created, series, active=active, waited=waited)
        if ticket.lacks_opening is not unopened:
            if unopened:
                self.unopened.remove(ticket.subject)
            else:
                self.unopened.add(ticket.subject)
        if rank < MERGED:
            dated_before = opened and len(ticket.early) > early
            idle = rank == _IN_PROGRESS and ticket.idle_pauses > idle_pauses
            self._note_set_aside(ticket, dated_before=dated_before, idle=idle)

    def _note_set_aside(self, ticket: Ticket, *, dated_before: bool, idle: bool) -> None:
        """Count an event if it changed no number of its ticket, which has just taken it in."""
        if ticket.void:
            self.set_aside[SetAside.VOID] += 1
        elif ticket.created is None:
            self.set_aside[SetAside.UNOPENED] += 1
        elif dated_before:
            self.set_aside[SetAside.BEFORE_OPENING] += 1
        elif idle:
            self.set_aside[SetAside.AFTER_RESOLUTION] += 1

    def advance(self, until: int) -> bool:
        """Let happen what happens to the clocks by itself before ``until``; ``False`` if there is more."""
        sla = self.sla
        if sla is None:
            return True
        self._settle(sla)
        return sla.advance(until, self._found)

    def take_back(self, until: int) -> None:
        """Retract what was announced of deadlines that are still to come: the clock was ahead."""
        sla = self.sla
        if sla is None:
            return
        self._settle(sla)
        told = []
        for key, value in self.rows.scan(ENTITY):
            row = decode_ticket_row(value)
            # What a row of an older version repeats of its timeline is not to be trusted.
            older = row.sequences is None
            if older or (row.flags & ACTIVE and sla.has_rung(row.clocks, row.attributes, self._no_series)):
                told.append(subject_of(key))
        tickets = [(ticket, self._all_transitions_of(ticket)) for ticket in map(self._found, told)]
        sla.advanced_to = until
        for ticket, before in tickets:
            sla.correct(ticket, before, self._replay(ticket))
            ticket.clocks.changed = True
            self._unsettled[ticket.subject] = self.dirty[ticket.subject] = ticket
        self._settle(sla)

    def _all_transitions_of(self, ticket: Ticket) -> list[Transition]:
        return self._transitions_of(ticket.timeline, ticket.history, ticket.series, [])

    def overtake(self) -> None:
        """Announce what was over already; the agenda learns of the tickets when it is needed."""
        sla = self.sla
        if sla is None:
            return
        advanced_to, unsettled = sla.advanced_to, self._unsettled
        for subject, ticket in self.dirty.items():
            clocks = ticket.clocks
            if clocks.changed:
                unsettled[subject] = ticket
                if clocks.alarm < advanced_to:
                    sla.ring(ticket)

    def outgoing(self) -> list[Outgoing]:
        """The events of what has happened to clocks since this was last called."""
        announcements = [] if self.sla is None else self.sla.fetch()
        return [] if self._announced is None or not announcements else self._announced.told(announcements)

    def kept_outgoing(self, kept: Sequence[msgspec.Raw]) -> list[Outgoing]:
        """The events of the announcements that an outbox kept; an earlier version kept the events themselves."""
        found: list[Outgoing] = []
        for one in kept:
            try:
                announcement = decode_announcement(one)
            except msgspec.ValidationError:
                found.append(decode_record(one))
            else:
                found += [] if self._announced is None else self._announced.records([announcement])
        return found

    def _found(self, subject: str) -> Ticket:
        ticket = self.find(subject)
        if ticket is None:
            message = f"ticket {subject!r} is on the agenda but has no row"
            raise LookupError(message)
        return ticket

    def _set_attributes(self, ticket: Ticket, changes: Changes, entry: bytes) -> TicketSeries:
        history = ticket.history.after(changes, stamp_of(entry), ticket.sequences)
        attributes, series = self._series.shared(history.attributes)
        ticket.history = AttributeHistory(attributes, history.stamps, history.earlier)
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


def _row_bytes(ticket: Ticket) -> int:
    names = len(ticket.subject) + sum(map(len, filter(None, ticket.attributes)))
    size = _ROW_BYTES + len(ticket.timeline) + _BYTES_A_CHARACTER * names
    return size + sum(map(_sequence_bytes, ticket.sequences.values())) if ticket.sequences else size


def _sequence_bytes(sequence: str) -> int:
    return _SEQUENCE_BYTES + _BYTES_A_CHARACTER * len(sequence)
