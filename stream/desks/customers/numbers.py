"""The final numbers of customers in a window."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from stream.desks.customers.journey import STAGES
from stream.desks.customers.measures import MEASURES
from stream.desks.customers.money import for_each, lifetime_value, rounded
from stream.desks.customers.retention import Retention
from stream.state.measure import by_name
from stream.state.numbers import distribution, number_of, ratio
from stream.state.stock import WindowStocks
from stream.state.totals import SeriesTotal, WindowTotals, counts_by, total_of
from stream.windows.moments import DAY

_MEASURES: Final = by_name(MEASURES)
_FUNNEL: Final = ("entered", "reached", "previous", "reached_from_first", "first")
_BY_CURRENCY: Final = ("revenue_minor_units", "spend_minor_units")
_FOR_ACQUISITION: Final = "sales_and_marketing"
_FOR_RETENTION: Final = "retention_and_support"

Money = dict[str, int | None]
"""Amounts by currency, in its smallest unit."""


def window_numbers(totals: WindowTotals) -> dict[str, Any]:
    """Counts, amounts by currency, what it cost to win a customer, and the funnel."""
    numbers = {measure.name: number_of(measure, totals) for measure in MEASURES if _is_single(measure.name)}
    acquired, referred = (total_of(totals, f"customers_{how}").count for how in ("acquired", "referred"))
    revenue = revenue_in(totals)
    return numbers | {
        "customer_referral_ratio": ratio(referred, acquired),
        "revenue_minor_units": revenue,
        "spend_minor_units": {kind: spend_in(totals, kind) for kind in (_FOR_ACQUISITION, _FOR_RETENTION)},
        "acquisition_cost_minor_units": _each(spend_in(totals, _FOR_ACQUISITION), acquired),
        "revenue_per_acquired_customer_minor_units": _each(revenue, acquired),
        "journey_stages": _stages(totals),
        "journey_funnel": _funnel(totals),
    }


def stock_numbers(stocks: WindowStocks, totals: WindowTotals) -> dict[str, Any]:
    """What the stocks over a window come to: retention, engagement, and money for each customer."""
    retention = retention_of(stocks)
    seen, active_seen = (stocks.level(name, windowed=True) for name in ("customers_seen", "customers_active_seen"))
    active = stocks.integral("customers_active")
    interactions, days = (total_of(totals, name).count for name in ("customer_interactions", "customers_seen_daily"))
    acquired = total_of(totals, "customers_acquired").count
    revenue, spent = revenue_in(totals), spend_in(totals, _FOR_ACQUISITION)
    mean_active = Fraction(active, stocks.length)
    return {
        "customer_retention_ratio": retention.retention,
        "customer_churn_ratio": retention.churn,
        "customer_retention_balance": retention.balance,
        "customer_active_share_ratio": ratio(active_seen, retention.active_at_end),
        "interactions_per_active_customer": ratio(interactions, retention.active_at_end),
        # Of less than a day there are no daily customers.
        "stickiness_ratio": float(Fraction(days * DAY, seen * stocks.length))
        if seen and stocks.length >= DAY
        else None,
        "retention_cost_minor_units": _each(spend_in(totals, _FOR_RETENTION), retention.kept),
        "revenue_per_customer_minor_units": _each(revenue, mean_active),
        "customer_lifetime_value_minor_units": {
            currency: rounded(
                lifetime_value(
                    for_each(amount, mean_active), _periods(retention), for_each(spent.get(currency, 0), acquired)
                )
            )
            for currency, amount in revenue.items()
        },
    }


def retention_of(stocks: WindowStocks) -> Retention:
    """The retention over a window."""
    kept, lost, new, returned = (
        stocks.level(f"customers_{how}", windowed=True) for how in ("kept", "lost", "new", "returned")
    )
    now = stocks.level("customers_active")
    return Retention(stocks.before("customers_active"), now, kept, lost, new, returned)


def revenue_in(totals: WindowTotals) -> dict[str, int]:
    """What customers paid, by currency."""
    counts = counts_by(totals, _MEASURES["revenue_minor_units"], "currency")
    return {currency: amount for (currency,), amount in sorted(counts.items())}


def spend_in(totals: WindowTotals, kind: str) -> dict[str, int]:
    """What was spent, by currency."""
    counts = counts_by(totals, _MEASURES["spend_minor_units"], "spend", "currency")
    return {currency: amount for (spend, currency), amount in sorted(counts.items()) if spend == kind}


def _is_single(name: str) -> bool:
    return name not in _BY_CURRENCY and "funnel" not in name and name != "journey_stage_seconds"


def _each(amounts: Mapping[str, int], heads: Fraction | int) -> Money:
    return {currency: rounded(for_each(amount, heads)) for currency, amount in amounts.items()}


def _periods(retention: Retention) -> Fraction | None:
    """For how many such windows a customer stays, if as many leave as in this one; ``None`` if none left."""
    return Fraction(retention.active_at_start, retention.lost) if retention.lost else None


def _stages(totals: WindowTotals) -> dict[str, dict[str, Any]]:
    """By stage, how many entered it, and how long it was until they entered the next further one."""
    entries = counts_by(totals, _MEASURES["journey_entries"], "journey_stage")
    times = totals.get("journey_stage_seconds", {})
    return {
        stage: {"entries": entries[stage,], "seconds": distribution(times.get((stage,), SeriesTotal()))}
        for stage in STAGES
    }


def _funnel(totals: WindowTotals) -> dict[str, dict[str, Any]]:
    """By stage, how many entered the funnel there or came there in order, and what part of those who might have."""
    counts = {name: counts_by(totals, _MEASURES[f"journey_funnel_{name}"], "journey_stage") for name in _FUNNEL}
    found: dict[str, dict[str, Any]] = {}
    for stage in STAGES:
        entered, reached, previous, from_first, first = (counts[name][stage,] for name in _FUNNEL)
        found[stage] = {
            "entered": entered,
            "reached": reached,
            "of_previous_ratio": ratio(reached, previous),
            "of_first_ratio": ratio(from_first, first),
        }
    return found
