"""Numbers as they stand in the snapshot."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from tests.oracle.moments import SECOND

Numbers = dict[str, Any]

_QUANTILES: Final = {"p50": 50, "p90": 90, "p95": 95, "p99": 99}


def ratio(part: float, whole: float) -> float | None:
    """The share of a part in a whole, if there is a whole."""
    return part / whole if whole else None


def distribution(durations: Iterable[int]) -> Numbers:
    """What durations come to, given in microseconds."""
    ordered = sorted(durations)
    count, total = len(ordered), sum(ordered)
    quantiles = {
        name: ordered[-(-count * percent // 100) - 1] / SECOND if ordered else None
        for name, percent in _QUANTILES.items()
    }
    return {"count": count, "sum": total / SECOND, "mean": ratio(total / SECOND, count), **quantiles}
