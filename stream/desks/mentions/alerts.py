"""What of mentions somebody has to be told of."""

from __future__ import annotations

from typing import Final

from stream.state.alert import Alert, Comparison, Condition, Severity
from stream.state.figure import Figure
from stream.state.panel import Page

_CATEGORY: Final = ("category",)

ALERTS: Final[tuple[Alert, ...]] = (
    Alert(
        "HelpdeskSentimentFalling",
        Severity.WARNING,
        "What people say in public is getting worse.",
        "The net sentiment of what was said about {{ $labels.category }} in the last 24 hours is lower than that of the"
        " last 30 days, by {{ $value | humanize }} points.",
        (
            Condition(
                Figure("net_sentiment", by=_CATEGORY, window="24h"), Comparison.ABOVE, "net_sentiment_drop", "30d"
            ),
            Condition(
                Figure("mentions_with_sentiment", by=_CATEGORY, window="24h"),
                Comparison.AT_LEAST,
                "net_sentiment_mentions",
            ),
        ),
        Page.VOICE,
        "Net sentiment by category",
        _CATEGORY,
        "15m",
    ),
)
