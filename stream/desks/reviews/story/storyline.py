"""Reviewers who look at settled tickets, a sample of them, and fill a scorecard in for each."""

from __future__ import annotations

from typing import Final, NamedTuple

from orjson import dumps

from schemas.events import REVIEWS_TOPIC
from stream.desks.reviews.story.settings import ReviewStorySettings
from stream.simulation.dice import Dice
from stream.simulation.story import Story, Subject
from stream.simulation.storyline import Contact, Occasion, Stage, Storyline

_SUBMITTED: Final = b"helpdesk.review.submitted.v1"
_DISPUTED: Final = b"helpdesk.review.disputed.v1"
_SETTLED: Final = b"helpdesk.review.dispute_settled.v1"
_DELETED: Final = b"helpdesk.review.deleted.v1"

_REVIEWERS: Final = ("noor", "otis", "petra")
_REVIEWING: Final = 6 * 3600.0
_EDITING: Final = 900.0
_DISPUTING: Final = 8 * 3600.0
_SETTLING: Final = 5 * 3600.0
_SPREAD: Final = 0.22
_RECONSIDERED: Final = 0.25
"""By how much better a conversation was than it seemed, where a dispute is accepted."""


class _Category(NamedTuple):
    """A category of the scorecard: how hard it is, from 0 to 1, and how often it is not applicable."""

    name: str
    lowest: int
    highest: int
    weight: int
    hardness: float
    not_applicable: float = 0.0
    critical: bool = False


_SCORECARD: Final = (
    _Category("solution", 1, 5, 4, 0.25),
    _Category("tone", 1, 5, 2, 0.1),
    _Category("grammar", 1, 5, 1, 0.05),
    _Category("internal notes", 0, 10, 1, 0.4, not_applicable=0.35),
    _Category("data protection", 0, 1, 2, -0.1, critical=True),
)


class ReviewedConversation(Subject):
    """One conversation, in the eyes of all its reviewers."""

    __slots__ = ()

    topic = REVIEWS_TOPIC


class _Reviewed(NamedTuple):
    """Of whom in which conversation a review is, and how well they did, from 0 to 1."""

    conversation: ReviewedConversation
    agent: str
    team: str
    quality: float


class ReviewStoryline(Storyline):
    """Some of the tickets that agents settled are reviewed within days."""

    follows = (Occasion("tickets", "settled"),)
    settings_type = ReviewStorySettings

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._settings = stage.settings.story(ReviewStorySettings)
        self._conversations = 0

    def follow(self, occasion: Occasion, contact: Contact, moment: int) -> Story | None:
        """Review what an agent did, or do not."""
        del occasion
        dice, agent = self.stage.dice, contact.agent
        if agent is None or not dice.chance(self._settings.reviewed_share):
            return None
        self._conversations += 1
        conversation = ReviewedConversation(f"{self.stage.run}-conversation-{self._conversations}", contact.name)
        reviewed = _Reviewed(conversation, agent, contact.team, 0.35 + 0.5 * contact.mood)
        reviewer = dice.pick(_REVIEWERS)
        others = tuple(name for name in _REVIEWERS if name != reviewer)
        for share, other in ((self._settings.second_share, dice.pick(others)), (self._settings.self_share, agent)):
            if dice.chance(share):
                self.stage.begin(self._review(moment, reviewed, other))
        return self._review(moment, reviewed, reviewer)

    def _review(self, moment: int, reviewed: _Reviewed, reviewer: str) -> Story:
        stage, dice, chosen = self.stage, self.stage.dice, self._settings
        review, agent, team, quality = reviewed
        pair = {"reviewee": agent, "reviewer": reviewer}
        begins = stage.pace.agent(moment, dice.spread(_REVIEWING, 0.9), quick=False)
        card = _scorecard(dice, quality)
        moment = yield begins, review, _SUBMITTED, dumps({**pair, "team": team, "categories": card})
        if dice.chance(chosen.edited_share):
            later = stage.pace.agent(moment, dice.spread(_EDITING, 0.6), quick=False)
            card = _scorecard(dice, quality)
            moment = yield later, review, _SUBMITTED, dumps({**pair, "team": team, "categories": card})
        if agent != reviewer and dice.chance(chosen.disputed_share):
            later = stage.pace.agent(moment, dice.spread(_DISPUTING, 0.6), quick=False)
            moment = yield later, review, _DISPUTED, dumps(pair)
            is_accepted = dice.chance(chosen.accepted_share)
            settled = dumps({**pair, "outcome": "accepted" if is_accepted else "rejected"})
            moment = yield stage.pace.agent(moment, dice.spread(_SETTLING, 0.6), quick=False), review, _SETTLED, settled
            if is_accepted:
                later = stage.pace.agent(moment, dice.spread(_EDITING, 0.6), quick=False)
                card = _raised(dice, card, quality + _RECONSIDERED)
                moment = yield later, review, _SUBMITTED, dumps({**pair, "team": team, "categories": card})
        if dice.chance(chosen.deleted_share):
            yield stage.pace.agent(moment, dice.spread(_EDITING, 0.6), quick=False), review, _DELETED, dumps(pair)


def _scorecard(dice: Dice, quality: float) -> list[dict[str, object]]:
    """The categories of a review of something of that quality, about 0 to 1."""
    card = []
    for category in _SCORECARD:
        rated: dict[str, object] = {
            "category": category.name,
            "score": None if dice.chance(category.not_applicable) else _score(dice, category, quality),
            "lowest": category.lowest,
            "highest": category.highest,
            "weight": category.weight,
        }
        if category.critical:
            rated["critical"] = True
        card.append(rated)
    return card


def _raised(dice: Dice, card: list[dict[str, object]], quality: float) -> list[dict[str, object]]:
    """The same categories, rated anew: none lower than before, and those not applicable left so."""
    return [
        rated | {"score": max(rated["score"], _score(dice, category, quality))}
        if isinstance(rated["score"], int)
        else rated
        for category, rated in zip(_SCORECARD, card, strict=True)
    ]


def _score(dice: Dice, category: _Category, quality: float) -> int:
    reached = min(1.0, max(0.0, quality + 0.2 - category.hardness + _SPREAD * dice.bell()))
    return category.lowest + round(reached * (category.highest - category.lowest))
