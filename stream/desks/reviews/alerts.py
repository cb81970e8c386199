"""What of reviews somebody has to be told of."""

from __future__ import annotations

from typing import Final

from stream.state.alert import Alert, Comparison, Condition, Severity
from stream.state.figure import Figure
from stream.state.panel import Page

_TEAM: Final = ("team",)

ALERTS: Final[tuple[Alert, ...]] = (
    Alert(
        "HelpdeskInternalQualityLow",
        Severity.WARNING,
        "A team's internal quality score is below its objective.",
        "The internal quality score of team {{ $labels.team }} in the last 7 days is"
        " {{ $value | humanizePercentage }}.",
        (
            Condition(Figure("internal_quality_score", by=_TEAM, window="7d"), Comparison.BELOW, "internal_quality"),
            Condition(Figure("reviews_scored", by=_TEAM, window="7d"), Comparison.AT_LEAST, "internal_quality_reviews"),
        ),
        Page.VOICE,
        "Internal quality score by team",
        _TEAM,
        "1h",
    ),
)
