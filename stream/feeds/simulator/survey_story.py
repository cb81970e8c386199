"""The survey that follows a resolved ticket."""

from __future__ import annotations

from typing import Final

from orjson import dumps

from schemas.surveys import SCORES
from stream.feeds.simulator.comments import comment
from stream.feeds.simulator.dice import Shares
from stream.feeds.simulator.helpdesk import Helpdesk, Ticket
from stream.feeds.simulator.records import Story, SurveySubject

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


def survey_story(desk: Helpdesk, ticket: Ticket, moment: int) -> Story:
    """Send a survey after a resolution at ``moment`` and let the customer answer, or not."""
    dice = desk.dice
    kind = _KINDS.pick(dice)
    survey = SurveySubject(f"{ticket.name}-{kind}")
    labels = {"survey": kind, "ticket": ticket.name, "channel": ticket.channel, "team": ticket.team}
    words = {"Agent": (ticket.agent or "Ada").capitalize(), "category": ticket.category, "channel": ticket.channel}
    mood = ticket.mood + 0.12 * dice.bell()
    moment = yield desk.pace.always(moment, dice.spread(1800.0, 0.4)), survey, _SENT, dumps(labels)
    answers = desk.settings.survey_response_share * (1.6 if ticket.manner.quick else 0.8)
    if not dice.chance(min(1.0, answers * (0.7 + abs(mood - 0.6)))):
        return
    contentment = min(1.0, max(0.0, mood + _TOWARDS_THE_EDGES * (mood - 0.6)))
    while True:
        scale, score = _scored(kind, contentment)
        answer: dict[str, object] = {**labels, "scale": scale, "score": score}
        text = comment(dice, contentment, words)
        if text is not None:
            answer["comment"] = text
        moment = desk.pace.customer(moment, dice.spread(6 * 3600.0, 1.0))
        moment = yield moment, survey, _RESPONDED, dumps(answer)
        if not dice.chance(_REVISED_SHARE):
            return
        contentment = dice.random()
