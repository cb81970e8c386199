"""When customers come: the rhythm of the day and of the week."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from stream.simulation.dice import Dice
from stream.windows.moments import MICROSECONDS

_SLOT: Final = 1800 * MICROSECONDS
_DAILY_SPREAD: Final = 0.12

_BY_HOUR: Final = (
    *(0.14, 0.09, 0.07, 0.06, 0.08, 0.16),
    *(0.35, 0.8, 1.75, 2.5, 2.65, 2.35),
    *(1.75, 1.8, 1.95, 1.85, 1.6, 1.25),
    *(0.95, 0.8, 0.7, 0.55, 0.36, 0.22),
)
_BY_WEEKDAY: Final = (1.3, 1.14, 1.05, 1.0, 0.88, 0.36, 0.27)


class Rhythm:
    """Busy weekday mornings and quiet nights, in a time zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    def weight(self, moment: int) -> float:
        """How busy it is at a moment (microseconds since the epoch); the mean of a week is about 0.85."""
        local = datetime.fromtimestamp(moment / MICROSECONDS, self._zone)
        return _BY_WEEKDAY[local.weekday()] * _BY_HOUR[local.hour]

    def arrivals(self, start: int, end: int, count: int, dice: Dice) -> Iterator[int]:
        """Yield exactly ``count`` moments from ``start`` up to ``end`` in order, denser when it is busy.

        They are drawn as the order statistics of ``count`` uniform draws, one after the other, so that
        none has to be kept.
        """
        slots = self._slots(start, end, dice)
        total = sum(weight for _, _, weight in slots)
        passed = 0.0
        position = 0.0
        slot = iter(slots)
        begin, length, weight = next(slot)
        for left in range(count, 0, -1):
            position = 1.0 - (1.0 - position) * (1.0 - dice.random()) ** (1.0 / left)
            target = position * total
            while passed + weight < target:
                following = next(slot, None)
                if following is None:
                    break
                passed += weight
                begin, length, weight = following
            moment = begin + int(length * min(1.0, (target - passed) / weight))
            yield min(moment, end - 1) // 1000 * 1000

    def _slots(self, start: int, end: int, dice: Dice) -> list[tuple[int, int, float]]:
        slots = []
        day = None
        mood = 1.0
        for begin in range(start, end, _SLOT):
            length = min(_SLOT, end - begin)
            if begin // (48 * _SLOT) != day:
                day = begin // (48 * _SLOT)
                mood = dice.spread(1.0, _DAILY_SPREAD)
            slots.append((begin, length, self.weight(begin) * mood * length))
        return slots
