"""Sets of moments as spans: sorted, and neither overlapping nor touching.

A span is ``(start, end)`` in microseconds and holds the moments from ``start`` on up to, and without, ``end``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

EVER: Final = 1 << 62
"""The end of a span that has none."""

Span = tuple[int, int]
Spans = tuple[Span, ...]


def merged(spans: Iterable[Span]) -> Spans:
    """All moments that lie in any of these spans, which may overlap and be empty."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if end <= start:
            continue
        if result and start <= result[-1][1]:
            result[-1] = result[-1][0], max(end, result[-1][1])
        else:
            result.append((start, end))
    return tuple(result)


def shifted(spans: Spans, by: int) -> Spans:
    """The moments that lie ``by`` microseconds after some of these."""
    return tuple((start + by, end if end == EVER else end + by) for start, end in spans)


def common(first: Spans, second: Spans) -> Spans:
    """The moments that lie in both."""
    if len(second) == 1 and first and second[0][0] <= first[0][0] and first[-1][1] <= second[0][1]:
        return first
    found = (
        (max(start, other_start), min(end, other_end)) for start, end in first for other_start, other_end in second
    )
    return merged(found)


def without(first: Spans, second: Spans) -> Spans:
    """The moments of the first that do not lie in the second."""
    return common(first, complement(second))


def complement(spans: Spans) -> Spans:
    """All other moments."""
    borders = [-EVER, *chain.from_iterable(spans), EVER]
    return merged(zip(borders[::2], borders[1::2], strict=True))


def contains(spans: Spans, moment: int) -> bool:
    """Whether a moment lies in any of them."""
    return any(start <= moment < end for start, end in spans)


def steps_of(spans: Spans) -> Iterator[tuple[int, int]]:
    """The steps, each a moment and how much more there is, of something that there is in these spans."""
    for start, end in spans:
        yield start, 1
        if end != EVER:
            yield end, -1
