"""Thresholds as the texts of alerts and runbooks speak of them."""

from __future__ import annotations

from typing import Final

_FRACTIONS: Final = {2: "half", 3: "a third", 4: "a quarter", 5: "a fifth", 10: "a tenth"}
_COUNTS: Final = {10: "ten", 100: "a hundred", 1_000: "a thousand"}
_SPANS: Final = {60: "a minute", 1_800: "half an hour", 3_600: "an hour", 86_400: "a day"}
_UNITS: Final = ((86_400, "days"), (3_600, "hours"), (60, "minutes"), (1, "seconds"))
_TWICE: Final = 2


def number(value: float) -> str:
    """A number as PromQL and people write it, without the errors of binary fractions."""
    return f"{value:.10g}"


def grouped(value: int) -> str:
    """A whole number with its thousands apart, such as ``10 000``."""
    return f"{value:,}".replace(",", " ")


def percent(share: float) -> str:
    """A share such as ``12.5 %``."""
    return f"{number(100 * share)} %"


def fraction(share: float) -> str:
    """A share as a fraction that has a name, such as ``a quarter``, or in per cent."""
    return next((name for whole, name in _FRACTIONS.items() if _is_one_in(share, whole)), percent(share))


def one_in(share: float, thing: str = "") -> str | None:
    """A share such as ``one in a hundred``, or ``one record in a hundred``; ``None`` if it is none of these."""
    for whole, name in _COUNTS.items():
        if _is_one_in(share, whole):
            return " ".join(filter(None, ("one", thing, "in", name)))
    return None


def times_as(factor: float, adjective: str) -> str:
    """A factor such as ``twice as many`` or ``3 times as many``."""
    return f"{'twice' if factor == _TWICE else f'{number(factor)} times'} as {adjective}"


def span(seconds: float) -> str:
    """A span of time such as ``half an hour`` or ``45 minutes``, in the largest unit of which it is a multiple."""
    if seconds in _SPANS:
        return _SPANS[int(seconds)]
    unit, name = next((found for found in _UNITS if seconds % found[0] == 0), _UNITS[-1])
    return f"{number(seconds / unit)} {name if seconds != unit else name.removesuffix('s')}"


def _is_one_in(share: float, whole: int) -> bool:
    return number(share * whole) == "1"
