"""The numbers of customers over any period: a pure function of all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from typing import Any, Final, NamedTuple

from stream.desks.customers.activity import Activity, activity_of
from stream.desks.customers.customer import Customer, Happening
from stream.desks.customers.expenses import daily_parts
from stream.desks.customers.money import for_each, lifetime_value, rounded
from stream.desks.customers.retention import Retention, retention_in
from stream.desks.customers.rules import CustomerRules
from stream.state.numbers import ratio
from stream.windows.moments import to_text

_FOR_ACQUISITION: Final = "sales_and_marketing"
_FOR_RETENTION: Final = "retention_and_support"


class Period(NamedTuple):
    """From ``start`` on, up to and without ``end`` (microseconds)."""

    start: int
    end: int

    def holds(self, moment: int) -> bool:
        """Whether a moment lies in it."""
        return self.start <= moment < self.end


class _Sums:
    """What the customers and expenses of a period add up to."""

    def __init__(self) -> None:
        self.acquired = self.referred = 0
        self.active_time = 0
        self.revenue: Counter[str] = Counter()
        self.spent: Counter[tuple[str, str]] = Counter()

    def add(self, customer: Customer, activity: Activity, period: Period, rules: CustomerRules) -> None:
        """Add one."""
        self._add_acquisition(customer, activity, period)
        for start, end in activity.spans:
            self.active_time += max(0, min(end, period.end) - max(start, period.start))
        for entry in customer.account:
            if entry.happening is Happening.PURCHASED and period.holds(entry.at):
                self.revenue[entry.name or ""] += entry.number or 0
        if customer.expenses:
            last = customer.expenses[-1]
            key = last.name or "", last.other or ""
            self.spent[key] += sum(part for at, part in daily_parts(customer.expenses, rules.zone) if period.holds(at))

    def _add_acquisition(self, customer: Customer, activity: Activity, period: Period) -> None:
        found = next((entry for entry in customer.account if entry.happening is Happening.ACQUIRED), None)
        at = activity.first if found is None else found.at
        if at is not None and period.holds(at):
            self.acquired += 1
            self.referred += found is not None and found.other is not None

    def spent_on(self, kind: str) -> dict[str, int]:
        """What was spent on something, by currency."""
        return {currency: amount for (spend, currency), amount in sorted(self.spent.items()) if spend == kind}


def numbers_of_period(customers: Iterable[Customer], period: Period, rules: CustomerRules) -> dict[str, Any]:
    """Retention and churn, and what customers brought and cost by currency, in its smallest unit."""
    sums = _Sums()
    activities: list[Activity] = []
    for customer in customers:
        activity = activity_of(customer.account, rules.active_after_purchase)
        if activity.first is not None:
            activities.append(activity)
        sums.add(customer, activity, period, rules)
    retention = retention_in(activities, *period)
    return {
        "from": to_text(period.start),
        "to": to_text(period.end),
        **retention._asdict(),
        "retention_ratio": retention.retention,
        "churn_ratio": retention.churn,
        "balance": retention.balance,
        "acquired": sums.acquired,
        "referred": sums.referred,
        "referral_ratio": ratio(sums.referred, sums.acquired),
        "minor_units": _money(sums, retention, period),
    }


def _money(sums: _Sums, retention: Retention, period: Period) -> dict[str, Any]:
    acquisition, support = sums.spent_on(_FOR_ACQUISITION), sums.spent_on(_FOR_RETENTION)
    mean_active = Fraction(sums.active_time, period.end - period.start)
    stays = Fraction(retention.active_at_start, retention.lost) if retention.lost else None
    return {
        currency: {
            "revenue": sums.revenue[currency],
            "sales_and_marketing": acquisition.get(currency, 0),
            "retention_and_support": support.get(currency, 0),
            "acquisition_cost": rounded(cost := for_each(acquisition.get(currency, 0), sums.acquired)),
            "retention_cost": rounded(for_each(support.get(currency, 0), retention.kept)),
            "revenue_per_customer": rounded(revenue := for_each(sums.revenue[currency], mean_active)),
            "lifetime_value": rounded(lifetime_value(revenue, stays, cost)),
        }
        for currency in sorted({*sums.revenue, *acquisition, *support})
    }
