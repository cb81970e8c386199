"""Log-bucket histograms of durations: fixed relative error, mergeable, subtractable.

In the manner of DDSketch (Masson, Rim, Lee: *DDSketch: a fast and fully-mergeable quantile sketch with
relative-error guarantees*, VLDB 2019). Bucket borders grow by a factor gamma, so that the value reported
for a bucket is within ``RELATIVE_ERROR`` of every value in it. The borders that Prometheus sees
(``EXPORT_EDGES``, with the usual targets among them) are borders of this grid too, so the exported
cumulative counts are exact.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from math import ceil
from typing import Final

from stream.windows.moments import DAY, HOUR, MICROSECONDS, MINUTE

RELATIVE_ERROR: Final = 0.01
_GAMMA: Final = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
_SMALLEST: Final = 1_000
_LARGEST: Final = 2_000 * DAY

EXPORT_EDGES: Final[tuple[int, ...]] = (
    30 * MICROSECONDS,
    2 * MINUTE,
    4 * MINUTE,
    15 * MINUTE,
    HOUR,
    4 * HOUR,
    8 * HOUR,
    DAY,
    3 * DAY,
    7 * DAY,
    30 * DAY,
)
"""Upper borders, in microseconds, of the buckets that are exported."""


def _grid() -> list[int]:
    borders = set(EXPORT_EDGES)
    border = _SMALLEST
    while border < _LARGEST:
        borders.add(border)
        # Rounded down, so that no bucket is wider than gamma allows.
        border = int(border * _GAMMA)
    return [0, *sorted(borders | {_LARGEST}), 2**62]


BORDERS: Final[list[int]] = _grid()
"""Bucket ``i`` holds the values in ``(BORDERS[i-1], BORDERS[i]]``, bucket 0 holds zero and less.

So ``bisect_left(BORDERS, duration)`` is the bucket of a duration in microseconds.
"""

BUCKETS: Final = len(BORDERS)

_EDGE_BUCKETS: Final[tuple[int, ...]] = tuple(BORDERS.index(edge) for edge in EXPORT_EDGES)


def value_of(bucket: int) -> float:
    """The value, in microseconds, that stands for all in a bucket, within ``RELATIVE_ERROR``.

    Values under a millisecond are reported as half a millisecond, values over 2 000 days as that.
    """
    if bucket <= 0:
        return 0.0
    if bucket >= BUCKETS - 1:
        return float(BORDERS[BUCKETS - 2])
    lower, upper = BORDERS[bucket - 1], BORDERS[bucket]
    if lower == 0:
        return upper / 2
    return 2 * lower * upper / (lower + upper)


def quantile(counts: Mapping[int, int], share: float) -> float | None:
    """The nearest-rank quantile, in microseconds, of bucket counts; ``None`` if there are none.

    Its rank is ``max(1, ceil(share * n))`` among ``n`` values in ascending order.
    """
    rank = max(1, ceil(share * sum(counts.values())))
    seen = 0
    for bucket in sorted(counts):
        seen += counts[bucket]
        if seen >= rank:
            return value_of(bucket)
    return None


def cumulative(counts: Iterable[tuple[int, int]]) -> list[int]:
    """How many values are at or below each of ``EXPORT_EDGES``, and in all as the last item."""
    result = [0] * (len(EXPORT_EDGES) + 1)
    for bucket, count in counts:
        result[bisect_left(_EDGE_BUCKETS, bucket)] += count
    for index in range(1, len(result)):
        result[index] += result[index - 1]
    return result
