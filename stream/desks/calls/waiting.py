"""The visits of a partition that may still wait, and who of them waits longest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from stream.desks.calls.visit import Visit
from stream.state.value_desk import GaugeCounts
from stream.windows.moments import DAY, MINUTE

Waiting = tuple[str | None, int]
"""A queue, and when somebody joined it, in microseconds."""


class CallsReading(NamedTuple):
    """What is true of a partition's calls besides windows and stocks: the gauges, and who may wait.

    Whoever joined a queue counts no more after ``cut_off`` (microseconds).
    """

    gauges: GaugeCounts
    waiting: list[Waiting]
    cut_off: int


class OpenVisits:
    """The visits of which nobody knows that they left the queue; after ``cut_off`` (microseconds) none counts."""

    def __init__(self, cut_off: int) -> None:
        self._cut_off = cut_off
        self._visits: dict[str, tuple[str | None, int, Visit]] = {}
        self._pruned = 0

    def add(self, subject: str, queued: int, queue: str | None, visit: Visit) -> None:
        """A visit that joined a queue waits, or what is known of it has changed."""
        self._visits[subject] = queue, queued, visit

    def remove(self, subject: str) -> None:
        """A visit does not wait."""
        self._visits.pop(subject, None)

    def prune(self, now: int) -> None:
        """Once a minute, let go of those that have not counted for a day, in which they may yet become late."""
        if abs(now - self._pruned) >= MINUTE:
            self._pruned = now
            oldest = now - self._cut_off - DAY
            for subject in [subject for subject, (_, queued, _) in self._visits.items() if queued < oldest]:
                del self._visits[subject]

    def since(self, moment: int) -> Iterator[tuple[int, Visit]]:
        """Those that joined after a moment, and when (microseconds)."""
        return ((queued, visit) for _, queued, visit in self._visits.values() if queued > moment)

    def reading(self) -> list[Waiting]:
        """Where they wait, and since when."""
        return [(queue, queued) for queue, queued, _ in self._visits.values()]


def longest_waits(readings: Iterable[CallsReading], now: int) -> dict[str | None, int]:
    """By queue, when who waits there longest at ``now`` (microseconds) joined it."""
    found: dict[str | None, int] = {}
    for reading in readings:
        for queue, queued in reading.waiting:
            if queued <= now < queued + reading.cut_off:
                found[queue] = min(queued, found.get(queue, queued))
    return found
