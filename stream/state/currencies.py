"""Currencies: how many decimals their main unit has, in which people read amounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

USUAL_DECIMALS: Final = 2

UNUSUAL_DECIMALS: Final[Mapping[int, str]] = {
    0: "BIF|CLP|DJF|GNF|ISK|JPY|KMF|KRW|PYG|RWF|UGX|UYI|VND|VUV|XAF|XOF|XPF",
    3: "BHD|IQD|JOD|KWD|LYD|OMR|TND",
    4: "CLF|UYW",
}
"""The currencies of ISO 4217 whose main unit is not a hundred of the smallest, by its decimals; as a pattern."""

_DECIMALS: Final = {currency: decimals for decimals, found in UNUSUAL_DECIMALS.items() for currency in found.split("|")}


def amount_text(amount: int, currency: str) -> str:
    """A whole number of a currency's smallest unit, in its main unit, such as `1,234.50 EUR`."""
    decimals = _DECIMALS.get(currency, USUAL_DECIMALS)
    whole, rest = divmod(abs(amount), 10**decimals)
    fraction = f".{rest:0{decimals}}" if decimals else ""
    return f"{'-' if amount < 0 else ''}{whole:,}{fraction} {currency}"
