"""What is different from one channel and one priority to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_MINUTE: Final = 60.0
_HOUR: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Manner:
    """How people behave on a channel; durations are medians in seconds.

    ``turns`` is how likely another turn of question and answer follows, ``impatience`` multiplies how
    often customers leave, ``live`` says that both sides sit in front of it.
    """

    quick: bool
    live: bool
    reply: float
    answer: float
    wrap_up: float
    turns: float
    impatience: float


MANNERS: Final = {
    "email": Manner(False, False, 100 * _MINUTE, 5 * _HOUR, 40 * _MINUTE, 0.5, 0.3),
    "web": Manner(False, False, 120 * _MINUTE, 6 * _HOUR, 45 * _MINUTE, 0.45, 0.3),
    "chat": Manner(True, True, 50.0, 35.0, 90.0, 0.68, 2.0),
    "phone": Manner(True, True, 70.0, 25.0, 4 * _MINUTE, 0.3, 2.0),
    "social": Manner(True, False, 25 * _MINUTE, 50 * _MINUTE, 15 * _MINUTE, 0.5, 1.2),
    "api": Manner(False, False, 60 * _MINUTE, 8 * _HOUR, 90 * _MINUTE, 0.3, 0.0),
}
OTHER_MANNER: Final = MANNERS["email"]

HASTE: Final = {"low": 1.8, "normal": 1.0, "high": 0.5, "urgent": 0.22}
"""Factors of the agents' times by priority; a priority that is not here has 1."""
