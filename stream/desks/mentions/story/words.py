"""What people say about a product in public."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from schemas.events import Sentiment
from stream.simulation.dice import Dice

_SAID: Final[Mapping[Sentiment, tuple[str, ...]]] = {
    "positive": (
        "Love my new {product}, so easy to set up",
        "The {product} just works, great",
        "Asked about my {product}, answered in five minutes. Great service",
        "Very happy with the {product} so far",
        "Best {product} I have had in years",
        "Thank you to the support team, my {product} runs again",
    ),
    "neutral": (
        "Does the {product} come with a manual?",
        "Which {product} do you have at home?",
        "They announce a new {product} for spring",
        "Where do I find the serial number of the {product}?",
        "The {product} costs the same as last year",
        "I have had the {product} since March",
    ),
    "negative": (
        "My {product} is broken again",
        "The {product} is so slow, terrible",
        "Two hours in the queue because of the {product}, never again",
        "The {product} crashes all the time",
        "No answer about my {product} for days, awful service",
        "I want my money back for this {product}",
    ),
}
_BROKEN: Final = (
    "{product} down for anybody else?",
    "The {product} has stopped working this morning, and nobody says a word",
    "Is it me, or is the {product} dead everywhere?",
    "No {product} since breakfast, what a mess",
    "The {product} is broken for the whole street. Unbelievable",
)
_AFTERTHOUGHTS: Final = ("", "", "", " 🙂", " #fail", " Just saying.", " Anyone?")


def said(dice: Dice, product: str, sentiment: Sentiment, *, is_broken: bool) -> str:
    """Something that fits how somebody feels about a product, which may have broken today."""
    about_it = is_broken and sentiment == "negative"
    text = dice.pick(_BROKEN if about_it else _SAID[sentiment])
    return text.format(product=product) + dice.pick(_AFTERTHOUGHTS)
