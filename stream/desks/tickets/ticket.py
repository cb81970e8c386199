"""A ticket: its timeline, and the state that follows from it.

Everything a ticket contributes is a function of its sorted timeline and its current attributes. `step`
takes the state one entry further and appends the contributions that the entry makes, or takes back, to
a list; replaying the whole timeline gives the same sum as stepping entry by entry.
"""

from __future__ import annotations

from stream.desks.tickets.rules import TicketRules
from stream.desks.tickets.series import TicketSeries
from stream.desks.tickets.spans import BUSINESS, CALENDAR, contribute_span, contribute_time_spent
from stream.desks.tickets.timeline import (
    ACTOR_MASK,
    AGENT,
    CUSTOMER,
    HOLD,
    INTERNAL,
    NEW,
    OPEN,
    PENDING,
    STATUS_SHIFT,
    Rank,
    unpack_entries,
    void_from,
)
from stream.windows.sliding import Contribution

_OPENED = int(Rank.OPENED)
_UPDATED = int(Rank.UPDATED)
_CUSTOMER_REPLIED = int(Rank.CUSTOMER_REPLIED)
_HANDED_OFF = int(Rank.HANDED_OFF)
_OTHERS_REPLIED = int(Rank.OTHERS_REPLIED)
_ESCALATED = int(Rank.ESCALATED)
_IN_PROGRESS = int(Rank.IN_PROGRESS)
_SOLVED = int(Rank.SOLVED)
_CLOSED = int(Rank.CLOSED)
_ABANDONED = int(Rank.ABANDONED)
_DELETED = int(Rank.DELETED)
_RESTORED = int(Rank.RESTORED)


class TicketState:
    """Where a ticket stands after some of its timeline. Times and spans are in microseconds.

    ``work_time`` is the time spent new or open, ``hold_time`` the time on hold, up to ``status_since``;
    their ``business_`` twins count opening hours only. ``waiting_since`` is when the customer who now waits
    for an agent began to. ``active`` means neither resolved nor abandoned; ``status`` is the last while it was.
    ``replied`` says that an agent wrote in public since the ticket was opened, or reopened after a resolution,
    ``first_reply_made`` that one answered a customer who waited. ``void`` tickets count nowhere: they are merged, or
    deleted and not restored. ``early`` are the times of the events dated before the opening, ``left_early`` says that
    the customer left among them; ``idle_pauses`` counts the changes to pending or hold of a ticket that was not active.
    """

    __slots__ = (
        "abandoned_at",
        "active",
        "assignee",
        "author",
        "business_hold_time",
        "business_work_time",
        "created",
        "customer_wrote",
        "early",
        "escalated",
        "ever_pending",
        "first_contact",
        "first_reopen",
        "first_reply_made",
        "first_resolution",
        "hold_time",
        "human_replies",
        "idle_pauses",
        "left_early",
        "replied",
        "resolved_at",
        "several_authors",
        "status",
        "status_since",
        "void",
        "waiting_since",
        "work_time",
    )

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Back to before the first entry."""
        self.created: int | None = None
        self.void = False
        self.early: list[int] = []
        self.left_early = False
        self.idle_pauses = 0
        self.active = False
        self.status = NEW
        self.status_since = 0
        self.work_time = 0
        self.hold_time = 0
        self.business_work_time = 0
        self.business_hold_time = 0
        self.waiting_since: int | None = None
        self.customer_wrote = False
        self.replied = False
        self.first_reply_made = False
        self.human_replies = 0
        self.author = 0
        self.several_authors = False
        self.ever_pending = False
        self.assignee = 0
        self.escalated = False
        self.first_resolution: int | None = None
        self.first_contact = False
        self.first_reopen: int | None = None
        self.resolved_at: int | None = None
        self.abandoned_at: int | None = None

    @property
    def lacks_opening(self) -> bool:
        """Whether nobody has told yet that the ticket was opened, so that it counts nowhere."""
        return self.created is None and not self.void

    def replay(self, timeline: bytes, series: TicketSeries, rules: TicketRules, out: list[Contribution]) -> None:
        """Start over and step through a whole timeline."""
        self.reset()
        if void_from(timeline) is not None:
            self.void = True
            return
        step = self.step
        for time, rank, _, flags, reference in unpack_entries(timeline):
            step(time, rank, flags, reference, series, rules, out)

    def step(
        self,
        time: int,
        rank: int,
        flags: int,
        reference: int,
        series: TicketSeries,
        rules: TicketRules,
        out: list[Contribution],
    ) -> None:
        """Take the next entry in order; what it contributes or takes back goes to ``out``."""
        if self.created is None:
            if rank == _OPENED:
                self._open(time, flags, reference, series, rules, out)
            else:
                self._come_early(time, rank)
        elif rank == _OTHERS_REPLIED:
            if flags & ACTOR_MASK == AGENT and not flags & INTERNAL:
                self._human_reply(time, reference, series, rules, out)
        elif rank == _CUSTOMER_REPLIED:
            if not flags & INTERNAL:
                if not self.active:
                    self.customer_wrote = True
                elif self.waiting_since is None:
                    self.waiting_since = time
        elif rank == _IN_PROGRESS:
            self._progress(time, flags, series, rules, out)
        else:
            self._step_less_common(time, rank, reference, series, rules, out)

    def _step_less_common(
        self, time: int, rank: int, reference: int, series: TicketSeries, rules: TicketRules, out: list[Contribution]
    ) -> None:
        """Take an entry of a kind that is less common than replies and progress; those cost no call more."""
        if rank == _UPDATED and reference:
            if self.assignee and self.assignee != reference:
                out.append((series.counts["ticket_reassignments"], time, 1, 0))
            self.assignee = reference
        elif rank == _OPENED and reference:
            self.assignee = reference
        elif rank == _ESCALATED and not self.escalated:
            self.escalated = True
            out.append((series.counts["tickets_escalated"], time, 1, 0))
        elif not self.active:
            return
        elif rank == _SOLVED or (rank == _CLOSED and self._was_helped):
            self._resolve(time, series, rules, out)
        elif rank in {_CLOSED, _ABANDONED}:
            self._abandon(time, series, rules, out)
        elif rank == _HANDED_OFF:
            self.waiting_since = time

    def _come_early(self, time: int, rank: int) -> None:
        if rank not in {_DELETED, _RESTORED}:
            self.early.append(time)
            self.left_early = self.left_early or rank == _ABANDONED

    @property
    def _was_helped(self) -> bool:
        return self.replied or (self.first_resolution is not None and self.waiting_since is None)

    def _open(
        self,
        time: int,
        flags: int,
        reference: int,
        series: TicketSeries,
        rules: TicketRules,
        out: list[Contribution],
    ) -> None:
        self.created = time
        self.active = True
        self.status = flags >> STATUS_SHIFT
        self.status_since = time
        self.ever_pending = self.status == PENDING
        self.assignee = reference
        if flags & (ACTOR_MASK | INTERNAL) == CUSTOMER:
            self.waiting_since = time
        out.append((series.counts["tickets_opened"], time, 1, 0))
        out.append((series.counts["tickets_opened_by_category"], time, 1, 0))
        if self.early:
            out.extend((series.counts["ticket_events_before_opening"], early, 1, 0) for early in self.early)
            if self.left_early:
                self._abandon(time, series, rules, out)

    def _human_reply(
        self, time: int, author: int, series: TicketSeries, rules: TicketRules, out: list[Contribution]
    ) -> None:
        if self.first_resolution is None:
            if self.human_replies and author != self.author:
                self.several_authors = True
            self.author = author
            self.human_replies += 1
        waiting_since = self.waiting_since
        if waiting_since is not None:
            slots = (
                series.durations["next_reply_seconds"]
                if self.first_reply_made
                else series.durations["first_reply_seconds"]
            )
            contribute_span(out, slots, time, waiting_since, time, rules)
            self.waiting_since = None
            self.first_reply_made = True
        self.replied = True

    def _progress(
        self, time: int, flags: int, series: TicketSeries, rules: TicketRules, out: list[Contribution]
    ) -> None:
        status = flags >> STATUS_SHIFT
        if self.active:
            self._spend(time, rules)
            self.status = status
            if status == PENDING:
                self.ever_pending = True
            return
        if status not in (NEW, OPEN):
            self.idle_pauses += 1
            out.append((series.counts["ticket_events_after_resolution"], time, 1, 0))
            return
        if self.resolved_at is not None:
            self._contribute_resolution(-1, series, rules, out)
            self.resolved_at = None
            self.replied = False
            if self.first_reopen is None:
                self.first_reopen = time
                out.append((series.counts["tickets_reopened"], time, 1, 0))
        else:
            self._contribute_abandonment(-1, series, out)
            self.abandoned_at = None
        self.active = True
        self.status = status
        self.status_since = time
        self.waiting_since = time if self.customer_wrote or flags & ACTOR_MASK == CUSTOMER else None
        self.customer_wrote = False

    def _resolve(self, time: int, series: TicketSeries, rules: TicketRules, out: list[Contribution]) -> None:
        self._leave(time, rules)
        self.resolved_at = time
        if self.first_resolution is None:
            self.first_resolution = time
            self.first_contact = self._is_first_contact(time, rules)
            self._contribute_since_creation(1, time, series.durations["first_resolution_seconds"], rules, out)
            if series.complaint:
                self._contribute_since_creation(
                    1, time, series.durations["complaint_first_resolution_seconds"], rules, out
                )
        self._contribute_resolution(1, series, rules, out)

    def _abandon(self, time: int, series: TicketSeries, rules: TicketRules, out: list[Contribution]) -> None:
        self._leave(time, rules)
        self.abandoned_at = time
        self._contribute_abandonment(1, series, out)

    def _leave(self, time: int, rules: TicketRules) -> None:
        self._spend(time, rules)
        self.active = False
        self.waiting_since = None
        self.customer_wrote = False

    def _spend(self, time: int, rules: TicketRules) -> None:
        since = self.status_since
        self.status_since = time
        if self.status == PENDING:
            return
        calendar = rules.calendar
        if self.status == HOLD:
            self.hold_time += time - since
            if calendar is not None:
                self.business_hold_time += calendar.between(since, time)
        else:
            self.work_time += time - since
            if calendar is not None:
                self.business_work_time += calendar.between(since, time)

    def _is_first_contact(self, time: int, rules: TicketRules) -> bool:
        rule = rules.first_contact_rule
        if rule == "one_reply":
            return self.human_replies == 1
        if rule == "one_agent":
            return self.human_replies > 0 and not self.several_authors
        if rule == "never_pending":
            return not self.ever_pending
        return time - (self.created or 0) <= rules.first_contact_limit

    def _contribute_resolution(
        self, sign: int, series: TicketSeries, rules: TicketRules, out: list[Contribution]
    ) -> None:
        at, created = self.resolved_at, self.created
        if at is None or created is None:
            return
        self._contribute_since_creation(sign, at, series.durations["resolution_seconds"], rules, out)
        if series.complaint:
            self._contribute_since_creation(sign, at, series.durations["complaint_resolution_seconds"], rules, out)
        contribute_time_spent(out, series.durations, CALENDAR, at, self.work_time, self.hold_time, sign)
        if rules.calendar is not None:
            work, hold = self.business_work_time, self.business_hold_time
            contribute_time_spent(out, series.durations, BUSINESS, at, work, hold, sign)
        out.append((series.counts["tickets_resolved"], at, sign, 0))
        if self.first_contact and self._stayed_resolved(rules):
            out.append((series.counts["tickets_resolved_first_contact"], at, sign, 0))
        out.append((series.counts["tickets_opened_resolved"], created, sign, 0))

    def _stayed_resolved(self, rules: TicketRules) -> bool:
        if self.first_reopen is None or self.first_resolution is None:
            return True
        return self.first_reopen - self.first_resolution >= rules.first_contact_quiet

    def _contribute_since_creation(
        self, sign: int, at: int, slots: tuple[int, int], rules: TicketRules, out: list[Contribution]
    ) -> None:
        contribute_span(out, slots, at, self.created or 0, at, rules, sign)

    def _contribute_abandonment(self, sign: int, series: TicketSeries, out: list[Contribution]) -> None:
        if self.abandoned_at is not None:
            out.append((series.counts["tickets_abandoned"], self.abandoned_at, sign, 0))
