from __future__ import annotations

import pytest

from stream.desks.reviews.scorecard import PERFECT, Rating, points_of, problem_of


def rating(score: int | None, lowest: int = 0, highest: int = 100, weight: int = 1, category: str = "tone") -> Rating:
    """A category that is not critical."""
    return Rating(category, score, lowest, highest, weight, critical=False)


def test_the_largest_scorecard_that_there_can_be_is_exact() -> None:
    spans = [2_000_000 - number for number in range(100)]
    ratings = [rating(-1_000_000 + span, -1_000_000, -1_000_000 + span, 1_000_000) for span in spans]

    assert points_of(ratings) == PERFECT
    assert points_of([one._replace(score=-1_000_000) for one in ratings]) == 0


@pytest.mark.parametrize(
    "ratings, problem",
    [
        ([rating(5, 1, 5)], None),
        ([rating(None, 1, 5), rating(0, category="solution")], None),
        ([rating(6, 1, 5)], "category 'tone' has the score 6, which is not on its scale from 1 to 5"),
        ([rating(5, 5, 5)], "category 'tone' has a scale from 5 to 5: its lowest value must be below its highest"),
        ([rating(5), rating(None)], "category 'tone' is rated twice in one review"),
    ],
)
def test_what_nobody_can_know_the_meaning_of_is_said(ratings: list[Rating], problem: str | None) -> None:
    assert problem_of(ratings) == problem
