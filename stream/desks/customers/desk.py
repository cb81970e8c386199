"""The desk of customers: takes what happens to them in, in any order and any number of times."""

from __future__ import annotations

from typing import Final

from schemas.events import CustomerEvent
from stream.desks.customers.activity import Activity, activity_of
from stream.desks.customers.customer import UNKNOWN, Customer, Entries, Happening
from stream.desks.customers.engagement import around_change, first_of_days, seen_within
from stream.desks.customers.entries import entry_of
from stream.desks.customers.expenses import daily_parts, end_of
from stream.desks.customers.journey import STAGES, first_entries, funnel, furthest_stages, times_in_stages, transitions
from stream.desks.customers.retention import spans_over
from stream.desks.customers.rules import CustomerRules
from stream.desks.customers.spans import Spans, common, steps_of
from stream.state.contributing import Values
from stream.state.value_desk import DeskContext, ValueDesk
from stream.windows.local_days import LocalDays
from stream.windows.sliding import WINDOWS, Contribution, WindowShape

_ROW_BYTES: Final = 32
_ENTRY_BYTES: Final = 40
_BYTES_A_CHARACTER: Final = 4
_NOTHING: Final[Values] = {}


class CustomerDesk(ValueDesk[Customer]):
    """The customers and expenses of one partition, counted by these rules."""

    noun = "customer"
    unknown = UNKNOWN

    def __init__(self, context: DeskContext, rules: CustomerRules, local_days: LocalDays) -> None:
        super().__init__(context)
        self.rules = rules
        self._local_days = local_days
        self._expenses_ahead: dict[str, Customer] = {}
        self._slots: dict[tuple[str, str], int] = {}

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
        activity = activity_of(value.account, self.rules.active_after_purchase)
        self._contribute_activity(activity, sign)
        self._contribute_account(value.account, activity, sign)
        self._contribute_interactions(value.interactions, activity, sign)
        self._contribute_journey(value.stages, sign)
        self._contribute_expenses(value.expenses, sign)

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
        self._contribute_spans("customers_active", _NOTHING, activity.spans, sign)
        for window in WINDOWS:
            for stock, spans in spans_over(activity, window.length):
                self._contribute_spans_of(stock, window, spans, sign)

    def _contribute_account(self, account: Entries, activity: Activity, sign: int) -> None:
        acquired = next((entry for entry in account if entry.happening is Happening.ACQUIRED), None)
        if acquired is not None:
            source = {"channel": acquired.name}
            self.count("customers_acquired", source, acquired.at, sign)
            if acquired.other is not None:
                self.count("customers_referred", source, acquired.at, sign)
        elif activity.first is not None:
            self.count("customers_acquired", {"channel": None}, activity.first, sign)
        for entry in account:
            if entry.happening is Happening.PURCHASED and entry.number is not None:
                paid: Values = {"currency": entry.name}
                if entry.number >= 0:
                    self.count("customer_purchases", paid, entry.at, sign)
                self.amount("revenue_minor_units", paid, entry.at, entry.number, sign)

    def _contribute_interactions(self, interactions: Entries, activity: Activity, sign: int) -> None:
        for entry in interactions:
            self.count("customer_interactions", {"interaction": entry.name}, entry.at, sign)
        for entry in first_of_days(interactions, self._local_days):
            self.count("customers_seen_daily", _NOTHING, entry.at, sign)
        for window in WINDOWS:
            self._contribute_spans_of("customers_seen", window, seen_within(interactions, window), sign)
        self._contribute_active_seen(interactions, activity, sign)

    def _contribute_change_of_interactions(
        self, before: Entries, after: Entries, was: Activity, activity: Activity
    ) -> None:
        if before == after:
            if activity != was:
                self._contribute_active_seen(after, was, -1)
                self._contribute_active_seen(after, activity, 1)
            return
        if activity == was and len(after) == len(before) + 1:
            before, after = around_change(before, after)
        self._contribute_interactions(before, was, -1)
        self._contribute_interactions(after, activity, 1)

    def _contribute_active_seen(self, interactions: Entries, activity: Activity, sign: int) -> None:
        if not interactions or not activity.spans:
            return
        for window in WINDOWS:
            spans = common(seen_within(interactions, window), activity.spans)
            self._contribute_spans_of("customers_active_seen", window, spans, sign)

    def _contribute_journey(self, stages: Entries, sign: int) -> None:
        for stay in furthest_stages(stages, self.rules.cut_off):
            self._contribute_spans("customers_in_stage", _stage(stay.stage), ((stay.since, stay.until),), sign)
        for stage, entry in first_entries(stages).items():
            self.count("journey_entries", _stage(stage), entry.at, sign)
        for before, after in transitions(stages):
            values = {"previous_stage": before.name, "journey_stage": after.name}
            self.count("journey_transitions", values, after.at, sign)
        for stage, at, span in times_in_stages(stages):
            if span < 0:
                self.count("journey_stage_times_negative", _stage(stage), at, sign)
            else:
                self.span("journey_stage_seconds", _stage(stage), at, span, sign)
        if stages:
            self._contribute_funnel(stages, sign)

    def _contribute_funnel(self, stages: Entries, sign: int) -> None:
        at = stages[0].at
        from_first = stages[0].rank == 0
        for stage, is_entry in funnel(stages, self.rules.funnel_within):
            if is_entry:
                self.count("journey_funnel_entered", _stage(stage), at, sign)
            else:
                self.count("journey_funnel_reached", _stage(stage), at, sign)
                if from_first:
                    self.count("journey_funnel_reached_from_first", _stage(stage), at, sign)
            if stage + 1 < len(STAGES):
                self.count("journey_funnel_previous", _stage(stage + 1), at, sign)
        if from_first:
            for stage in range(1, len(STAGES)):
                self.count("journey_funnel_first", _stage(stage), at, sign)

    def _contribute_expenses(self, expenses: Entries, sign: int) -> None:
        if not expenses:
            return
        last = expenses[-1]
        values = {"spend": last.name, "currency": last.other}
        for at, amount in daily_parts(expenses, self.rules.zone):
            self.amount("spend_minor_units", values, at, amount, sign)

    def _contribute_spans_of(self, stock: str, window: WindowShape, spans: Spans, sign: int) -> None:
        """What a stock has over a window; its slots are found once, for there are few and they are asked for often."""
        slot = self._slots.get((stock, window.name))
        if slot is None:
            slot = self._slots[stock, window.name] = self._contributor.step(stock, {"window": window.name}, 0, 1)[0]
        self.steps += [(slot, at, sign * delta) for at, delta in steps_of(spans)]

    def _contribute_spans(self, stock: str, values: Values, spans: Spans, sign: int) -> None:
        for at, delta in steps_of(spans):
            self.step(stock, values, at, delta, sign)


def _stage(place: int) -> Values:
    return {"journey_stage": STAGES[place]}
