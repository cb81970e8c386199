"""The final numbers of mentions in a window."""

from __future__ import annotations

from typing import Any, Final

from stream.desks.mentions.measures import MEASURES
from stream.state.measure import by_name
from stream.state.numbers import ratio
from stream.state.totals import WindowTotals, counts_by, total_of

_MEASURES: Final = by_name(MEASURES)


def window_numbers(totals: WindowTotals) -> dict[str, Any]:
    """Counts over all labels, what part has each sentiment, and the net from -100 to 100, by category too."""
    counts = {name: total_of(totals, name).count for name in _MEASURES}
    positive, negative, known = (
        counts_by(totals, _MEASURES[name], "category")
        for name in ("mentions_positive", "mentions_negative", "mentions_with_sentiment")
    )
    every = counts["mentions_with_sentiment"]
    return counts | {
        **{
            f"{name}_mentions_ratio": ratio(counts[f"mentions_{name}"], every)
            for name in ("positive", "neutral", "negative", "estimated")
        },
        "net_sentiment": _net(counts["mentions_positive"], counts["mentions_negative"], every),
        "net_sentiment_by_category": {
            category: _net(positive[category,], negative[category,], count)
            for (category,), count in sorted(known.items())
        },
    }


def _net(positive: int, negative: int, every: int) -> float | None:
    return 100 * (positive - negative) / every if every else None
