"""The bounds of 95 % intervals, as queries."""

from __future__ import annotations

from typing import Final

Z: Final = 1.96
"""How many standard deviations from the middle the bounds are."""


def proportion_bound(part: str, whole: str, *, upper: bool) -> str:
    """A bound of Wilson's interval of a part of a whole, from 0 to 1."""
    part, whole = f"({part} or 0 * ({whole}))", f"({whole})"
    sign = "+" if upper else "-"
    half = f"{Z} * sqrt({part} * ({whole} - {part}) / {whole} + {Z * Z / 4:.6g})"
    return f"({part} + {Z * Z / 2:.6g}\n{sign} {half})\n/ (({whole} > 0) + {Z * Z:.6g})"


def difference_bound(plus: str, minus: str, whole: str, *, upper: bool) -> str:
    """A bound of the interval of a hundred times what ``plus`` has more than ``minus``, as a part of the whole."""
    whole = f"({whole} > 0)"
    sign = "+" if upper else "-"
    difference = f"({plus} - {minus}) / {whole}"
    variance = f"({plus} + {minus}) / {whole} - ({difference}) ^ 2"
    bound = f"100 * ({difference}\n{sign} {Z} * sqrt(({variance}) / {whole}))"
    return f"clamp({bound}, -100, 100)"
