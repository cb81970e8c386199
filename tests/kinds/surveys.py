"""Surveys in tests."""

from __future__ import annotations

from stream.desks.surveys.definition import SurveyDesks, Surveys
from stream.desks.surveys.desk import SurveyDesk
from stream.desks.surveys.scores import SurveyRules
from stream.desks.surveys.survey import Survey
from stream.sentiment.model import SentimentModel
from stream.state.kind import Workplace
from tests.kinds.kind_under_test import KindUnderTest, subjects_of
from tests.moments import When, record
from tests.oracle import OracleSettings
from tests.oracle.surveys import SurveySettings

DEFAULT_RULES = SurveyRules()


def survey(kind: str, when: When, subject: str = "S-1", **data: object) -> bytes:
    """An event of a survey."""
    return record(f"helpdesk.survey.{kind}.v1", when, subject, data)


def surveys_of(desk: SurveyDesk) -> dict[str, Survey]:
    """All surveys of a desk by subject."""
    return {subject: survey for subject in subjects_of(desk) if (survey := desk.value(subject)) is not None}


class SurveysUnder(KindUnderTest, Surveys):
    """Surveys under rules, and with a model for their comments."""

    beginnings = frozenset({"helpdesk.survey.sent.v1"})
    duplicate_if_late = True

    def __init__(self, rules: SurveyRules = DEFAULT_RULES, model: SentimentModel | None = None) -> None:
        self._under = rules, model

    def new_group(self, workplace: Workplace) -> SurveyDesks:
        return SurveyDesks(workplace, *self._under)

    @classmethod
    def as_in(cls, settings: OracleSettings) -> SurveysUnder:
        return cls(SurveyRules(ces_inverted=settings.section(SurveySettings).ces_inverted))

    @classmethod
    def events_for_every_metric(cls) -> tuple[bytes, ...]:
        return (
            survey("sent", 0, survey="nps", channel="email"),
            survey("responded", 10, survey="nps", scale="0-10", score=9, comment="great"),
            survey("responded", 10, "S-2", survey="nps", scale="0-10", score=0),
        )
