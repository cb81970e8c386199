"""The desk of customers: takes what happens to them in, in any order and any number of times."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from schemas.events import CustomerEvent
from stream.desks.customers.activity import JUST_AFTER, Activity, activity_of
from stream.desks.customers.customer import UNKNOWN, Customer, Entries, Happening
from stream.desks.customers.engagement import around_change, seen_within
from stream.desks.customers.entries import entry_of
from stream.desks.customers.expenses import daily_parts, end_of
from stream.desks.customers.journey import furthest_stages
from stream.desks.customers.journey_plan import JourneyPlans
from stream.desks.customers.retention import spans_over
from stream.desks.customers.rules import CustomerRules
from stream.desks.customers.slots import CustomerSlots, WindowSlots
from stream.desks.customers.spans import EVER, Spans, common, steps_of
from stream.state.value_desk import DeskContext, ValueDesk
from stream.windows.local_days import LocalDays
from stream.windows.sliding import Contribution

_ROW_BYTES: Final = 32
_ENTRY_BYTES: Final = 40
_BYTES_A_CHARACTER: Final = 4
_ACQUIRED: Final = Happening.ACQUIRED
_PURCHASED: Final = Happening.PURCHASED


class CustomerDesk(ValueDesk[Customer]):
    """The customers and expenses of one partition, counted by these rules."""

    noun = "customer"
    unknown = UNKNOWN

    def __init__(self, context: DeskContext, rules: CustomerRules, local_days: LocalDays) -> None:
        super().__init__(context)
        self.rules = rules
        self._local_days = local_days
        self._expenses_ahead: dict[str, Customer] = {}
        self._slots = CustomerSlots(context.contributor)
        self._plans = JourneyPlans(self._slots, rules.funnel_within)

    def after(self, before: Customer, event: CustomerEvent, time: int) -> Customer | None:
        """The customer with what happened in its place."""
        return before.with_entry(entry_of(event, time))

    def in_row(self, value: bytes) -> Customer:
        """The customer in the value of a row."""
        return self.decoded("", value).value

    def last_time(self, value: Customer) -> int:
        """When something last happened, or an expense was last for."""
        last = value.last_time
        return max(last, end_of(value.expenses, self.rules.zone)) if value.expenses else last

    def row_bytes(self, subject: str, value: Customer) -> int:
        """About how many bytes a customer takes in a row."""
        entries = sum(map(len, value))
        names = sum(len(entry.name or "") + len(entry.sequence) for entry in value.account)
        return _ROW_BYTES + _ENTRY_BYTES * entries + _BYTES_A_CHARACTER * (len(subject) + names)

    def contribute(self, value: Customer, sign: int) -> None:
        """What a customer or an expense comes to, each at its own time, some of which may lie ahead."""
        account, interactions, stages, expenses = value
        activity = activity_of(account, self.rules.active_after_purchase)
        if account:
            self._contribute_activity(activity, sign)
            self._contribute_account(account, activity, sign)
        if interactions:
            self._contribute_interactions(interactions, activity, sign)
        if stages:
            self._contribute_journey(stages, sign)
        if expenses:
            self._contribute_expenses(expenses, sign)

    def contribute_change(self, before: Customer, after: Customer) -> None:
        """Only what has changed: most events add to one part, and of interactions all but the next ones stay."""
        was, activity = (activity_of(value.account, self.rules.active_after_purchase) for value in (before, after))
        if after.account != before.account:
            self._contribute_account(before.account, was, -1)
            self._contribute_account(after.account, activity, 1)
        if activity != was:
            self._contribute_activity(was, -1)
            self._contribute_activity(activity, 1)
        self._contribute_change_of_interactions(before.interactions, after.interactions, was, activity)
        if after.stages != before.stages:
            self._contribute_journey(before.stages, -1)
            self._contribute_journey(after.stages, 1)
        if after.expenses != before.expenses:
            self._contribute_expenses(before.expenses, -1)
            self._contribute_expenses(after.expenses, 1)

    def changed(self, subject: str, before: Customer, after: Customer) -> None:
        """Know whether it is an expense for days to come."""
        del before
        self.noticed(subject, after)

    def noticed(self, subject: str, value: Customer) -> None:
        """Remember an expense that may be for days to come."""
        if value.expenses:
            self._expenses_ahead[subject] = value

    def left(self, subject: str, value: Customer) -> None:
        """Its days are long over."""
        del value
        self._expenses_ahead.pop(subject, None)

    def ahead(self, now: int) -> list[Contribution]:
        """What expenses contribute on days to come."""
        found: list[Contribution] = []
        for value in self._expenses_ahead.values():
            if end_of(value.expenses, self.rules.zone) > now:
                found += (one for one in self.contributions_of(value) if one[1] > now)
        return found

    def _contribute_activity(self, activity: Activity, sign: int) -> None:
        spans, first = activity
        if first is None:
            return
        slot = self._slots.active
        self.steps += [(slot, at, sign * delta) for at, delta in steps_of(spans)]
        start = first + JUST_AFTER
        if spans == ((start, EVER),):
            self._contribute_stay(start, sign)
        else:
            self._contribute_retention(activity, spans[-1][1] if spans else start, sign)

    def _contribute_stay(self, start: int, sign: int) -> None:
        """Most customers began once, and are still there."""
        found, settled_before = self.windowed_steps, self.windowed_settled_before
        for over in self._slots.windows:
            later = start + over.window.length
            found.append((over.kept, later, sign))
            if later >= settled_before:
                found.append((over.new, start, sign))
                found.append((over.new, later, -sign))

    def _contribute_retention(self, activity: Activity, end: int, sign: int) -> None:
        """Who came, stayed and left, of somebody of whom nothing happens after ``end``."""
        settled_before = self.windowed_settled_before
        for over in self._slots.windows:
            length = over.window.length
            if end + length < settled_before:
                # Who left so long ago counts in none, nor in any of a shorter window.
                return
            kept, lost, new, returned = spans_over(activity, length)
            self._contribute_windowed(over.kept, kept, sign)
            self._contribute_windowed(over.lost, lost, sign)
            self._contribute_windowed(over.new, new, sign)
            self._contribute_windowed(over.returned, returned, sign)

    def _contribute_account(self, account: Entries, activity: Activity, sign: int) -> None:
        contributions, slots = self.contributions, self._slots
        acquired = None
        for entry in account:
            happening = entry.happening
            if happening is _PURCHASED:
                amount = entry.number
                if amount is not None:
                    at, currency = entry.at, entry.name
                    if amount >= 0:
                        contributions.append((slots.purchases[currency], at, sign, 0))
                    contributions.append((slots.revenue[currency], at, sign * amount, 0))
            elif happening is _ACQUIRED and acquired is None:
                acquired = entry
        if acquired is not None:
            contributions.append((slots.acquired[acquired.name], acquired.at, sign, 0))
            if acquired.other is not None:
                contributions.append((slots.referred[acquired.name], acquired.at, sign, 0))
        elif activity.first is not None:
            contributions.append((slots.acquired[None], activity.first, sign, 0))

    def _contribute_interactions(self, interactions: Entries, activity: Activity, sign: int) -> None:
        contributions, slots = self.contributions, self._slots
        by_kind, seen_daily, day_of = slots.interactions, slots.seen_daily, self._local_days.day_of
        latest = -1
        for entry in interactions:
            at = entry.at
            contributions.append((by_kind[entry.name], at, sign, 0))
            day = day_of(at)
            if day != latest:
                latest = day
                contributions.append((seen_daily, at, sign, 0))
        self._contribute_seen(interactions, activity.spans, sign)

    def _contribute_change_of_interactions(
        self, before: Entries, after: Entries, was: Activity, activity: Activity
    ) -> None:
        if before == after:
            if activity != was:
                self._contribute_active_seen(after, was.spans, -1)
                self._contribute_active_seen(after, activity.spans, 1)
            return
        if activity == was and len(after) == len(before) + 1:
            before, after = around_change(before, after)
        self._contribute_interactions(before, was, -1)
        self._contribute_interactions(after, activity, 1)

    def _contribute_seen(self, interactions: Entries, active: Spans, sign: int) -> None:
        for over, spans in self._seen(interactions):
            self._contribute_windowed(over.seen, spans, sign)
            if active:
                self._contribute_windowed(over.active_seen, common(spans, active), sign)

    def _contribute_active_seen(self, interactions: Entries, active: Spans, sign: int) -> None:
        if active:
            for over, spans in self._seen(interactions):
                self._contribute_windowed(over.active_seen, common(spans, active), sign)

    def _seen(self, interactions: Entries) -> Iterator[tuple[WindowSlots, Spans]]:
        """By window, when somebody was seen within it, as far as that is not settled."""
        if not interactions:
            return
        settled_before, last = self.windowed_settled_before, interactions[-1].at
        for over in self._slots.windows:
            if last + over.window.length < settled_before:
                return
            yield over, seen_within(interactions, over.window, settled_before)

    def _contribute_journey(self, stages: Entries, sign: int) -> None:
        if not stages:
            return
        steps, in_stage = self.steps, self._slots.in_stage
        for stage, since, until in furthest_stages(stages, self.rules.cut_off):
            slot = in_stage[stage]
            steps.append((slot, since, sign))
            steps.append((slot, until, -sign))
        self._plans.contribute(stages, sign, self.contributions)

    def _contribute_expenses(self, expenses: Entries, sign: int) -> None:
        if not expenses:
            return
        last = expenses[-1]
        values = {"spend": last.name, "currency": last.other}
        for at, amount in daily_parts(expenses, self.rules.zone):
            self.amount("spend_minor_units", values, at, amount, sign)

    def _contribute_windowed(self, slot: int, spans: Spans, sign: int) -> None:
        """The steps of a windowed stock, but for those that cancel each other and are settled."""
        settled_before = self.windowed_settled_before
        found = self.windowed_steps
        for start, end in spans:
            if end >= settled_before:
                found.append((slot, start, sign))
                if end != EVER:
                    found.append((slot, end, -sign))
