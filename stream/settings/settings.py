"""The settings: one validated object from ``deskpulse.toml`` and the environment."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from pydantic import Field, create_model, field_validator

from stream.desks.kinds import KINDS
from stream.settings.shared import SharedSettings
from stream.state.kind import Kind
from stream.state.records import RecordLimits
from stream.state.rejection_share import RejectionLimit
from stream.windows.moments import DAY, MICROSECONDS

_NAMES: Final = tuple(kind.name for kind in KINDS)


class _Settings(SharedSettings):
    desks: tuple[str, ...] = Field(
        _NAMES, description="The kinds that the worker takes in; topics of the others are neither created nor read."
    )

    @field_validator("desks")
    @classmethod
    def _known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if not names:
            message = f"name at least one of {', '.join(_NAMES)}"
            raise ValueError(message)
        for name in names:
            if name not in _NAMES:
                message = f"there is no kind {name!r}; known are {', '.join(_NAMES)}"
                raise ValueError(message)
        return names

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds that the worker takes in, in the order of the list of kinds."""
        return tuple(kind for kind in KINDS if kind.name in self.desks)

    @property
    def source_topics(self) -> tuple[str, ...]:
        """The topics that are read."""
        return tuple(kind.topic for kind in self.kinds)

    def check(self) -> None:
        """Raise ``ValueError``, with a line for each wrong key, for what no section can see by itself."""
        for kind in KINDS:
            kind.check_settings(self)

    @property
    def record_limits(self) -> RecordLimits:
        """What a record may be."""
        return RecordLimits(
            skew=round(self.clock.skew_seconds * MICROSECONDS),
            size=self.limits.max_record_bytes,
            kept=round(self.retention.days * DAY),
        )

    @property
    def rejection_limit(self) -> RejectionLimit:
        """Which share of invalid records is too large."""
        limits = self.limits
        return RejectionLimit(limits.invalid_share, limits.invalid_window_records, limits.invalid_least_records)


def _sections() -> dict[str, Any]:
    sections = {name: section for kind in KINDS for name, section in kind.sections.items()}
    return {name: (section, section()) for name, section in sections.items()}


if TYPE_CHECKING:

    class Settings(_Settings):
        """All settings, a section for each kind among them."""

    new_settings: Callable[..., Settings]
else:
    Settings = create_model(
        "Settings", __base__=_Settings, __doc__="All settings, a section for each kind among them.", **_sections()
    )
    new_settings = Settings
