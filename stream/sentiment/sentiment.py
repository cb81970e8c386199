"""The sentiments that a text may have."""

from __future__ import annotations

from typing import Final, Literal

Sentiment = Literal["positive", "neutral", "negative"]

SENTIMENTS: Final[tuple[Sentiment, ...]] = ("positive", "neutral", "negative")
