"""The settings of agents."""

from __future__ import annotations

from pydantic import Field

from stream.desks.agents.rules import LONGEST_SILENCE, AgentRules
from stream.settings.section import Section
from stream.windows.moments import HOUR


class AgentSettings(Section):
    """Choices that the metrics of agents leave open."""

    silence_hours: float = Field(
        8,
        ge=0.1,
        le=LONGEST_SILENCE / HOUR,
        description="An agent of whom nothing is heard for so many hours has left at the end of them, as if `offline`"
        " had come then; longer than any state lasts within a shift.",
    )

    @property
    def rules(self) -> AgentRules:
        """The rules by which agents count."""
        return AgentRules(silence=round(self.silence_hours * HOUR))
