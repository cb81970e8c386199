"""How many simulated surveys are sent and answered."""

from __future__ import annotations

from dataclasses import dataclass

from stream.simulation.settings import StorySettings


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyStorySettings(StorySettings):
    """How many of those who were served are asked, and how many of these answer; probabilities from 0 to 1."""

    survey_share: float = 0.6
    survey_response_share: float = 0.28
