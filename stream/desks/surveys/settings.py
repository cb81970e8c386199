"""The settings of surveys."""

from __future__ import annotations

from pydantic import Field

from stream.desks.surveys.scores import SurveyRules
from stream.settings.section import Section


class SurveySettings(Section):
    """Choices that the survey metrics leave open."""

    ces_inverted: bool = Field(False, description="A low effort score means low effort.")

    @property
    def rules(self) -> SurveyRules:
        """The rules by which answers count."""
        return SurveyRules(ces_inverted=self.ces_inverted)
