"""The final numbers of reviews in a window."""

from __future__ import annotations

from typing import Any, Final

from stream.desks.reviews.measures import MEASURES
from stream.state.measure import by_name
from stream.state.numbers import ratio
from stream.state.totals import WindowTotals, counts_by, total_of

_MEASURES: Final = by_name(MEASURES)


def window_numbers(totals: WindowTotals) -> dict[str, Any]:
    """Counts over all labels, and scores from 0 to 100: of all reviews, by team, and of each category."""
    counts = {name: total_of(totals, name).count for name in _MEASURES}
    return counts | {
        "internal_quality_score": _score(counts["review_points"], counts["review_points_possible"]),
        "failed_reviews_ratio": ratio(counts["reviews_failed"], counts["reviews_scored"]),
        "internal_quality_score_by_team": _scores_by(totals, "review_points", "team"),
        "review_category_scores": _scores_by(totals, "review_rating_points", "scorecard_category"),
    }


def _scores_by(totals: WindowTotals, points: str, label: str) -> dict[str, float | None]:
    reached = counts_by(totals, _MEASURES[points], label)
    possible = counts_by(totals, _MEASURES[f"{points}_possible"], label)
    return {value: _score(reached[value,], whole) for (value,), whole in sorted(possible.items())}


def _score(points: int, possible: int) -> float | None:
    return 100 * points / possible if possible else None
