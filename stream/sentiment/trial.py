"""Trials: how often models are right about texts that they were not trained with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from zlib import crc32

from stream.sentiment.grams import seen_of
from stream.sentiment.model import SentimentModel
from stream.sentiment.sentiment import SENTIMENTS, Sentiment
from stream.sentiment.training import Labelled, trained

PARTS: Final = 5
"""In how many parts labelled texts are held out, one after the other."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How often a text of one sentiment was estimated to have another: ``counts`` by both."""

    counts: Mapping[tuple[Sentiment, Sentiment], int]

    @property
    def messages(self) -> int:
        """How many texts were estimated."""
        return sum(self.counts.values())

    @property
    def accuracy(self) -> float:
        """The share of texts whose estimate was right."""
        return sum(self.counts.get((each, each), 0) for each in SENTIMENTS) / self.messages

    @property
    def majority(self) -> tuple[Sentiment, float]:
        """The most frequent sentiment, and its share: how often one is right who always says that."""
        most = max(SENTIMENTS, key=self._labelled)
        return most, self._labelled(most) / self.messages

    @property
    def net(self) -> tuple[float, float]:
        """Net sentiment from -1 to 1: by the labels, and by the estimates."""
        positive, negative = self._labelled("positive"), self._labelled("negative")
        estimated = Counter(estimate for (_, estimate), count in self.counts.items() for _ in range(count))
        return (positive - negative) / self.messages, (estimated["positive"] - estimated["negative"]) / self.messages

    def _labelled(self, sentiment: Sentiment) -> int:
        return sum(self.counts.get((sentiment, estimate), 0) for estimate in SENTIMENTS)


def tried(model: SentimentModel, messages: Sequence[Labelled]) -> Trial:
    """What a model makes of labelled texts."""
    return Trial(Counter((sentiment, model.estimate(text)) for text, sentiment in messages))


def held_out(
    messages: Sequence[Labelled],
    seed: int,
    watched: Callable[[Sequence[int]], Iterator[int]] = iter,
) -> Trial:
    """What models make of texts, each estimated by one that was trained with the other parts only.

    Texts that look the same are in the same part. ``watched`` goes through the parts.
    """
    counts: Counter[tuple[Sentiment, Sentiment]] = Counter()
    parts = [crc32(f"{seed} {seen_of(text)}".encode("utf-8", "surrogatepass")) % PARTS for text, _ in messages]
    for part in watched(range(PARTS)):
        inside = [message for message, own in zip(messages, parts, strict=True) if own == part]
        outside = [message for message, own in zip(messages, parts, strict=True) if own != part]
        counts.update(tried(trained(outside, seed), inside).counts)
    return Trial(counts)
