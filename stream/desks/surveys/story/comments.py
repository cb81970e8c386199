"""What customers write when they are asked how it went."""

from __future__ import annotations

from typing import Final

from stream.simulation.dice import Dice

_PRAISE: Final[tuple[str, ...]] = (
    "{Agent} was wonderful",
    "Quick and friendly",
    "Solved in one go",
    "Could not have been easier",
    "{Agent} knew exactly what to do about my {category}",
    "Great service",
    "Very patient with me, thank you {Agent}",
    "Faster than I expected",
    "Clear answer, no jargon",
    "Exactly what I needed 👍",
)
_PRAISE_MORE: Final[tuple[str, ...]] = (
    "Thank you!",
    "Keep it up.",
    "I have already told my colleagues.",
    "Five stars.",
    "That is how support should be.",
    "It just worked afterwards.",
    "You saved my Monday.",
)
_SHRUG: Final[tuple[str, ...]] = (
    "It was all right",
    "Solved in the end",
    "Answer was fine",
    "Friendly, but slow",
    "The {channel} answers felt copied",
    "Had to explain my {category} twice",
    "OK",
    "The first reply did not fit, the second one did",
)
_SHRUG_MORE: Final[tuple[str, ...]] = (
    "A bit more speed would be nice.",
    "I would have liked a call.",
    "Your help pages say something else.",
    "Let us see whether it lasts.",
    "{Agent} did what was possible.",
)
_BLAME: Final[tuple[str, ...]] = (
    "Far too slow",
    "I had to ask again and again",
    "Passed from one desk to the next",
    "Nobody read what I wrote",
    "Still not fixed",
    "My {category} was closed without an answer",
    "Four days for one sentence",
    "Unhelpful and rude",
    "I want to speak to a manager",
)
_BLAME_MORE: Final[tuple[str, ...]] = (
    "I am thinking of leaving.",
    "Never again.",
    "The bot is useless.",
    "{Agent} tried, but could not help.",
    "This was the third time this year.",
    "I want my money back.",
    "Please call me.",
    "Schade, früher war das besser.",
)

_CONTENT: Final = 0.68
_DELIGHTED: Final = 0.85
_SO_SO: Final = 0.45
_ANGRY: Final = 0.3
_TALKATIVE_AT_THE_EDGES: Final = 0.55
_TALKATIVE: Final = 0.3


def comment(dice: Dice, contentment: float, words: dict[str, str]) -> str | None:
    """A comment that fits how content (0 to 1) the customer is, or nothing.

    ``words`` fill in who helped (``Agent``), the ``category`` and the ``channel``.
    """
    edge = contentment < _ANGRY or contentment > _DELIGHTED
    if not dice.chance(_TALKATIVE_AT_THE_EDGES if edge else _TALKATIVE):
        return None
    if contentment > _CONTENT:
        first, more = _PRAISE, _PRAISE_MORE
    elif contentment > _SO_SO:
        first, more = _SHRUG, _SHRUG_MORE
    else:
        first, more = _BLAME, _BLAME_MORE
    text = dice.pick(first)
    if dice.chance(0.55):
        text = f"{text}. {dice.pick(more)}"
    return text.format_map(words) if "{" in text else text
