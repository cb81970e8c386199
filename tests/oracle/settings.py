"""The settings of deskpulse that change what the numbers mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

Section = TypeVar("Section")


@dataclass(frozen=True, init=False, slots=True)
class OracleSettings:
    """Which of the documented definitions apply: what is chosen for some kinds, such as ``TicketSettings(…)``."""

    sections: tuple[object, ...]

    def __init__(self, *sections: object) -> None:
        object.__setattr__(self, "sections", sections)

    def section(self, section: type[Section]) -> Section:
        """What is chosen for a kind, or what is usual."""
        return next((chosen for chosen in self.sections if isinstance(chosen, section)), None) or section()
