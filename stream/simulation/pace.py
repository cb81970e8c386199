"""How fast time passes in stories: as in real life, or compressed for a live stream."""

from __future__ import annotations

from typing import Final, Protocol
from zoneinfo import ZoneInfo

from stream.simulation.dice import Dice
from stream.simulation.hours import OFFICE, SERVICE, WAKING, Hours
from stream.windows.moments import MICROSECONDS

_UNHURRIED: Final = 3600.0


class Pace(Protocol):
    """When something is over that begins at a moment (microseconds since the epoch) and takes some seconds."""

    def agent(self, moment: int, seconds: float, *, quick: bool) -> int:
        """Count the time that agents work; on ``quick`` channels they work longer days."""

    def customer(self, moment: int, seconds: float) -> int:
        """Count the time that customers are awake."""

    def always(self, moment: int, seconds: float) -> int:
        """Count all time."""


class RealPace:
    """Hours and days as they are, with nights, weekends and breaks."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._office = Hours(OFFICE, zone)
        self._service = Hours(SERVICE, zone)
        self._waking = Hours(WAKING, zone)

    def agent(self, moment: int, seconds: float, *, quick: bool) -> int:
        """Count office hours, or the longer service hours."""
        hours = self._service if quick else self._office
        return hours.after(moment, int(seconds * MICROSECONDS)) // 1000 * 1000

    def customer(self, moment: int, seconds: float) -> int:
        """Count from morning to late evening."""
        return self._waking.after(moment, int(seconds * MICROSECONDS)) // 1000 * 1000

    def always(self, moment: int, seconds: float) -> int:
        """Count every hour."""
        return moment + int(seconds * 1000) * 1000


def compressed(seconds: float, factor: float) -> float:
    """How many seconds remain of so many at ``factor`` times the speed; what takes only minutes is sped up by less."""
    return seconds / (1.0 + (factor - 1.0) * seconds / (seconds + _UNHURRIED))


class CompressedPace:
    """Everything about ``factor`` times as fast, at any hour."""

    def __init__(self, factor: float, dice: Dice) -> None:
        self._factor = factor
        self._dice = dice

    def agent(self, moment: int, seconds: float, *, quick: bool) -> int:
        """Compress the time, whatever the channel."""
        del quick
        return self.always(moment, seconds)

    def customer(self, moment: int, seconds: float) -> int:
        """Compress the time."""
        return self.always(moment, seconds)

    def always(self, moment: int, seconds: float) -> int:
        """Compress the time, and vary it by half: compression makes short times alike."""
        jitter = 0.5 + self._dice.random()
        return moment + int(compressed(seconds, self._factor) * jitter * 1000) * 1000
