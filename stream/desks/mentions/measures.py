"""What mentions contribute to the windows."""

from __future__ import annotations

from typing import Final

from stream.state.measure import Measure, Ratio, Score
from stream.state.metric import gauge

UNLABELLED: Final = "unlabelled"
"""The sentiment of mentions that nobody has labelled and no model has estimated."""

_ABOUT: Final = ("channel", "category")

MEASURES: Final = (
    Measure(
        "mentions",
        (*_ABOUT, "sentiment", "estimated"),
        "Mentions of the brand by sentiment, each when it was first posted; `unlabelled` if nobody knows it.",
    ),
    Measure("mentions_with_sentiment", _ABOUT, "Mentions whose sentiment is labelled or estimated."),
    Measure("mentions_positive", _ABOUT, "Positive mentions."),
    Measure("mentions_neutral", _ABOUT, "Neutral mentions."),
    Measure("mentions_negative", _ABOUT, "Negative mentions."),
    Measure("mentions_estimated", _ABOUT, "Mentions whose sentiment a model has estimated from their text."),
)

WITHOUT_POSTING: Final = gauge(
    "mentions_without_posting",
    (),
    "Mentions that were labelled but of which no posting is known, so that they count nowhere else.",
)

_LEVELS: Final = ((), ("channel",), ("category",))

RATIOS: Final = tuple(
    Ratio(f"{name}_mentions", f"mentions_{name}", "mentions_with_sentiment", _LEVELS)
    for name in ("positive", "neutral", "negative", "estimated")
)

SCORES: Final = (Score("net_sentiment", "mentions_positive", "mentions_negative", "mentions_with_sentiment", _LEVELS),)
