"""Money on dashboards: metrics have it in the smallest unit of its currency, people read it in the main one."""

from __future__ import annotations

from typing import Final

from stream.state.currencies import UNUSUAL_DECIMALS, USUAL_DECIMALS
from stream.state.metric import Metric

CURRENCY: Final = "currency"
"""The label with the code of a currency in ISO 4217."""

_SMALLEST: Final = "_minor_units"


def is_money(metric: Metric) -> bool:
    """Whether a metric counts the smallest units of currencies."""
    return metric.name.endswith(_SMALLEST)


def in_main_units(name: str, selector: str) -> str:
    """The series of a name that a selector takes, in the main units of their currencies."""
    others = "|".join(UNUSUAL_DECIMALS.values())
    usual = f"{_narrowed(name, selector, '!~', others)} / {10**USUAL_DECIMALS}"
    unusual = [
        _narrowed(name, selector, "=~", currencies) + (f" / {10**decimals}" if decimals else "")
        for decimals, currencies in UNUSUAL_DECIMALS.items()
    ]
    return " or ".join((usual, *unusual))


def _narrowed(name: str, selector: str, operator: str, currencies: str) -> str:
    return f'{name}{selector.removesuffix("}")}, {CURRENCY}{operator}"{currencies}"}}'
