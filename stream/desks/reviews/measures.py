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
    Measure("reviews_scored", _TEAM, "Reviews in which a category with a weight was rated, or a critical one failed."),
    Measure("reviews_failed", _TEAM, "Reviews that score 0 because a critical category is below half of its scale."),
    Measure(
        "review_points",
        _TEAM,
        "Points of the reviews scored, up to 1,000,000 each: the weighted mean of the rated categories, 0 if failed.",
    ),
    Measure("review_points_possible", _TEAM, "Points that the reviews scored might have had, 1,000,000 each."),
    Measure("review_ratings", _CATEGORY, "Ratings of categories in reviews, those not applicable left out."),
    Measure(
        "review_rating_points",
        _CATEGORY,
        "Points of the ratings, up to 1,000,000 each, by how much of the scale was reached; failed reviews included.",
    ),
    Measure("review_rating_points_possible", _CATEGORY, "Points that the ratings might have had, 1,000,000 each."),
    Measure("reviews_of_oneself", _TEAM, "Reviews of oneself, which count elsewhere only if the settings say so."),
    Measure("reviews_disputed", _TEAM, "Reviews that their reviewee disputed, each when it was first disputed."),
    Measure("review_disputes_accepted", _TEAM, "Reviews whose dispute was last settled as accepted, at that time."),
    Measure("review_disputes_rejected", _TEAM, "Reviews whose dispute was last settled as rejected, at that time."),
)

IN_DISPUTE: Final = gauge("reviews_in_dispute", _TEAM, "Reviews whose dispute is not settled.")

WITHOUT_SUBMISSION: Final = gauge(
    "reviews_without_submission",
    (),
    "Reviews that were disputed but of which no submission is known, so that they count nowhere else.",
)

_LEVELS: Final = ((), _TEAM)

RATIOS: Final = (
    Ratio("internal_quality_score", "review_points", "review_points_possible", _LEVELS),
    Ratio("failed_reviews", "reviews_failed", "reviews_scored", _LEVELS),
    Ratio("review_category_score", "review_rating_points", "review_rating_points_possible", (("scorecard_category",), _CATEGORY)),
)
