"""What reviews contribute to the windows."""

from __future__ import annotations

from typing import Final

from stream.state.measure import Measure, Ratio
from stream.state.metric import gauge

_TEAM: Final = ("team",)
_CATEGORY: Final = ("scorecard_category", "team")

MEASURES: Final = (
    Measure(
        "reviews", _TEAM, "Reviews of conversations by the team of the reviewee, each when it was first submitted."
    ),
    Measure(
        "reviews_scored",
        _TEAM,
        "Reviews that have a score: at least one category with a weight is rated, or a critical one failed.",
    ),
    Measure(
        "reviews_failed",
        _TEAM,
        "Reviews that score 0 because a critical category was rated below half of its scale.",
    ),
    Measure(
        "review_points",
        _TEAM,
        "Points of the scored reviews, up to 1,000,000 each: the weighted mean of the rated categories, 0 if failed.",
    ),
    Measure(
        "review_points_possible",
        _TEAM,
        "Highest points that the scored reviews could have reached, 1,000,000 each.",
    ),
    Measure("review_ratings", _CATEGORY, "Category ratings in reviews, not counting those that were not applicable."),
    Measure(
        "review_rating_points",
        _CATEGORY,
        "Points of the ratings, up to 1,000,000 each: how far up its scale each lies, in failed reviews too.",
    ),
    Measure(
        "review_rating_points_possible",
        _CATEGORY,
        "Highest points that the ratings could have reached, 1,000,000 each.",
    ),
    Measure("self_reviews", _TEAM, "Self-reviews, which count elsewhere only if the settings say so."),
    Measure("reviews_disputed", _TEAM, "Reviews disputed by their reviewee, each at its latest dispute."),
    Measure(
        "review_disputes_accepted",
        _TEAM,
        "Reviews whose latest settlement accepted the dispute, each at that settlement.",
    ),
    Measure(
        "review_disputes_rejected",
        _TEAM,
        "Reviews whose latest settlement rejected the dispute, each at that settlement.",
    ),
)

IN_DISPUTE: Final = gauge("reviews_in_dispute", _TEAM, "Reviews with an open dispute.")

WITHOUT_SUBMISSION: Final = gauge(
    "reviews_without_submission",
    (),
    "Reviews known only from a dispute or its settlement, not from a submission; they count nowhere else.",
)

_LEVELS: Final = ((), _TEAM)

RATIOS: Final = (
    Ratio("internal_quality_score", "review_points", "review_points_possible", _LEVELS),
    Ratio("failed_reviews", "reviews_failed", "reviews_scored", _LEVELS),
    Ratio(
        "review_category_score",
        "review_rating_points",
        "review_rating_points_possible",
        (("scorecard_category",), _CATEGORY),
    ),
)
