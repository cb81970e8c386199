"""Money on dashboards: metrics have it in the smallest unit of its currency, people read it in the main one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from stream.state.metric import Metric

CURRENCY: Final = "currency"
"""The label with the code of a currency in ISO 4217."""

_SMALLEST: Final = "_minor_units"
_USUAL_DECIMALS: Final = 2
_DECIMALS: Final[Mapping[int, str]] = {
    0: "BIF|CLP|DJF|GNF|ISK|JPY|KMF|KRW|PYG|RWF|UGX|UYI|VND|VUV|XAF|XOF|XPF",
    3: "BHD|IQD|JOD|KWD|LYD|OMR|TND",
    4: "CLF|UYW",
}
"""The currencies of ISO 4217 whose main unit is not a hundred of the smallest, by its decimals."""


def is_money(metric: Metric) -> bool:
    """Whether a metric counts the smallest units of currencies."""
    return metric.name.endswith(_SMALLEST)


def in_main_units(name: str, selector: str) -> str:
    """The series of a name that a selector takes, in the main units of their currencies."""
    others = "|".join(_DECIMALS.values())
    usual = f"{_narrowed(name, selector, '!~', others)} / {10**_USUAL_DECIMALS}"
    unusual = [
        _narrowed(name, selector, "=~", currencies) + (f" / {10**decimals}" if decimals else "")
        for decimals, currencies in _DECIMALS.items()
    ]
    return " or ".join((usual, *unusual))


def _narrowed(name: str, selector: str, operator: str, currencies: str) -> str:
    return f'{name}{selector.removesuffix("}")}, {CURRENCY}{operator}"{currencies}"}}'
