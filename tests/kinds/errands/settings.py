"""The settings of errands."""

from __future__ import annotations

from pydantic import Field

from stream.settings.section import Section


class ErrandSettings(Section):
    """Choices that the errand metrics leave open."""

    least_seconds: float = Field(0, ge=0, le=86_400, description="Errands that took less do not count.")
