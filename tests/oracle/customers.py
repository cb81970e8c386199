"""The oracle's computation of customers: their events go into tables, their part of the snapshot comes out."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from tests.oracle.case_text import days_of
from tests.oracle.customer_numbers import OF_WINDOWS, SPENDS, STAGES, related_numbers, state_of, stocks_of, window_of
from tests.oracle.kind import Answer, OracleKind, Rows
from tests.oracle.moments import DAY, moment_of
from tests.oracle.shapes import Shape, attribute, identifier, is_time, one_of, or_null
from tests.oracle.windows import LENGTHS, windows_at

_FIRST_DAY: Final = date(1970, 1, 1)
_LONGEST_EXPENSE_DAYS: Final = 3_660
_LARGEST_AMOUNT: Final = 1_000_000_000_000
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INTERACTIONS: Final = ("visit", "login", "post", "contact")
_RANKS: Final = {
    "acquired": 0,
    "subscription_started": 1,
    "purchased": 2,
    "subscription_ended": 3,
    "interacted": 4,
    "stage_entered": 10,
    "spent": 20,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerSettings:
    """Which of the documented definitions of customers apply."""

    active_after_purchase_days: float = 365
    funnel_days: float = 30
    cut_off_days: float = 400


def _is_amount(value: object) -> bool:
    return type(value) is int and abs(value) <= _LARGEST_AMOUNT


def _is_currency(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch("[A-Z]{3}", value) is not None


def _is_date(value: object) -> bool:
    return isinstance(value, str) and _DATE.fullmatch(value) is not None and _day_of(value) is not None


def _day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _is_of_days(data: Mapping[str, str]) -> bool:
    """Whether an expense is for a period of days that begins before it ends."""
    days = date.fromisoformat(data["last_day"]) - date.fromisoformat(data["first_day"])
    return 0 <= days.days < _LONGEST_EXPENSE_DAYS


class Customers(OracleKind[CustomerSettings]):
    """Customers: retention, money, engagement, and their journey."""

    name = "customers"
    one = "customer"
    settings_type = CustomerSettings
    events = {
        "acquired": Shape({}, {"source": or_null(attribute), "referred_by": or_null(identifier)}),
        "subscription_started": Shape({}, {"subscription": or_null(identifier)}),
        "subscription_ended": Shape({}, {"subscription": or_null(identifier), "service_ends_at": or_null(is_time)}),
        "purchased": Shape({"amount": _is_amount, "currency": _is_currency}),
        "interacted": Shape({}, {"interaction": one_of(*_INTERACTIONS)}),
        "stage_entered": Shape({"journey_stage": one_of(*STAGES)}),
        "spent": Shape(
            {
                "spend": one_of(*SPENDS),
                "amount": _is_amount,
                "currency": _is_currency,
                "first_day": _is_date,
                "last_day": _is_date,
            },
            agree=_is_of_days,
        ),
    }
    letters = "UX"
    details = (
        dict.fromkeys(STAGES, "journey_stage")
        | dict.fromkeys(_INTERACTIONS, "interaction")
        | dict.fromkeys(SPENDS, "spend")
    )
    said = {
        "active_after_purchase": ("active_after_purchase_days", days_of),
        "funnel_within": ("funnel_days", days_of),
        "journey_cut_off": ("cut_off_days", days_of),
    }

    def add_value(self, data: dict[str, Any], name: str, value: str) -> None:
        """Add a detail; ``from=`` is where a customer came from, ``amount=`` a whole number."""
        if name == "amount":
            data[name] = int(value)
        elif name == "from":
            data["source"] = value
        else:
            super().add_value(data, name, value)

    def numbers(self, rows: Mapping[str, Rows], settings: CustomerSettings, now: int) -> Answer:
        """The state and the windows of customers."""
        windows = windows_at(now)
        with closing(sqlite3.connect(":memory:")) as tables:
            _load(tables, rows[self.name], settings, now)
            tables.executemany(
                "INSERT INTO lengths VALUES (?, ?, ?, ?, ?)", [window for window in windows if window.length]
            )
            tables.executescript(Path(__file__).with_name("customers.sql").read_text(encoding="utf-8"))
            found = {window.name: window_of(tables, window) for window in windows}
            levels: dict[tuple[str, str], int] = {
                (window, stock): level for window, stock, level in tables.execute("SELECT * FROM levels") if level
            }
            state = state_of(tables, now, levels)
            for name, length in LENGTHS.items():
                of_window = {stock: levels.get((name, stock), 0) for stock in OF_WINDOWS}
                stocks, parts = stocks_of(tables, now, length)
                active = stocks["customers_active"] | {"level": state["customers_active"]}
                numbers = related_numbers(found[name], of_window, active, length)
                found[name] |= stocks | of_window | numbers | {"parts": found[name]["parts"] | parts}
        return state, found


def _load(tables: sqlite3.Connection, rows: Rows, settings: CustomerSettings, now: int) -> None:
    tables.execute(
        "CREATE TABLE events (customer, kind, rank, stage, moment, sequence, tie, name, number, other, first_day, "
        "last_day)"
    )
    tables.execute("CREATE TABLE rules (now, after_purchase, funnel_within, cut_off)")
    tables.execute("CREATE TABLE lengths (name, length, pane, first_pane, last_pane)")
    distinct = {(row["source"], row["id"]): row for row in rows}
    tables.executemany(f"INSERT INTO events VALUES ({', '.join('?' * 12)})", map(_event, distinct.values()))  # noqa: S608 - only places
    days = settings.active_after_purchase_days, settings.funnel_days, settings.cut_off_days
    tables.execute("INSERT INTO rules VALUES (?, ?, ?, ?)", (now, *(round(count * DAY) for count in days)))


def _event(row: Mapping[str, Any]) -> tuple[Any, ...]:
    kind, data = row["type"].split(".")[2], row["data"]
    stage = STAGES.index(data["journey_stage"]) if kind == "stage_entered" else None
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
