"""The definition of surveys."""

from __future__ import annotations

from typing import Any, Final

from schemas.events import EVENTS_BY_TOPIC, SURVEYS_TOPIC, Envelope, SurveyResponded
from schemas.surveys import answer_problem
from stream.desks.surveys.desk import SurveyDesk
from stream.desks.surveys.measures import MEASURES, RATIOS, SCORES
from stream.desks.surveys.numbers import window_numbers
from stream.desks.surveys.panels import PANELS
from stream.desks.surveys.presentation import ROWS
from stream.desks.surveys.resources import COMMENTS
from stream.desks.surveys.scores import SurveyRules
from stream.desks.surveys.settings import SurveySettings
from stream.desks.surveys.story.storyline import SurveyStoryline
from stream.sentiment.model import SentimentModel
from stream.settings.sentiment import SentimentSettings, comment_model_of
from stream.settings.shared import SharedSettings
from stream.state.kind import Kind, Workplace
from stream.state.panel import Page
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
    sections = {"surveys": SurveySettings, "sentiment": SentimentSettings}
    resources = (COMMENTS,)
    panels = PANELS
    page = Page.VOICE
    rows = ROWS
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
        settings = workplace.settings
        return SurveyDesks(workplace, settings.section(SurveySettings).rules, comment_model_of(settings))

    def settings_content(self, settings: SharedSettings) -> dict[str, Any]:
        """The rules and, where comments are estimated, the model, wherever its file lies."""
        content: dict[str, Any] = {"surveys": settings.section(SurveySettings).model_dump(mode="json")}
        model = comment_model_of(settings)
        return content if model is None else content | {"comment_model": model.digest}

    def check_settings(self, settings: SharedSettings) -> None:
        """Raise ``ValueError`` if comments are to be estimated and cannot be."""
        comment_model_of(settings)

    def window_numbers(self, totals: WindowTotals) -> dict[str, Any]:
        """The final numbers of a window."""
        return window_numbers(totals)


class SurveyDesks(ValueDesks):
    """The desks of surveys in a worker."""

    def __init__(self, workplace: Workplace, rules: SurveyRules, model: SentimentModel | None = None) -> None:
        super().__init__(SURVEYS, workplace, lambda context: SurveyDesk(context, rules, model))


SURVEYS: Final = Surveys()
