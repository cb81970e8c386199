"""The story that the simulator tells of errands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from orjson import dumps

from stream.simulation.settings import StorySettings
from stream.simulation.story import Story, Subject
from stream.simulation.storyline import Contact, Occasion, Stage, Storyline

_BEGUN: Final = b"helpdesk.errand.begun.v1"
_DONE: Final = b"helpdesk.errand.done.v1"
_MEANS: Final = ("on foot", "bicycle", "van")


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrandStorySettings(StorySettings):
    """How many settled tickets lead to an errand."""

    errand_share: float = 0.1


class Errand(Subject):
    """An errand."""

    __slots__ = ()

    topic = "helpdesk.errands"


class ErrandStoryline(Storyline):
    """Some errands begin over the day, and some when a ticket is settled."""

    per_ticket = 0.25
    follows = (Occasion("tickets", "settled"),)
    settings_type = ErrandStorySettings

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._share = stage.settings.story(ErrandStorySettings).errand_share
        self._begun = 0

    def arrive(self, moment: int) -> Story:
        """An errand of any team."""
        return self._errand(self.stage.staff.team(self.stage.dice), moment)

    def follow(self, occasion: Occasion, contact: Contact, moment: int) -> Story | None:
        """An errand of the team that settled a ticket, or none."""
        del occasion
        return self._errand(contact.team, moment) if self.stage.dice.chance(self._share) else None

    def _errand(self, team: str, moment: int) -> Story:
        stage = self.stage
        self._begun += 1
        errand = Errand(f"{stage.run}-errand-{self._begun}")
        moment = yield moment, errand, _BEGUN, dumps({"team": team, "means": stage.dice.pick(_MEANS)})
        yield stage.pace.agent(moment, stage.dice.spread(1800.0, 0.5), quick=True), errand, _DONE, dumps({})
