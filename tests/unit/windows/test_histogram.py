from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from fractions import Fraction
from itertools import pairwise

import pytest

from stream.windows.histogram import (
    BORDERS,
    BUCKETS,
    EXPORT_EDGES,
    RELATIVE_ERROR,
    cumulative,
    quantile,
    value_of,
)
from stream.windows.moments import DAY, HOUR, MICROSECONDS, MINUTE

MILLISECOND = 1_000


def buckets_of(*values: int) -> Counter[int]:
    """The bucket counts of some durations."""
    return Counter(bisect_left(BORDERS, value) for value in values)


def test_the_borders_rise() -> None:
    assert sorted(set(BORDERS)) == BORDERS
    assert len(BORDERS) == BUCKETS


def test_the_exported_edges_are_borders() -> None:
    assert set(EXPORT_EDGES) <= set(BORDERS)
    assert list(EXPORT_EDGES) == sorted(EXPORT_EDGES)


@pytest.mark.parametrize("target", [2 * MINUTE, 4 * MINUTE, HOUR, 4 * HOUR, 8 * HOUR, DAY, 3 * DAY])
def test_the_usual_targets_are_among_the_exported_edges(target: int) -> None:
    assert target in EXPORT_EDGES


def test_the_value_of_a_bucket_is_within_one_percent_of_all_that_it_holds() -> None:
    tolerance = Fraction(str(RELATIVE_ERROR)) + Fraction(1, 10**6)
    off = {
        (lower, upper): float(error)
        for bucket, (lower, upper) in enumerate(pairwise(BORDERS[:-1]), 1)
        if lower >= MILLISECOND
        for value in (lower + 1, upper)
        if (error := abs(Fraction(value_of(bucket)) - value) / value) > tolerance
    }

    assert off == {}


@pytest.mark.parametrize("days", [1_900, 1_971, 1_980, 2_000])
def test_a_duration_of_up_to_two_thousand_days_is_within_one_percent(days: int) -> None:
    found = quantile(buckets_of(days * DAY), 0.5)

    assert found == pytest.approx(days * DAY, rel=RELATIVE_ERROR)


def test_zero_is_zero() -> None:
    assert quantile(buckets_of(0, 0, 0), 0.99) == 0


def test_less_than_zero_is_counted_as_zero() -> None:
    assert buckets_of(-5) == {0: 1}


def test_less_than_a_millisecond_is_half_a_millisecond() -> None:
    assert quantile(buckets_of(1), 0.5) == MILLISECOND / 2
    assert quantile(buckets_of(MILLISECOND), 0.5) == MILLISECOND / 2


def test_a_hundred_years_have_a_bucket() -> None:
    assert quantile(buckets_of(36_500 * DAY), 0.5) == pytest.approx(2_000 * DAY, rel=0.02)


def test_there_is_no_quantile_of_nothing() -> None:
    assert quantile({}, 0.5) is None


@pytest.mark.parametrize(
    "share, rank", [(0.0, 1), (0.5, 50), (0.501, 51), (0.9, 90), (0.95, 95), (0.99, 99), (0.991, 100), (1.0, 100)]
)
def test_a_quantile_is_the_value_of_the_nearest_rank(share: float, rank: int) -> None:
    counts = buckets_of(*(number * MINUTE for number in range(1, 101)))

    assert quantile(counts, share) == pytest.approx(rank * MINUTE, rel=RELATIVE_ERROR)


@pytest.mark.parametrize("percent", [50, 90, 95, 99])
def test_no_rounding_moves_the_rank(percent: int) -> None:
    for count in range(1, 2_000):
        rank = (percent * count + 99) // 100
        counts = {1: rank - 1, 500: 1, 900: count - rank}

        assert quantile(counts, percent / 100) == value_of(500)


def test_the_sixty_seven_and_a_half_seconds_of_the_guides() -> None:
    values = [54_000 * MICROSECONDS // 800] * 800

    assert quantile(buckets_of(*values), 0.5) == pytest.approx(67.5 * MICROSECONDS, rel=RELATIVE_ERROR)


def test_an_edge_belongs_to_its_bucket() -> None:
    assert cumulative(buckets_of(HOUR, HOUR + 1).items()) == [
        0 if edge < HOUR else 1 if edge == HOUR else 2 for edge in EXPORT_EDGES
    ] + [2]


def test_cumulative_counts_end_with_all() -> None:
    assert cumulative(buckets_of(0, 10, 10_000 * DAY).items())[-1] == 3
    assert cumulative([]) == [0] * (len(EXPORT_EDGES) + 1)
