"""What dashboards show of reviews."""

from __future__ import annotations

from typing import Final

from stream.state.figure import Figure
from stream.state.panel import Form, Good, Page, Panel, PanelRow, Target, Unit

_NONE: Final = "No reviews in this window"

_REVIEWS: Final = PanelRow(
    Page.VOICE,
    "Internal quality",
    (
        Panel(
            "Internal quality score (IQS)",
            (Figure("internal_quality_score", legend="internal quality score"),),
            Form.NUMBER,
            Unit.RATIO,
            "Mean score of the reviews. A review's score is the weighted mean of its rated categories, or 0 if a"
            " critical category failed.",
            Target("internal_quality", Good.AT_LEAST, shown=True),
            _NONE,
            width=6,
        ),
        Panel("Reviews", (Figure("reviews"),), Form.NUMBER, empty=_NONE, width=6),
        Panel(
            "Failed on a critical category",
            (Figure("failed_reviews"),),
            Form.NUMBER,
            Unit.RATIO,
            empty=_NONE,
            width=6,
        ),
        Panel("Reviews in dispute", (Figure("reviews_in_dispute"),), Form.NUMBER, width=6),
        Panel(
            "Internal quality score by team",
            (Figure("internal_quality_score", by=("team",)),),
            unit=Unit.RATIO,
            target=Target("internal_quality", Good.AT_LEAST),
            empty=_NONE,
            width=12,
        ),
        Panel(
            "Score by scorecard category",
            (Figure("review_category_score", by=("scorecard_category",)),),
            Form.BARS,
            Unit.RATIO,
            "Failed reviews count too; categories that were not applicable do not.",
            empty=_NONE,
            width=12,
        ),
        Panel(
            "Review disputes",
            (
                Figure("reviews_disputed", legend="disputed"),
                Figure("review_disputes_accepted", legend="accepted"),
                Figure("review_disputes_rejected", legend="rejected"),
            ),
            empty=_NONE,
            width=12,
        ),
        Panel(
            "Self-reviews",
            (Figure("self_reviews"),),
            Form.NUMBER,
            description="They count in no other number, unless the settings say so.",
            empty=_NONE,
            width=6,
        ),
        Panel(
            "Disputes of unknown reviews",
            (Figure("reviews_without_submission"),),
            Form.NUMBER,
            description="The review's submission has not arrived, or names another reviewee or reviewer.",
            width=6,
        ),
    ),
)

PANELS: Final = (_REVIEWS,)
