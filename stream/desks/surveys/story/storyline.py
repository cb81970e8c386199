"""The survey that follows a settled ticket."""

from __future__ import annotations

from typing import Final

from orjson import dumps

from schemas.events import SURVEYS_TOPIC
from schemas.surveys import SCORES
from stream.desks.surveys.story.comments import comment
from stream.desks.surveys.story.settings import SurveyStorySettings
from stream.simulation.dice import Shares
from stream.simulation.story import Story, Subject
from stream.simulation.storyline import Contact, Occasion, Stage, Storyline

_SENT: Final = b"helpdesk.survey.sent.v1"
_RESPONDED: Final = b"helpdesk.survey.responded.v1"

_KINDS: Final = Shares({"csat": 0.62, "nps": 0.2, "ces": 0.18})
_SCALES: Final[dict[str, tuple[str, float]]] = {"csat": ("1-5", 5.6), "nps": ("0-10", 11.5), "ces": ("1-5", 5.6)}
"""The scale of each kind, and over how many scores contentment is spread: more than there are, as many are content."""
_REVISED_SHARE: Final = 0.02
_TOWARDS_THE_EDGES: Final = 0.25


def _scored(kind: str, contentment: float) -> tuple[str, int]:
    """The scale of a kind of survey, and the score on it of somebody so content (0 to 1)."""
    scale, spread = _SCALES[kind]
    scores = SCORES[scale]
    return scale, min(scores[-1], scores[0] + int(contentment * spread))


class SurveySubject(Subject):
    """A survey that went to one customer."""

    __slots__ = ()

    topic = SURVEYS_TOPIC


class SurveyStoryline(Storyline):
    """Some of the customers whose ticket was settled are asked how it went."""

    own_dice = False
    follows = (Occasion("tickets", "settled"),)
    settings_type = SurveyStorySettings

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._settings = stage.settings.story(SurveyStorySettings)

    def follow(self, occasion: Occasion, contact: Contact, moment: int) -> Story | None:
        """Ask a customer, or do not."""
        del occasion
        if not self.stage.dice.chance(self._settings.survey_share):
            return None
        return survey_story(self.stage, contact, moment, self._settings.survey_response_share)


def survey_story(stage: Stage, contact: Contact, moment: int, response_share: float) -> Story:
    """Send a survey after a contact that ended at ``moment`` and let the customer answer, or not."""
    dice = stage.dice
    kind = _KINDS.pick(dice)
    survey = SurveySubject(f"{contact.name}-{kind}")
    labels = {"survey": kind, "ticket": contact.name, "channel": contact.channel, "team": contact.team}
    words = {"Agent": (contact.agent or "Ada").capitalize(), "category": contact.category, "channel": contact.channel}
    quick = contact.quick
    mood = contact.mood + 0.12 * dice.bell()
    moment = yield stage.pace.always(moment, dice.spread(1800.0, 0.4)), survey, _SENT, dumps(labels)
    answers = response_share * (1.6 if quick else 0.8)
    if not dice.chance(min(1.0, answers * (0.7 + abs(mood - 0.6)))):
        return
    contentment = min(1.0, max(0.0, mood + _TOWARDS_THE_EDGES * (mood - 0.6)))
    while True:
        scale, score = _scored(kind, contentment)
        answer: dict[str, object] = {**labels, "scale": scale, "score": score}
        text = comment(dice, contentment, words)
        if text is not None:
            answer["comment"] = text
        moment = stage.pace.customer(moment, dice.spread(6 * 3600.0, 1.0))
        moment = yield moment, survey, _RESPONDED, dumps(answer)
        if not dice.chance(_REVISED_SHARE):
            return
        contentment = dice.random()
