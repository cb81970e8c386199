"""The two clocks that windows can end at.

With the *wall* clock a window ends now. With the *event* clock it ends at the watermark, the highest
event time seen, so that a replay of last year shows last year's numbers.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Final

STEP: Final = 1_000_000
"""From this many microseconds on, a clock that does not agree with the monotonic one any more has stepped."""


class Clock(ABC):
    """Where windows end, in microseconds since the Unix epoch. It goes back only by a step.

    ``stepped`` is by how much it has stepped in all, in microseconds. ``ticks`` says whether it goes on while no event
    comes.
    """

    name: str
    ticks: bool
    stepped: int = 0

    @abstractmethod
    def now(self) -> int:
        """The end of every window."""

    @abstractmethod
    def observe(self, moment: int) -> None:
        """Take note that an event happened at ``moment``."""


class WallClock(Clock):
    """Windows end at the machine's own time; ``read`` and ``read_monotonic`` return nanoseconds.

    The monotonic clock tells a step of the machine's clock, which somebody has set, from time that passed: it follows
    a step back, so that a clock that was ahead does no harm for longer than it was. What is less than a step is
    smoothed out, and the time does not go back.
    """

    name = "wall"
    ticks = True

    def __init__(
        self, read: Callable[[], int] = time.time_ns, read_monotonic: Callable[[], int] = time.monotonic_ns
    ) -> None:
        self._read = read
        self._read_monotonic = read_monotonic
        self._highest = 0
        self._ahead: int | None = None

    def now(self) -> int:
        """Now, or the latest time given out if the machine's clock went back by less than a step."""
        wall = self._read() // 1_000
        ahead = wall - self._read_monotonic() // 1_000
        step = 0 if self._ahead is None else ahead - self._ahead
        self._ahead = ahead
        if abs(step) >= STEP:
            self.stepped += step
            self._highest = wall
        else:
            self._highest = max(self._highest, wall)
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
