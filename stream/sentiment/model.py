"""Models that estimate the sentiment of a text, and the files that they are kept in."""

from __future__ import annotations

import sys
from array import array
from hashlib import sha256
from math import sqrt
from typing import Final

import msgspec
from msgspec import Struct

from stream.sentiment.grams import BUCKETS, bucket_of, grams_of, seen_of
from stream.sentiment.sentiment import Sentiment

_MAGIC: Final = b"deskpulse sentiment model 1\n"
_WEIGHT: Final = "h"
_WEIGHT_BYTES: Final = 2
_SHIFT: Final = 32
_HALF: Final = 1 << (_SHIFT - 1)
_LOW: Final = (1 << _SHIFT) - 1
_REMEMBERED: Final = 1 << 16
_DIGEST_DIGITS: Final = 16


class ModelError(Exception):
    """Some bytes are no model; the message says why."""


class Origin(Struct, frozen=True, kw_only=True):
    """Where a model is from: how many ``messages`` it was trained with, their ``digest``, and the ``seed``."""

    messages: int
    digest: str
    seed: int


class _Head(Struct, frozen=True, kw_only=True):
    origin: Origin
    positive_bias: int
    negative_bias: int


class SentimentModel:
    """Estimates the sentiment of texts by their characters, whatever the language.

    ``positive`` and ``negative`` have, for each bucket, how much more a sequence in it speaks for that sentiment than
    for neutral; the biases are what speaks for each without any text.
    """

    def __init__(self, origin: Origin, biases: tuple[int, int], positive: array[int], negative: array[int]) -> None:
        self.origin = origin
        self._biases = biases
        self._positive = positive
        self._negative = negative
        self._weights = _Weights(positive, negative)
        self._content = _content_of(_Head(origin=origin, positive_bias=biases[0], negative_bias=biases[1]), self)

    @property
    def content(self) -> bytes:
        """The bytes of the model's file."""
        return self._content

    @property
    def digest(self) -> str:
        """What stands for the model: two that may differ in an estimate have two."""
        return sha256(self._content).hexdigest()[:_DIGEST_DIGITS]

    @property
    def weights(self) -> tuple[array[int], array[int]]:
        """What speaks for positive and for negative, by bucket."""
        return self._positive, self._negative

    def estimate(self, text: str) -> Sentiment:
        """The sentiment that a text most likely has: a function of the text and of the model, and of nothing else."""
        grams = grams_of(seen_of(text))
        total = sum(map(self._weights.__getitem__, grams))
        positive = ((total + _HALF) & _LOW) - _HALF
        negative = (total - positive) >> _SHIFT
        size = sqrt(len(grams))
        positive_score, negative_score = positive + self._biases[0] * size, negative + self._biases[1] * size
        if positive_score > negative_score:
            return "positive" if positive_score > 0 else "neutral"
        return "negative" if negative_score > 0 else "neutral"


class _Weights(dict[str, int]):
    """Both weights of a sequence in one integer, so that one sum over a text is enough.

    The sequences met first are remembered, among which are the frequent ones.
    """

    def __init__(self, positive: array[int], negative: array[int]) -> None:
        super().__init__()
        self._positive = positive
        self._negative = negative

    def __missing__(self, gram: str) -> int:
        bucket = bucket_of(gram)
        weight = self._positive[bucket] + (self._negative[bucket] << _SHIFT)
        if len(self) < _REMEMBERED:
            self[gram] = weight
        return weight


def model_in(content: bytes) -> SentimentModel:
    """The model in the bytes of a file. Raises ``ModelError``."""
    head, found, weights = content.removeprefix(_MAGIC).partition(b"\n")
    if not content.startswith(_MAGIC) or not found:
        raise ModelError("is no model that `deskpulse sentiment train` of this version has written")
    try:
        told = msgspec.json.decode(head, type=_Head)
    except msgspec.MsgspecError as error:
        raise ModelError("is damaged: its head cannot be read; train the model again") from error
    size = BUCKETS * _WEIGHT_BYTES
    if len(weights) != 2 * size:
        raise ModelError(f"is damaged: it has {len(weights)} bytes of weights, not {2 * size}; train the model again")
    positive, negative = _weights_in(weights[:size]), _weights_in(weights[size:])
    return SentimentModel(told.origin, (told.positive_bias, told.negative_bias), positive, negative)


def _content_of(head: _Head, model: SentimentModel) -> bytes:
    return b"".join((_MAGIC, msgspec.json.encode(head), b"\n", *map(_bytes_of, model.weights)))


def _weights_in(content: bytes) -> array[int]:
    weights = array(_WEIGHT, content)
    if sys.byteorder == "big":
        weights.byteswap()
    return weights


def _bytes_of(weights: array[int]) -> bytes:
    if sys.byteorder == "big":
        weights = array(_WEIGHT, weights)
        weights.byteswap()
    return weights.tobytes()
