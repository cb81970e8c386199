"""Levels: stocks of which nothing but how much there is now is ever asked for.

So steps before now are one number for each slot, and only those that lie ahead are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from stream.windows.steps import BUCKET, SPARE_BUCKETS, Bucket, Buckets, Step, add


class Levels:
    """The levels of one partition at a moment that moves on.

    Steps in buckets before ``oldest`` are forgotten: ``older`` has their sums by slot. ``older_changed`` says that it
    was added to since that was cleared, ``is_used`` that there ever was a step.
    """

    __slots__ = ("_cursor", "buckets", "is_used", "older", "older_changed", "oldest")

    def __init__(self) -> None:
        self._cursor = 0
        self.buckets = Buckets()
        self.older: dict[int, int] = {}
        self.oldest = -SPARE_BUCKETS
        self.is_used = self.older_changed = False

    def apply(self, steps: Iterable[Step]) -> None:
        """Take in steps, each at its own time."""
        settled_before, older = self.settled_before, self.older
        net: dict[tuple[int, int], int] = {}
        for slot, at, delta in steps:
            self.is_used = True
            if at < settled_before:
                self.older_changed = True
                left = older.get(slot, 0) + delta
                if left:
                    older[slot] = left
                else:
                    older.pop(slot, None)
            else:
                net[slot, at] = net.get((slot, at), 0) + delta
        for key, delta in net.items():
            if delta:
                self.buckets.keep(key[1] // BUCKET, key, delta)

    def advance(self, now: int) -> None:
        """Move on to a moment (microseconds). Where it goes back far, it `lacks_buckets`."""
        self._cursor = now // BUCKET
        oldest = self._cursor - SPARE_BUCKETS
        if oldest > self.oldest:
            for index in self.buckets.between(self.oldest, oldest):
                for (slot, _), delta in self.buckets.pop(index).items():
                    add(self.older, slot, delta)
                self.older_changed = True
                self.buckets.changed.add(index)
            self.oldest = oldest

    @property
    def lacks_buckets(self) -> bool:
        """Whether the time went back so far that the levels must be worked out anew from all steps."""
        return self._cursor < self.oldest

    @property
    def settled_before(self) -> int:
        """The moment (microseconds) before which steps are only summed: those that cancel each other change nothing."""
        return self.oldest * BUCKET

    def at(self, now: int) -> dict[int, int]:
        """What there is at a moment (microseconds), by slot, without moving anything."""
        levels = self.older.copy()
        for index in self.buckets.between(self.oldest, now // BUCKET + 1):
            for (slot, at), delta in self.buckets[index].items():
                if at <= now:
                    add(levels, slot, delta)
        return levels

    def all_changed(self) -> None:
        """Whatever was written down of them is of no use."""
        self.buckets.changed.update(self.buckets)
        self.older_changed = self.is_used

    def restore(self, older: dict[int, int], oldest: int, buckets: Mapping[int, Bucket]) -> None:
        """Go on from what was written down of levels whose buckets before ``oldest`` were forgotten."""
        self.older, self.oldest, self.buckets, self.is_used = older, oldest, Buckets(buckets), True
