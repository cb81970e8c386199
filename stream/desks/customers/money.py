"""Money: whole numbers of a currency's smallest unit, and what they come to for each customer."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import floor


def spread(amount: int, days: int) -> Iterator[int]:
    """An amount spread evenly over days, in whole units that add up to it."""
    done = 0
    for day in range(1, days + 1):
        until = amount * day // days
        yield until - done
        done = until


def for_each(amount: int, heads: Fraction | int) -> Fraction | None:
    """What an amount comes to for each of so many, ``None`` where there is nobody."""
    return Fraction(amount) / heads if heads > 0 else None


def rounded(amount: Fraction | None) -> int | None:
    """To the nearest whole unit, from a half on upwards."""
    return None if amount is None else floor(amount + Fraction(1, 2))


def lifetime_value(
    yearly_revenue: Fraction | None, years: Fraction | None, acquisition_cost: Fraction | None
) -> Fraction | None:
    """What a customer brings in so many years as a customer, less what it cost to win them.

    ``None`` if revenue or years are not known; where nobody was won, nothing is taken off.
    """
    if yearly_revenue is None or years is None:
        return None
    return yearly_revenue * years - (acquisition_cost or 0)
