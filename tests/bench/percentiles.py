"""Percentiles and medians of a handful of measurements."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of ``values`` that at least ``share`` (0 to 1) of them do not exceed, in their unit.

    Raises ``ValueError`` if there are no values or the share is out of range.
    """
    if not values or not 0 <= share <= 1:
        raise ValueError(f"no percentile {share} of {len(values)} values")
    return sorted(values)[max(0, ceil(share * len(values)) - 1)]
