"""The two clocks that windows can end at.

With the *wall* clock a window ends now. With the *event* clock it ends at the watermark, the highest
event time seen, so that a replay of last year shows last year's numbers.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable


class Clock(ABC):
    """Where windows end, in microseconds since the Unix epoch. It never goes back.

    ``ticks`` says whether it goes on while no event comes.
    """

    name: str
    ticks: bool

    @abstractmethod
    def now(self) -> int:
        """The end of every window."""

    @abstractmethod
    def observe(self, moment: int) -> None:
        """Take note that an event happened at ``moment``."""


class WallClock(Clock):
    """Windows end at the machine's own time; ``read`` returns nanoseconds."""

    name = "wall"
    ticks = True

    def __init__(self, read: Callable[[], int] = time.time_ns) -> None:
        self._read = read
        self._highest = 0

    def now(self) -> int:
        """Now, or the latest time given out if the machine's clock was set back."""
        self._highest = max(self._highest, self._read() // 1_000)
        return self._highest

    def observe(self, moment: int) -> None:
        """Events do not move the wall clock."""


class EventClock(Clock):
    """Windows end at the watermark. Before the first event that is the epoch."""

    name = "event"
    ticks = False

    def __init__(self) -> None:
        self._watermark = 0

    def now(self) -> int:
        """The watermark."""
        return self._watermark

    def observe(self, moment: int) -> None:
        """Raise the watermark to ``moment`` if that is later."""
        self._watermark = max(self._watermark, moment)
