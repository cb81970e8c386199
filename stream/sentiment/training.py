"""Training: from labelled texts to a model, by logistic regression over the characters of the texts."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from math import exp, fsum, log, sqrt
from operator import mul
from random import Random
from typing import Final, NamedTuple

from stream.sentiment.grams import BUCKETS, bucket_of, grams_of, seen_of
from stream.sentiment.model import Origin, SentimentModel
from stream.sentiment.sentiment import SENTIMENTS, Sentiment

_ROUNDS: Final = 10
_FIRST_RATE: Final = 2.0
_DECAY: Final = 3e-4
_BIAS_RATE: Final = 0.1
_LEAST_TEXTS: Final = 2
_TYPICAL_RARITY: Final = 4.0
_UNITS: Final = 1_000
_LARGEST: Final = 32_767
_CLASSES: Final = range(len(SENTIMENTS))


class Labelled(NamedTuple):
    """A text and the sentiment that somebody says it has."""

    text: str
    sentiment: Sentiment


class _Example(NamedTuple):
    """The buckets of a text, in which of them it is how strong, and its class."""

    buckets: list[int]
    strengths: list[float]
    of_class: int


def trained(messages: Sequence[Labelled], seed: int) -> SentimentModel:
    """A model made of labelled texts: the same of the same messages in the same order, and the same seed."""
    return _model_of(_trained(messages, seed), messages, seed)


def digest_of(messages: Sequence[Labelled]) -> str:
    """What stands for some labelled texts in their order."""
    digest = sha256()
    for text, sentiment in messages:
        digest.update(f"{sentiment}\0{text}\0".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


class _Regression(NamedTuple):
    """Weights by class and bucket, biases by class, and how rare each bucket is; 0 for one that does not count."""

    weights: list[list[float]]
    biases: list[float]
    rarities: list[float]


def _trained(messages: Sequence[Labelled], seed: int) -> _Regression:
    found = [sorted({bucket_of(gram) for gram in grams_of(seen_of(text))}) for text, _ in messages]
    rarities = _rarities(found)
    examples = [_example(buckets, rarities, message) for buckets, message in zip(found, messages, strict=True)]
    order = Random(seed)  # noqa: S311 - only the order of the texts hangs on it, which has to be the same each time
    weights = [[0.0] * BUCKETS for _ in _CLASSES]
    biases = [0.0 for _ in _CLASSES]
    # All weights shrink at each step, so what they have in common stands beside them.
    shrunk = 1.0
    for number in range(1, _ROUNDS + 1):
        rate = _FIRST_RATE / number
        order.shuffle(examples)
        for example in examples:
            shrunk *= 1 - rate * _DECAY
            _learn(example, weights, biases, rate, shrunk)
    return _Regression([[weight * shrunk for weight in of_class] for of_class in weights], biases, rarities)


def _learn(example: _Example, weights: list[list[float]], biases: list[float], rate: float, shrunk: float) -> None:
    """One step down the slope of the loss of an example."""
    buckets, strengths, of_class = example
    scores = [
        # An exact sum is the same in every version of Python.
        biases[each] + shrunk * fsum(map(mul, map(weights[each].__getitem__, buckets), strengths))
        for each in _CLASSES
    ]
    highest = max(scores)
    odds = [exp(score - highest) for score in scores]
    total = fsum(odds)
    for each in _CLASSES:
        slope = odds[each] / total - (each == of_class)
        biases[each] -= rate * _BIAS_RATE * slope
        step = rate * slope / shrunk
        own = weights[each]
        for bucket, strength in zip(buckets, strengths, strict=True):
            own[bucket] -= step * strength


def _rarities(found: Sequence[Sequence[int]]) -> list[float]:
    """How much the presence of each bucket tells: the rarer, the more; but nothing if it is in a single text."""
    rarities = [0.0] * BUCKETS
    for bucket, texts in Counter(bucket for buckets in found for bucket in buckets).items():
        if texts >= _LEAST_TEXTS:
            rarities[bucket] = log((1 + len(found)) / (1 + texts)) + 1
    return rarities


def _example(buckets: Sequence[int], rarities: Sequence[float], message: Labelled) -> _Example:
    size = _TYPICAL_RARITY * sqrt(len(buckets))
    known = [bucket for bucket in buckets if rarities[bucket]]
    return _Example(known, [rarities[bucket] / size for bucket in known], SENTIMENTS.index(message.sentiment))


def _model_of(found: _Regression, messages: Sequence[Labelled], seed: int) -> SentimentModel:
    """The model in whole numbers, each sentiment as it differs from neutral."""
    positive, neutral, negative = (SENTIMENTS.index(each) for each in ("positive", "neutral", "negative"))

    def weights_of(of_class: int) -> array[int]:
        own, others = found.weights[of_class], found.weights[neutral]
        differences = zip(own, others, found.rarities, strict=True)
        return array("h", [_units((one - other) * rarity) for one, other, rarity in differences])

    biases = tuple(
        _units((found.biases[each] - found.biases[neutral]) * _TYPICAL_RARITY) for each in (positive, negative)
    )
    origin = Origin(messages=len(messages), digest=digest_of(messages), seed=seed)
    return SentimentModel(origin, (biases[0], biases[1]), weights_of(positive), weights_of(negative))


def _units(weight: float) -> int:
    return max(-_LARGEST, min(_LARGEST, round(weight * _UNITS)))
