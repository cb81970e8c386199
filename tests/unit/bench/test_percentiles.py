from __future__ import annotations

import pytest

from tests.bench.percentiles import percentile


@pytest.mark.parametrize(
    "share,expected",
    [(0, 1.0), (0.2, 1.0), (0.21, 2.0), (0.5, 3.0), (0.99, 5.0), (1, 5.0)],
)
def test_percentile_is_the_smallest_value_that_the_share_does_not_exceed(share: float, expected: float) -> None:
    assert percentile([5.0, 3.0, 1.0, 2.0, 4.0], share) == expected


def test_percentile_of_one_value_is_that_value() -> None:
    assert percentile([7.0], 0.99) == 7.0


@pytest.mark.parametrize("values,share", [([], 0.5), ([1.0], -0.1), ([1.0], 1.1)])
def test_percentile_of_nothing_or_beyond_all_does_not_exist(values: list[float], share: float) -> None:
    with pytest.raises(ValueError, match="no percentile"):
        percentile(values, share)
