"""The sentiments that a text may have."""

from __future__ import annotations

from typing import Final

from schemas.mention_events import Sentiment

__all__ = ["SENTIMENTS", "Sentiment"]

SENTIMENTS: Final[tuple[Sentiment, ...]] = ("positive", "neutral", "negative")
