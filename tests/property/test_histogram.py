from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from stream.state.numbers import QUANTILES
from stream.windows.histogram import BORDERS, EXPORT_EDGES, RELATIVE_ERROR, cumulative, quantile
from stream.windows.moments import DAY, MICROSECONDS

LONGEST = 1_900 * DAY
ROUNDING = 1e-6

durations = st.one_of(
    st.integers(MICROSECONDS, 100 * MICROSECONDS),
    st.integers(MICROSECONDS, LONGEST),
    st.builds(lambda edge, change: edge + change, st.sampled_from(EXPORT_EDGES), st.integers(-1, 1)),
    st.builds(
        lambda border, change: border + change,
        st.sampled_from([border for border in BORDERS if MICROSECONDS < border < LONGEST]),
        st.integers(-1, 1),
    ),
)
samples = st.lists(st.one_of(st.just(0), durations), min_size=1, max_size=60)
shares = st.one_of(st.sampled_from(sorted(QUANTILES.values())), st.floats(0, 1))


def buckets_of(values: list[int]) -> Counter[int]:
    """The bucket counts of some durations."""
    return Counter(bisect_left(BORDERS, value) for value in values)


@given(samples, shares)
def test_a_quantile_is_within_one_percent_of_the_exact_nearest_rank(values: list[int], share: float) -> None:
    exact = sorted(values)[max(1, ceil(share * len(values))) - 1]
    found = quantile(buckets_of(values), share)

    assert found is not None
    assert abs(found - exact) <= exact * (RELATIVE_ERROR + ROUNDING)


@given(st.lists(st.one_of(st.just(0), durations), max_size=60))
def test_cumulative_counts_are_exact_at_the_exported_edges(values: list[int]) -> None:
    counts = buckets_of(values)
    expected = [sum(value <= edge for value in values) for edge in EXPORT_EDGES]

    assert cumulative(counts.items()) == [*expected, len(values)]


@given(samples, samples, shares)
def test_a_histogram_that_was_added_and_taken_away_again_leaves_no_trace(
    values: list[int], others: list[int], share: float
) -> None:
    counts = buckets_of(values)
    merged = counts + buckets_of(others)
    merged.subtract(buckets_of(others))

    assert quantile(merged, share) == quantile(counts, share)
    assert cumulative(merged.items()) == cumulative(counts.items())
