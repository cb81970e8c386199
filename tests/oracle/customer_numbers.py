"""The numbers that come out of the oracle's tables of customers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from tests.oracle.moments import DAY, SECOND
from tests.oracle.numbers import Numbers, distribution, ratio
from tests.oracle.windows import Window

STAGES: Final = ("awareness", "consideration", "decision", "retention", "advocacy")
SPENDS: Final = ("sales_and_marketing", "retention_and_support")
_COUNTS: Final = (
    "customers_acquired",
    "customers_referred",
    "customer_purchases",
    "customer_interactions",
    "customers_seen_daily",
    "journey_entries",
    "journey_transitions",
    "journey_stage_times_negative",
)
_LABELS: Final = ("channel", "currency", "spend", "interaction", "previous_stage", "journey_stage")
OF_WINDOWS: Final = (
    "customers_kept",
    "customers_lost",
    "customers_new",
    "customers_returned",
    "customers_seen",
    "customers_active_seen",
)


def state_of(tables: sqlite3.Connection, now: int, levels: Mapping[tuple[str, str], int]) -> Numbers:
    parts: dict[str, list[Numbers]] = {"customers_active": [], "customers_in_stage": []}
    for stock, stage, level in tables.execute(
        "SELECT stock, journey_stage, count(*) FROM spans WHERE since <= ? AND ? < until GROUP BY stock, journey_stage",
        (now, now),
    ):
        parts[stock].append({"labels": _stage(stage), "level": level})
    for (window, stock), level in levels.items():
        parts.setdefault(stock, []).append({"labels": {"window": window}, "level": level})
    totals = {stock: sum(part["level"] for part in found) for stock, found in parts.items()}
    return {stock: totals[stock] for stock in ("customers_active", "customers_in_stage")} | {"parts": parts}


def stocks_of(tables: sqlite3.Connection, now: int, length: int) -> tuple[Numbers, dict[str, list[Numbers]]]:
    """How much there was over the window that ends at ``now``, over all labels and by them."""
    parts: dict[str, list[Numbers]] = {}
    totals = {"customers_active": 0, "customers_in_stage": 0}
    before = 0
    start = now - length
    for stock, stage, integral, at_start in tables.execute(
        "SELECT stock, journey_stage, sum(max(0, min(until, ?) - max(since, ?))), "
        "sum(since <= ? AND ? < until) FROM spans GROUP BY stock, journey_stage",
        (now, start, start, start),
    ):
        if not integral and not at_start:
            continue
        totals[stock] += integral
        part: Numbers = {"labels": _stage(stage), "seconds": integral / SECOND}
        if stock == "customers_active":
            before += at_start
            part["before"] = at_start
        if integral or "before" in part:
            parts.setdefault(stock, []).append(part)
    numbers: Numbers = {stock: {"seconds": total / SECOND, "mean": total / length} for stock, total in totals.items()}
    numbers["customers_active"]["before"] = before
    return numbers, parts


def window_of(tables: sqlite3.Connection, window: Window) -> Numbers:
    condition, bounds = window.condition
    found = tables.execute(
        f"SELECT measure, amount, span, {', '.join(_LABELS)} FROM contributions WHERE {condition}",  # noqa: S608 - constants, and one of the two conditions above
        bounds,
    )
    amounts: dict[tuple[str, tuple[Any, ...]], int] = {}
    spans: dict[tuple[Any, ...], list[int]] = {}
    for measure, amount, span, *values in found:
        key = measure, tuple(values)
        amounts[key] = amounts.get(key, 0) + amount
        if span is not None:
            spans.setdefault(tuple(values), []).append(span)
    parts: dict[str, list[Numbers]] = {}
    for (measure, labels), amount in amounts.items():
        if amount:
            part: Numbers = {"labels": _labels(labels), "count": amount}
            if measure == "journey_stage_seconds":
                part["sum"] = sum(spans[labels]) / SECOND
            parts.setdefault(measure, []).append(part)
    counts = {measure: sum(part["count"] for part in parts.get(measure, ())) for measure in _COUNTS}
    revenue = _by_currency(parts, "revenue_minor_units")
    spent = {spend: _by_currency(parts, "spend_minor_units", spend=spend) for spend in SPENDS}
    acquired = counts["customers_acquired"]
    return counts | {
        "customer_referral_ratio": ratio(counts["customers_referred"], acquired),
        "revenue_minor_units": revenue,
        "spend_minor_units": spent,
        "acquisition_cost_minor_units": _for_each(spent["sales_and_marketing"], acquired),
        "revenue_per_acquired_customer_minor_units": _for_each(revenue, acquired),
        "journey_stages": {
            stage: {
                "entries": _count(parts, "journey_entries", stage),
                "seconds": distribution(spans.get((*[None] * 5, place), [])),
            }
            for place, stage in enumerate(STAGES)
        },
        "journey_funnel": {stage: _funnel(parts, stage) for stage in STAGES},
        "parts": parts,
    }


def related_numbers(window: Numbers, of_window: Mapping[str, int], active: Numbers, length: int) -> Numbers:
    """What levels and counts of a window come to together."""
    start, end = active["before"], active["level"]
    kept, lost, new, _, seen, active_seen = (of_window[stock] for stock in OF_WINDOWS)
    # In whole microseconds, so that money is rounded as it should be.
    customer_time = round(active["seconds"] * SECOND)
    spent = window["spend_minor_units"]
    values: Numbers = {}
    for currency, amount in window["revenue_minor_units"].items():
        if not lost or not customer_time:
            values[currency] = None
            continue
        acquired = window["customers_acquired"]
        cost = spent["sales_and_marketing"].get(currency, 0)
        # amount / (customer_time / length) * (start / lost) - cost / acquired, over one denominator
        above, below = amount * length * start, customer_time * lost
        if acquired:
            above, below = above * acquired - cost * below, below * acquired
        values[currency] = (2 * above + below) // (2 * below)
    return {
        "customer_retention_ratio": ratio(kept, start),
        "customer_churn_ratio": ratio(lost, start),
        "customer_retention_balance": ratio(end - new, start),
        "customer_active_share_ratio": ratio(active_seen, end),
        "interactions_per_active_customer": ratio(window["customer_interactions"], end),
        "stickiness_ratio": (None if length < DAY else ratio(window["customers_seen_daily"] / (length / DAY), seen)),
        "retention_cost_minor_units": _for_each(spent["retention_and_support"], kept),
        "revenue_per_customer_minor_units": {
            currency: None if not customer_time else (2 * amount * length + customer_time) // (2 * customer_time)
            for currency, amount in window["revenue_minor_units"].items()
        },
        "customer_lifetime_value_minor_units": values,
    }


def _by_currency(parts: Mapping[str, Sequence[Numbers]], measure: str, **labels: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in parts.get(measure, ()):
        if labels.items() <= part["labels"].items():
            found[part["labels"]["currency"]] = found.get(part["labels"]["currency"], 0) + part["count"]
    return found


def _for_each(amounts: Mapping[str, int], heads: int) -> dict[str, int | None]:
    """The amount for each, to the nearest whole unit."""
    return {
        currency: None if not heads else (2 * amount + heads) // (2 * heads) for currency, amount in amounts.items()
    }


def _funnel(parts: Mapping[str, Sequence[Numbers]], stage: str) -> Numbers:
    entered, reached, previous, from_first, first = (
        _count(parts, f"journey_funnel_{name}", stage)
        for name in ("entered", "reached", "previous", "reached_from_first", "first")
    )
    return {
        "entered": entered,
        "reached": reached,
        "of_previous_ratio": ratio(reached, previous),
        "of_first_ratio": ratio(from_first, first),
    }


def _count(parts: Mapping[str, Sequence[Numbers]], measure: str, stage: str) -> int:
    return sum(part["count"] for part in parts.get(measure, ()) if part["labels"]["journey_stage"] == stage)


def _labels(values: Iterable[Any]) -> dict[str, str]:
    named = dict(zip(_LABELS, values, strict=True))
    return {
        label: STAGES[value] if label.endswith("_stage") else value
        for label, value in named.items()
        if value is not None
    }


def _stage(place: int | None) -> dict[str, str]:
    return {} if place is None else {"journey_stage": STAGES[place]}
