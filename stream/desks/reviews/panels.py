"""What dashboards show of reviews."""

from __future__ import annotations

from typing import Final

from stream.state.figure import Figure
from stream.state.panel import Form, Page, Panel, PanelRow, Unit

_NONE: Final = "No reviews in this window"

_REVIEWS: Final = PanelRow(
    Page.VOICE,
    "Internal quality",
    (
        Panel(
            "Internal quality score",
            (Figure("internal_quality_score", legend="internal quality score"),),
            Form.NUMBER,
            Unit.RATIO,
            "The mean of the reviews, each the weighted mean of its categories, or 0 if a critical one failed.",
            empty=_NONE,
            width=6,
        ),
        Panel("Reviews", (Figure("reviews"),), Form.NUMBER, empty=_NONE, width=6),
        Panel(
            "Failed by a critical category",
            (Figure("failed_reviews"),),
            Form.NUMBER,
            Unit.RATIO,
            empty=_NONE,
            width=6,
        ),
        Panel("In dispute", (Figure("reviews_in_dispute"),), Form.NUMBER, width=6),
        Panel(
            "Internal quality score by team",
            (Figure("internal_quality_score", by=("team",)),),
            unit=Unit.RATIO,
            empty=_NONE,
            width=12,
        ),
        Panel(
            "Scores by category of the scorecard",
            (Figure("review_category_score", by=("scorecard_category",)),),
            Form.BARS,
            Unit.RATIO,
            "Whether the review failed or not; categories that were not applicable are left out.",
            empty=_NONE,
            width=12,
        ),
        Panel(
            "Disputes of reviews",
            (
                Figure("reviews_disputed", legend="disputed"),
                Figure("review_disputes_accepted", legend="accepted"),
                Figure("review_disputes_rejected", legend="rejected"),
            ),
            empty=_NONE,
            width=12,
        ),
        Panel(
            "Reviews of oneself",
            (Figure("self_reviews"),),
            Form.NUMBER,
            description="They count in no other number, unless the settings say so.",
            empty=_NONE,
            width=6,
        ),
        Panel(
            "Disputed, but never submitted",
            (Figure("reviews_without_submission"),),
            Form.NUMBER,
            description="What was disputed is not known: its submission did not come, or names others.",
            width=6,
        ),
    ),
)

PANELS: Final = (_REVIEWS,)
