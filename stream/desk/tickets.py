"""The desk of tickets: takes ticket events in, in any order and any number of times."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from schemas.events import TICKETS_TOPIC, TicketEvent, TicketReplied
from stream.desk.attributes import NO_ATTRIBUTES, NO_HISTORY, AttributeHistory, Attributes
from stream.desk.decoding import decode_ticket_event
from stream.desk.desk import Desk
from stream.desk.hot_entities import HOT_ENTITIES, HotEntities
from stream.desk.open_tickets import OpenTickets
from stream.desk.rejection import Reason, RejectedRecordError
from stream.desk.rows import ENTITY, Row, RowStore
from stream.desk.set_aside import SetAside
from stream.desk.sla.agenda import Agenda, Place, places_of
from stream.desk.sla.announcements import Announcement
from stream.desk.sla.clock_rows import encode_clocks
from stream.desk.sla.policy import Policies
from stream.desk.sla.ticket_clocks import TicketClocks, UsedMetrics
from stream.desk.sla.ticket_sla import TicketSla
from stream.desk.sla.transitions import Transition
from stream.desk.ticket import TicketState
from stream.desk.ticket_entries import MERGED, REPLIES, Changes, entry_parts
from stream.desk.ticket_rows import (
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
from stream.desk.ticket_rules import LONGEST_TIMELINE, TicketRules
from stream.desk.ticket_series import TicketSeries, TicketSeriesTable
from stream.desk.timeline import ENTRY_SIZE, Rank, comes_last, inserted, pack_entry, reference_of, stamp_of, tie_of
from stream.desk.unopened import UnopenedTickets
from stream.windows.sliding import Contribution

_ROW_BYTES = 256
_ANNOUNCEMENT_BYTES = 200
_BYTES_A_CHARACTER = 4
_SEQUENCE_BYTES = 12
_FULL = LONGEST_TIMELINE * ENTRY_SIZE
_IN_PROGRESS = int(Rank.IN_PROGRESS)
_NO_CLOCKS: Final = TicketClocks(UsedMetrics.of(()))


class Ticket(TicketState):
    """A ticket with its timeline and the sequences of its entries, and its attributes with what they were before.

    ``base_timeline`` and ``base_attributes`` are those before it first changed in the epoch ``epoch``. ``places`` is
    where its ``clocks`` stood when the agenda last learnt of them.
    """

    __slots__ = (
        "base_attributes",
        "base_timeline",
        "clocks",
        "epoch",
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
        self.epoch = -1
        self.base_timeline = b""
        self.base_attributes = NO_ATTRIBUTES
        self.clocks = clocks
        self.places: list[Place] = []
        self.sequences: dict[bytes, str] = {}

    @property
    def attributes(self) -> Attributes:
        """The attributes now."""
        return self.history.attributes


class TicketDesk(Desk[TicketEvent]):
    """The tickets of one partition, of which at least ``hot`` are kept as objects; with ``policies``, their SLA."""

    topic = TICKETS_TOPIC

    def __init__(
        self,
        rules: TicketRules,
        series: TicketSeriesTable,
        rows: RowStore,
        hot: int = HOT_ENTITIES,
        policies: Policies | None = None,
    ) -> None:
        super().__init__(decode_ticket_event, rows)
        self._rules = rules
        self._series = series
        self._no_series = series.series_for(NO_ATTRIBUTES)
        self._dirty: dict[str, Ticket] = {}
        self._unsettled: dict[str, Ticket] = {}
        self._hot: HotEntities[Ticket] = HotEntities(hot)
        self.open = OpenTickets()
        self.unopened = UnopenedTickets()
        self.sla = None if policies is None else TicketSla(policies, rules)
        self._scratch = TicketState() if self.sla is None else self.sla.scratch

    def apply(self, event: TicketEvent, time: int) -> bool:  # noqa: C901, PLR0912, PLR0915 - the hottest path there is
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
                ticket = Ticket(subject, self._no_series, self._new_clocks())
        timeline = ticket.timeline
        if tie in timeline:
            return False
        if len(timeline) >= _FULL:
            detail = f"ticket {subject!r} has {LONGEST_TIMELINE} events; give the conversation a new subject"
            raise RejectedRecordError(Reason.TIMELINE_FULL, detail)

        mark = len(self.contributions)
        history, series, unsettled = ticket.history, ticket.series, ticket.clocks.changed
        if unsettled and self.sla is not None and ticket.clocks.alarm < self.sla.served:
            self.sla.ring(ticket)
        sequence, sequences = event.sequence, ticket.sequences
        if sequence is not None:
            sequences[tie] = sequence
        in_order = (
            (comes_last(timeline, entry, sequences) if sequences else entry > timeline[-ENTRY_SIZE:])
            and rank < MERGED
            and time > ticket.clocks.rung_at
        )
        transitions: list[Transition] = []
        try:
            if in_order and changes is None and ticket.created is not None:
                self._append(ticket, time, rank, flags, reference, transitions)
                ticket.timeline = timeline + entry
            else:
                self._take_in(ticket, time, rank, flags, reference, entry, changes, transitions, in_order=in_order)
                self._hot.young[subject] = ticket
        except Exception:
            ticket.timeline, ticket.history, ticket.series = timeline, history, series
            sequences.pop(tie, None)
            del self.contributions[mark:]
            self._replay(ticket)
            ticket.clocks.changed = unsettled
            raise
        if ticket.epoch != self.epoch:
            ticket.epoch, ticket.base_timeline, ticket.base_attributes = self.epoch, timeline, history.attributes
        if transitions and self.sla is not None:
            self.sla.announce(ticket, transitions)
            self.dirty_bytes += _ANNOUNCEMENT_BYTES * len(transitions)
        if changes is not None or subject not in self._dirty:
            self._dirty[subject] = ticket
            names = len(subject) + sum(map(len, filter(None, ticket.attributes)))
            self.dirty_bytes += _ROW_BYTES + len(timeline) + _BYTES_A_CHARACTER * names
            if sequences:
                self.dirty_bytes += sum(map(_sequence_bytes, sequences.values()))
        else:
            self.dirty_bytes += ENTRY_SIZE
            if sequence is not None:
                self.dirty_bytes += _sequence_bytes(sequence)
        return True

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

    def dirty_rows(self) -> Iterator[Row]:
        """The rows of the tickets that changed."""
        dirty, self._dirty = self._dirty, {}
        self.dirty_bytes = 0
        for subject, ticket in dirty.items():
            timeline, history = ticket.timeline, ticket.history
            attributes = history.attributes
            row = (
                timeline,
                attributes,
                short_stamps(history.stamps),
                history.earlier,
                flags_of(ticket),
                ticket.created or 0,
                encode_clocks(ticket.clocks.open),
                ticket.epoch,
                base_of(timeline, attributes, ticket.base_timeline, ticket.base_attributes),
                ticket.sequences,
            )
            yield Row(ENTITY + subject.encode(), encode_ticket_row(row))
        self._hot.let_go()

    def ticket(self, subject: str) -> Ticket | None:
        """A ticket as it stands, ``None`` if there is none of that name."""
        ticket = self._hot.find(subject) or self._unsettled.get(subject)
        if ticket is None:
            value = self.rows.get(ENTITY + subject.encode())
            if value is not None:
                ticket = self._hot.young[subject] = self._from_row(subject, decode_ticket_row(value))
        return ticket

    def restore(self, key: bytes, value: bytes, checkpoint: int | None) -> None:
        """Count a ticket in and add what it contributes, or what of that the checkpoint does not have."""
        row = decode_ticket_row(value)
        series = self._series.series_for(row.attributes)
        flags, created = row.flags, row.created
        anew = checkpoint is None or row.sequences is None
        if anew or row.epoch == checkpoint:
            contributions = self._contributions_of(row.timeline, row.history, series)
            if anew:
                flags, created = flags_of(self._scratch), self._scratch.created or 0
            if checkpoint is None or row.epoch == checkpoint:
                self.contributions.extend(contributions)
            if row.epoch == checkpoint:
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
                self.sla.agenda.add(key[len(ENTITY) :].decode(), places)
        if flags & WAITS:
            self.open.wait(series, 1)
        if flags & LACKS_OPENING:
            self.unopened.add(key[len(ENTITY) :].decode())

    def restored(self) -> None:
        """Put the open tickets in order."""
        self.open.sort()

    def depart(self, key: bytes, value: bytes) -> list[Contribution] | None:
        """Let go of a ticket that was not touched since the horizon, unless it is open."""
        row = decode_ticket_row(value)
        if row.last_time >= self.horizon or (row.flags & ACTIVE and row.sequences is not None):
            return None
        contributions = self._contributions_of(row.timeline, row.history, self._series.series_for(row.attributes))
        if self._scratch.active:
            return None
        subject = key[len(ENTITY) :].decode()
        if self._scratch.lacks_opening:
            self.unopened.remove(subject)
        self._hot.forget(subject)
        unsettled = self._unsettled.pop(subject, None)
        if unsettled is not None and self.sla is not None:
            self.sla.settle(unsettled)
        return contributions

    def contributions_in(self, value: bytes) -> list[Contribution]:
        """All that the ticket of a row contributes."""
        row = decode_ticket_row(value)
        return self._contributions_of(row.timeline, row.history, self._series.series_for(row.attributes))

    @property
    def without_opening(self) -> int:
        """How many tickets lack their opening."""
        return self.unopened.count

    def lacks_opening(self, subject: str) -> bool:
        """Whether a ticket is known, but not its opening."""
        value = self.rows.get(ENTITY + subject.encode())
        return value is not None and bool(decode_ticket_row(value).flags & LACKS_OPENING)

    def contributions_of(self, subject: str) -> list[Contribution]:
        """All that a ticket contributes now, worked out from its timeline alone."""
        ticket = self.ticket(subject)
        return [] if ticket is None else self._contributions_of(ticket.timeline, ticket.history, ticket.series)

    def serve(self, until: int) -> bool:
        """Let happen what happens to the clocks by itself before ``until``; ``False`` if there is more."""
        sla = self.sla
        if sla is None:
            return True
        self._settle(sla)
        return sla.serve(until, self._found)

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
                told.append(key[len(ENTITY) :].decode())
        tickets = [(ticket, self._all_transitions_of(ticket)) for ticket in map(self._found, told)]
        sla.served = until
        for ticket, before in tickets:
            sla.correct(ticket, before, self._replay(ticket))
            ticket.clocks.changed = True
            self._unsettled[ticket.subject] = self._dirty[ticket.subject] = ticket
        self._settle(sla)

    def _all_transitions_of(self, ticket: Ticket) -> list[Transition]:
        return self._transitions_of(ticket.timeline, ticket.history, ticket.series, [])

    def overtake(self) -> None:
        """Announce what was already over at the time served; the agenda learns of the tickets when it is needed."""
        sla = self.sla
        if sla is None:
            return
        served, unsettled = sla.served, self._unsettled
        for subject, ticket in self._dirty.items():
            clocks = ticket.clocks
            if clocks.changed:
                unsettled[subject] = ticket
                if clocks.alarm < served:
                    sla.ring(ticket)

    @property
    def agenda(self) -> Agenda | None:
        """The agenda of all tickets as they stand, ``None`` without SLA."""
        if self.sla is None:
            return None
        self._settle(self.sla)
        return self.sla.agenda

    def _settle(self, sla: TicketSla) -> None:
        for ticket in self._unsettled.values():
            sla.settle(ticket)
        self._unsettled.clear()

    @property
    def served(self) -> int:
        """Up to when everything that happens by itself was announced, in microseconds."""
        return 0 if self.sla is None else self.sla.served

    @served.setter
    def served(self, until: int) -> None:
        if self.sla is not None:
            self.sla.served = until

    def announcements(self) -> list[Announcement]:
        """What is to be announced since this was last called."""
        return [] if self.sla is None else self.sla.fetch()

    def _found(self, subject: str) -> Ticket:
        ticket = self.ticket(subject)
        if ticket is None:
            message = f"ticket {subject!r} is on the agenda but has no row"
            raise LookupError(message)
        return ticket

    def _new_clocks(self) -> TicketClocks:
        return _NO_CLOCKS if self.sla is None else self.sla.new_clocks()

    def _from_row(self, subject: str, row: TicketRow) -> Ticket:
        attributes, series = self._series.shared(row.attributes)
        ticket = Ticket(subject, series, self._new_clocks())
        ticket.timeline = row.timeline
        ticket.history = AttributeHistory(attributes, all_stamps(row.stamps), row.earlier)
        ticket.sequences = dict(row.sequences or {})
        ticket.epoch = row.epoch
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


def _sequence_bytes(sequence: str) -> int:
    return _SEQUENCE_BYTES + _BYTES_A_CHARACTER * len(sequence)
