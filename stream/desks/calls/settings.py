"""The settings of calls."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from stream.desks.calls.rules import Abandoned, CallRules
from stream.settings.section import Section
from stream.windows.moments import HOUR, MICROSECONDS

_Threshold = Annotated[int, Field(ge=1, le=3600)]


class CallSettings(Section):
    """Choices that the metrics of calls leave open."""

    service_level_seconds: frozenset[_Threshold] = Field(
        frozenset({10, 20, 30, 60, 120}),
        min_length=1,
        max_length=10,
        description="Seconds to answer in, of each of which there is a service level; a wait of just as long is in"
        " time.",
    )
    headline_seconds: int = Field(
        20, description="Which of them `service_level` goes by; one of `service_level_seconds`."
    )
    headline_abandoned: Abandoned = Field(
        "ignored",
        description="How calls that were abandoned in time count for `service_level`: `ignored` leaves them out,"
        " `against` and `for` take them for calls that were answered late, or in time.",
    )
    short_abandon_seconds: float = Field(
        5, ge=0, le=3600, description="A call that was abandoned sooner than that counts neither as offered nor lost."
    )
    cut_off_hours: float = Field(
        24,
        ge=1,
        le=744,
        description="A call of which nothing more is heard for so many hours counts no more as waiting or in service.",
    )

    @model_validator(mode="after")
    def _headline_is_a_service_level(self) -> CallSettings:
        if self.headline_seconds not in self.service_level_seconds:
            known = ", ".join(map(str, sorted(self.service_level_seconds)))
            message = f"headline_seconds is {self.headline_seconds}, not one of service_level_seconds: {known}"
            raise ValueError(message)
        return self

    @property
    def rules(self) -> CallRules:
        """The rules by which calls count."""
        return CallRules(
            within=tuple(sorted(self.service_level_seconds)),
            headline=self.headline_seconds,
            abandoned=self.headline_abandoned,
            short_abandon=round(self.short_abandon_seconds * MICROSECONDS),
            cut_off=round(self.cut_off_hours * HOUR),
        )
