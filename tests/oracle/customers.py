"""The oracle's computation of customers: their events go into tables, their part of the snapshot comes out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from tests.oracle.records import moment_of

_SECOND: Final = 1_000_000
_DAY: Final = 86_400 * _SECOND
_EVENT: Final = "helpdesk.customer."
_FIRST_DAY: Final = date(1970, 1, 1)
_RANKS: Final = {
    "acquired": 0,
    "subscription_started": 1,
    "purchased": 2,
    "subscription_ended": 3,
    "interacted": 4,
    "stage_entered": 10,
    "spent": 20,
}
_STAGES: Final = ("awareness", "consideration", "decision", "retention", "advocacy")
_SPENDS: Final = ("sales_and_marketing", "retention_and_support")
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
_OF_WINDOWS: Final = (
    "customers_kept",
    "customers_lost",
    "customers_new",
    "customers_returned",
    "customers_seen",
    "customers_active_seen",
)
_QUANTILES: Final = {"p50": 50, "p90": 90, "p95": 95, "p99": 99}

Numbers = dict[str, Any]
WindowRow = tuple[str, int | None, int | None, int | None]
"""A window's name, its pane in microseconds, and the first and the last pane that it covers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerSettings:
    """Which of the documented definitions of customers apply."""

    active_after_purchase_days: float = 365
    funnel_days: float = 30
    cut_off_days: float = 400


def is_of_customer(row: Mapping[str, Any]) -> bool:
    """Whether a row of a record is of an event of a customer."""
    return str(row["type"]).startswith(_EVENT)


def customers_of(
    rows: Iterable[Mapping[str, Any]],
    settings: CustomerSettings,
    now: int,
    windows: Sequence[WindowRow],
    lengths: Mapping[str, int],
) -> tuple[Numbers, dict[str, Numbers]]:
    """The state and the windows of customers at ``now`` (microseconds), as they stand in the snapshot.

    ``lengths`` are those of the windows that have one, in microseconds.
    """
    with closing(sqlite3.connect(":memory:")) as tables:
        _load(tables, rows, settings, now)
        tables.executemany(
            "INSERT INTO lengths VALUES (?, ?, ?, ?, ?)",
            [(name, lengths[name], *row) for name, *row in windows if name in lengths],
        )
        tables.executescript(Path(__file__).with_name("customers.sql").read_text(encoding="utf-8"))
        found = {row[0]: _window(tables, row) for row in windows}
        levels: dict[tuple[str, str], int] = {
            (window, stock): level for window, stock, level in tables.execute("SELECT * FROM levels") if level
        }
        state = _state(tables, now, levels)
        for name, length in lengths.items():
            of_window = {stock: levels.get((name, stock), 0) for stock in _OF_WINDOWS}
            stocks, parts = _stocks(tables, now, length)
            active = stocks["customers_active"] | {"level": state["customers_active"]}
            numbers = _related(found[name], of_window, active, length)
            found[name] |= stocks | of_window | numbers | {"parts": found[name]["parts"] | parts}
    return state, found


def _load(tables: sqlite3.Connection, rows: Iterable[Mapping[str, Any]], settings: CustomerSettings, now: int) -> None:
    tables.execute(
        "CREATE TABLE events (customer, kind, rank, stage, moment, sequence, tie, name, number, other, first_day, "
        "last_day)"
    )
    tables.execute("CREATE TABLE rules (now, after_purchase, funnel_within, cut_off)")
    tables.execute("CREATE TABLE lengths (name, length, pane, first_pane, last_pane)")
    distinct = {(row["source"], row["id"]): row for row in rows if is_of_customer(row)}
    tables.executemany(f"INSERT INTO events VALUES ({', '.join('?' * 12)})", map(_event, distinct.values()))  # noqa: S608 - only places
    days = settings.active_after_purchase_days, settings.funnel_days, settings.cut_off_days
    tables.execute("INSERT INTO rules VALUES (?, ?, ?, ?)", (now, *(round(count * _DAY) for count in days)))


def _event(row: Mapping[str, Any]) -> tuple[Any, ...]:
    kind, data = row["type"].removeprefix(_EVENT).removesuffix(".v1"), row["data"]
    stage = _STAGES.index(data["journey_stage"]) if kind == "stage_entered" else None
    # As text, for the numbers may be too large for an integer of SQLite.
    tie = f"{row['tie']:020}"
    return (
        row["subject"],
        kind,
        _RANKS[kind] + (stage or 0),
        stage,
        row["moment"],
        row["sequence"],
        tie,
        *_details(kind, data),
    )


def _details(kind: str, data: Mapping[str, Any]) -> tuple[Any, ...]:
    """The name, number and other of an event, and the first and last day of an expense."""
    match kind:
        case "acquired":
            return data.get("source"), None, data.get("referred_by"), None, None
        case "subscription_started" | "subscription_ended":
            ends_at = data.get("service_ends_at")
            return data.get("subscription"), None if ends_at is None else moment_of(ends_at), None, None, None
        case "purchased":
            return data["currency"], data["amount"], None, None, None
        case "interacted":
            return data.get("interaction", "visit"), None, None, None, None
        case "spent":
            days = ((date.fromisoformat(data[day]) - _FIRST_DAY).days for day in ("first_day", "last_day"))
            return data["spend"], data["amount"], data["currency"], *days
    return None, None, None, None, None


def _state(tables: sqlite3.Connection, now: int, levels: Mapping[tuple[str, str], int]) -> Numbers:
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


def _stocks(tables: sqlite3.Connection, now: int, length: int) -> tuple[Numbers, dict[str, list[Numbers]]]:
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
        part: Numbers = {"labels": _stage(stage), "seconds": integral / _SECOND}
        if stock == "customers_active":
            before += at_start
            part["before"] = at_start
        if integral or "before" in part:
            parts.setdefault(stock, []).append(part)
    numbers: Numbers = {stock: {"seconds": total / _SECOND, "mean": total / length} for stock, total in totals.items()}
    numbers["customers_active"]["before"] = before
    return numbers, parts


def _window(tables: sqlite3.Connection, window: WindowRow) -> Numbers:
    _, pane, first, last = window
    condition, bounds = ("1", ()) if pane is None else ("moment / ? BETWEEN ? AND ?", (pane, first, last))
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
                part["sum"] = sum(spans[labels]) / _SECOND
            parts.setdefault(measure, []).append(part)
    counts = {measure: sum(part["count"] for part in parts.get(measure, ())) for measure in _COUNTS}
    revenue = _by_currency(parts, "revenue_minor_units")
    spent = {spend: _by_currency(parts, "spend_minor_units", spend=spend) for spend in _SPENDS}
    acquired = counts["customers_acquired"]
    return counts | {
        "customer_referral_ratio": _ratio(counts["customers_referred"], acquired),
        "revenue_minor_units": revenue,
        "spend_minor_units": spent,
        "acquisition_cost_minor_units": _for_each(spent["sales_and_marketing"], acquired),
        "revenue_per_acquired_customer_minor_units": _for_each(revenue, acquired),
        "journey_stages": {
            stage: {
                "entries": _count(parts, "journey_entries", stage),
                "seconds": _distribution(spans.get((*[None] * 5, place), [])),
            }
            for place, stage in enumerate(_STAGES)
        },
        "journey_funnel": {stage: _funnel(parts, stage) for stage in _STAGES},
        "parts": parts,
    }


def _related(window: Numbers, of_window: Mapping[str, int], active: Numbers, length: int) -> Numbers:
    """What levels and counts of a window come to together."""
    start, end = active["before"], active["level"]
    kept, lost, new, _, seen, active_seen = (of_window[stock] for stock in _OF_WINDOWS)
    # In whole microseconds, so that money is rounded as it should be.
    customer_time = round(active["seconds"] * _SECOND)
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
        "customer_retention_ratio": _ratio(kept, start),
        "customer_churn_ratio": _ratio(lost, start),
        "customer_retention_balance": _ratio(end - new, start),
        "customer_active_share_ratio": _ratio(active_seen, end),
        "interactions_per_active_customer": _ratio(window["customer_interactions"], end),
        "stickiness_ratio": (None if length < _DAY else _ratio(window["customers_seen_daily"] / (length / _DAY), seen)),
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
        "of_previous_ratio": _ratio(reached, previous),
        "of_first_ratio": _ratio(from_first, first),
    }


def _count(parts: Mapping[str, Sequence[Numbers]], measure: str, stage: str) -> int:
    return sum(part["count"] for part in parts.get(measure, ()) if part["labels"]["journey_stage"] == stage)


def _distribution(durations: list[int]) -> Numbers:
    ordered = sorted(durations)
    count, total = len(ordered), sum(ordered)
    quantiles = {
        name: ordered[-(-count * percent // 100) - 1] / _SECOND if ordered else None
        for name, percent in _QUANTILES.items()
    }
    return {"count": count, "sum": total / _SECOND, "mean": _ratio(total / _SECOND, count), **quantiles}


def _labels(values: Iterable[Any]) -> dict[str, str]:
    named = dict(zip(_LABELS, values, strict=True))
    return {
        label: _STAGES[value] if label.endswith("_stage") else value
        for label, value in named.items()
        if value is not None
    }


def _stage(place: int | None) -> dict[str, str]:
    return {} if place is None else {"journey_stage": _STAGES[place]}


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None
