"""What people are shown of customers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from stream.state.currencies import amount_text
from stream.state.presentation import NOTHING, Cell, Numbers, count, level_of_window, mean_level, percent_text, share


def amounts_text(amounts: Mapping[str, int | None]) -> str:
    """Amounts by currency, given in its smallest unit, told in its main unit."""
    return ", ".join(amount_text(amount, code) for code, amount in amounts.items() if amount is not None) or NOTHING


def _of_window(name: str) -> Cell:
    """A ratio that the lifetime has not."""
    return lambda numbers: percent_text(numbers.get(name))


def _amounts(name: str, *keys: str) -> Cell:
    def cell(numbers: Numbers) -> str:
        found: Any = numbers.get(name, {})
        for key in keys:
            found = found[key]
        return amounts_text(found)

    return cell


def _conversion(numbers: Numbers) -> str:
    found = [stage["of_previous_ratio"] for stage in numbers["journey_funnel"].values()][1:]
    return " / ".join(map(percent_text, found)) if any(part is not None for part in found) else NOTHING


ROWS: Final[Mapping[str, Mapping[str, Cell]]] = {
    "Customers": {
        "customers active, mean": mean_level("customers_active"),
        "retention": _of_window("customer_retention_ratio"),
        "churn": _of_window("customer_churn_ratio"),
        "new / returned / lost": lambda numbers: " / ".join(
            level_of_window(f"customers_{how}")(numbers) for how in ("new", "returned", "lost")
        ),
        "customers acquired": count("customers_acquired"),
        "by referral": share("customer_referral_ratio"),
        "customers seen": level_of_window("customers_seen"),
        "stickiness": _of_window("stickiness_ratio"),
        "revenue": _amounts("revenue_minor_units"),
        "acquisition cost": _amounts("acquisition_cost_minor_units"),
        "lifetime value": _amounts("customer_lifetime_value_minor_units"),
        "journey, step by step": _conversion,
    },
}

COLUMNS: Final[Mapping[str, Cell]] = {"customers active": count("customers_active")}
