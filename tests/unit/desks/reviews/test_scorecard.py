from __future__ import annotations

import pytest

from schemas.events import RatedCategory
from stream.desks.reviews.scorecard import PERFECT, Rating, points_of, problem_of


def rated(score: int | None, lowest: int = 0, highest: int = 100, category: str = "tone") -> RatedCategory:
    """A category of a scorecard."""
    return RatedCategory(category=category, score=score, lowest=lowest, highest=highest)


def test_the_largest_scorecard_that_there_can_be_is_exact() -> None:
    tops = [1_000_000 - number for number in range(50)]
    ratings = tuple(Rating("tone", top, -1_000_000, top, 1_000_000, critical=False) for top in tops)

    assert points_of(ratings) == PERFECT
    assert points_of(tuple(one._replace(score=-1_000_000) for one in ratings)) == 0


@pytest.mark.parametrize(
    "categories, problem",
    [
        ([rated(5, 1, 5)], None),
        ([rated(None, 1, 5), rated(0, category="solution")], None),
        ([rated(6, 1, 5)], "category 'tone' has the score 6, which is not on its scale from 1 to 5"),
        ([rated(5, 5, 5)], "category 'tone' has a scale from 5 to 5: its lowest value must be below its highest"),
        ([rated(5), rated(None)], "category 'tone' is rated twice in one review; name each category once"),
    ],
)
def test_what_nobody_can_know_the_meaning_of_is_said(categories: list[RatedCategory], problem: str | None) -> None:
    assert problem_of(categories) == problem
