"""The oracle's own reading of a model of sentiment, and what it makes of a text."""

from __future__ import annotations

import struct
from collections.abc import Callable
from math import sqrt
from typing import Any, Final
from zlib import crc32

import orjson

_BUCKETS: Final = 65_536
_LOOKED_AT: Final = 200


def estimator(content: bytes) -> Callable[[str], str]:
    """What the model in the bytes of a file makes of a text."""
    _, head, weights = content.split(b"\n", 2)
    told: dict[str, Any] = orjson.loads(head)
    numbers = struct.unpack(f"<{2 * _BUCKETS}h", weights)
    by_sentiment = {
        "positive": (numbers[:_BUCKETS], told["positive_bias"]),
        "negative": (numbers[_BUCKETS:], told["negative_bias"]),
    }

    def estimate(text: str) -> str:
        padded = f" {' '.join(text[:_LOOKED_AT].split()).casefold()} "
        grams = {padded[start : start + size] for size in (2, 3) for start in range(len(padded) - size + 1)}
        places = [crc32(gram.encode("utf-8", "surrogatepass")) & (_BUCKETS - 1) for gram in grams]
        scores = {
            sentiment: sum(own[place] for place in places) + bias * sqrt(len(grams))
            for sentiment, (own, bias) in by_sentiment.items()
        }
        best = "positive" if scores["positive"] > scores["negative"] else "negative"
        return best if scores[best] > 0 else "neutral"

    return estimate
