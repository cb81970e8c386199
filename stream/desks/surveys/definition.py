"""The definition of surveys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from schemas.events import EVENTS_BY_TOPIC, SURVEYS_TOPIC, Envelope, SurveyResponded
from schemas.surveys import answer_problem
from stream.desks.surveys.desk import SurveyDesk
from stream.desks.surveys.measures import MEASURES, RATIOS, SCORES
from stream.desks.surveys.numbers import window_numbers
from stream.desks.surveys.panels import PANELS
from stream.desks.surveys.resources import COMMENTS
from stream.desks.surveys.scores import SurveyRules
from stream.desks.surveys.settings import SurveySettings
from stream.desks.surveys.story.storyline import SurveyStoryline
from stream.state.kind import Kind, Workplace
from stream.state.panel import Page
from stream.state.presentation import NOTHING, Cell, Numbers, percent_text
from stream.state.rejection import Reason, RejectedRecordError
from stream.state.totals import WindowTotals
from stream.state.value_desks import ValueDesks


class Surveys(Kind):
    """Surveys of customers: CSAT, NPS and CES."""

    name = "surveys"
    topic = SURVEYS_TOPIC
    events = EVENTS_BY_TOPIC[SURVEYS_TOPIC]
    measures = MEASURES
    ratios = RATIOS
    scores = SCORES
    sections = {"surveys": SurveySettings}
    resources = (COMMENTS,)
    panels = PANELS
    page = Page.VOICE
    story = SurveyStoryline

    def decode(self, value: bytes) -> Envelope:
        """The event in a record's value, its score checked against its scale."""
        event = super().decode(value)
        if isinstance(event, SurveyResponded):
            problem = answer_problem(event.data.survey, event.data.scale, event.data.score)
            if problem is not None:
                raise RejectedRecordError(Reason.INVALID, problem)
        return event

    def new_group(self, workplace: Workplace) -> SurveyDesks:
        """The desks of a worker."""
        return SurveyDesks(workplace, workplace.settings.section(SurveySettings).rules)

    def window_numbers(self, totals: WindowTotals) -> dict[str, Any]:
        """The final numbers of a window."""
        return window_numbers(totals)

    @property
    def rows(self) -> Mapping[str, Mapping[str, Cell]]:
        """What people are shown of the numbers of a window."""
        return _ROWS


class SurveyDesks(ValueDesks):
    """The desks of surveys in a worker."""

    def __init__(self, workplace: Workplace, rules: SurveyRules) -> None:
        super().__init__(SURVEYS, workplace, lambda context: SurveyDesk(context, rules))


def _part(survey: str, name: str, factor: float = 1) -> Cell:
    return lambda numbers: percent_text(numbers[survey][name], factor)


def _nps(numbers: Numbers) -> str:
    score = numbers["nps"]["score"]
    return NOTHING if score is None else f"{score:+.1f}"


_ROWS: Final[Mapping[str, Mapping[str, Cell]]] = {
    "Surveys": {
        "CSAT": _part("csat", "percent"),
        "NPS": _nps,
        "CES, low effort": _part("ces", "percent"),
        "CSAT response rate": _part("csat", "response_ratio", factor=100),
    },
}

SURVEYS: Final = Surveys()
