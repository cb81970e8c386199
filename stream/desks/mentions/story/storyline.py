"""People who say something about a product in public; on some days one breaks, and many do."""

from __future__ import annotations

from typing import Final

from orjson import dumps

from schemas.events import MENTIONS_TOPIC, Sentiment
from stream.desks.mentions.story.settings import MentionStorySettings
from stream.desks.mentions.story.words import said
from stream.simulation.dice import Shares
from stream.simulation.story import Story, Subject
from stream.simulation.storyline import Stage, Storyline
from stream.windows.moments import DAY

_POSTED: Final = b"helpdesk.mention.posted.v1"
_LABELLED: Final = b"helpdesk.mention.labelled.v1"
_DELETED: Final = b"helpdesk.mention.deleted.v1"

_CHANNELS: Final = Shares({"microblog": 0.5, "forum": 0.2, "reviews": 0.2, "video": 0.1})
_PRODUCTS: Final = Shares({"app": 0.35, "router": 0.3, "television": 0.2, "website": 0.15})
_USUAL: Final[Shares[Sentiment]] = Shares({"positive": 0.34, "neutral": 0.44, "negative": 0.22})
_BROKEN: Final[Shares[Sentiment]] = Shares({"positive": 0.03, "neutral": 0.12, "negative": 0.85})
_MOST_JOINING: Final = 6
_JOINING: Final = 900.0
_LABELLING: Final = 3 * 3600.0
_EDITING: Final = 600.0
_DELETING: Final = 12 * 3600.0


class MentionSubject(Subject):
    """One mention."""

    __slots__ = ()

    topic = MENTIONS_TOPIC


class MentionStoryline(Storyline):
    """Mentions come with the rhythm of the helpdesk."""

    per_ticket = 0.25
    settings_type = MentionStorySettings

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._settings = stage.settings.story(MentionStorySettings)
        self._mentions = 0
        self._day = -1
        self._broken: str | None = None

    def arrive(self, moment: int) -> Story:
        """Somebody says something about a product."""
        product = _PRODUCTS.pick(self.stage.dice)
        broken = self._broken_on(moment)
        return self._mention(moment, product, _MOST_JOINING if product == broken else 0, is_broken=product == broken)

    def _broken_on(self, moment: int) -> str | None:
        """The product that is broken all day, if any is."""
        dice = self.stage.dice
        if moment // DAY > self._day:
            self._day = moment // DAY
            self._broken = _PRODUCTS.pick(dice) if dice.chance(self._settings.broken_day_share) else None
        return self._broken

    def _mention(self, moment: int, product: str, joining: int, *, is_broken: bool) -> Story:
        stage, dice, chosen = self.stage, self.stage.dice, self._settings
        self._mentions += 1
        mention = MentionSubject(f"{stage.run}-mention-{self._mentions}")
        sentiment = (_BROKEN if is_broken else _USUAL).pick(dice)
        place = {"channel": _CHANNELS.pick(dice), "category": product}
        told = {**place, "text": said(dice, product, sentiment, is_broken=is_broken)}
        is_labelled = dice.chance(chosen.labelled_share)
        if is_labelled:
            told["sentiment"] = sentiment
        moment = yield moment, mention, _POSTED, dumps(told)
        if joining and dice.chance(chosen.joining_share):
            begins = stage.pace.always(moment, dice.spread(_JOINING, 0.8))
            stage.begin(self._mention(begins, product, joining - 1, is_broken=True))
        if dice.chance(chosen.edited_share):
            told["text"] += " Edit: thanks for all the answers."
            moment = yield stage.pace.customer(moment, dice.spread(_EDITING, 0.6)), mention, _POSTED, dumps(told)
        if not is_labelled and dice.chance(chosen.labelled_later_share):
            later = stage.pace.agent(moment, dice.spread(_LABELLING, 0.7), quick=True)
            moment = yield later, mention, _LABELLED, dumps({"sentiment": sentiment})
        if dice.chance(chosen.deleted_share):
            yield stage.pace.customer(moment, dice.spread(_DELETING, 0.8)), mention, _DELETED, b"{}"
