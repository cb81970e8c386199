"""Stocks: what there is at a moment, as step functions.

Steps may lie in the past or ahead; those that lie ahead count once their time has come, without anything being called
at that moment. With ``L(t)``, the sum of ``delta``, and ``M(t)``, the sum of
``delta * at``, over the steps up to ``t``, the level at ``t`` is ``L(t)``, and what the levels add up to since ever is
``t * L(t) - M(t)``; the integral over a window is the difference of that at its two ends. All of it is exact, and adds
up over partitions.

Steps are kept in buckets of time. For now and for the start of each window, the sums over all whole buckets before are
kept; reading adds the few steps of the bucket in which the moment lies. What lies before all windows is kept as sums
alone, so the past costs nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from stream.windows.levels import Levels
from stream.windows.steps import BUCKET, SPARE_BUCKETS, Bucket, Buckets, Step, Sums, add


class Reading(NamedTuple):
    """The stocks by slot over the window that ends now; a slot without an entry has zero.

    ``level`` is what there is now, ``before`` what there was at the window's start, ``integral`` the sum over the
    window of level times time, in microseconds.
    """

    level: Mapping[int, int]
    before: Mapping[int, int]
    integral: Mapping[int, int]


class Stocks:
    """The stocks of one partition, now and over windows of these ``lengths`` (microseconds).

    Buckets before ``oldest`` are forgotten: their steps are in the sums of what is ``older``, if it ``has_older``.
    ``older_changed`` says that the older sums were added to since it was cleared. ``windowed`` are the stocks of which
    only the level is told.
    """

    __slots__ = (
        "_cursors",
        "_lengths",
        "_sums",
        "buckets",
        "has_older",
        "older",
        "older_changed",
        "oldest",
        "windowed",
    )

    def __init__(self, lengths: Iterable[int] = ()) -> None:
        self._lengths: Sequence[int] = sorted({0, *lengths})
        self._cursors = [-length // BUCKET for length in self._lengths]
        self._sums = [Sums() for _ in self._lengths]
        self.buckets = Buckets()
        self.windowed = Levels()
        self.older = Sums()
        self.has_older = self.older_changed = False
        self.oldest = self._cursors[-1] - SPARE_BUCKETS

    def apply(self, steps: Iterable[Step]) -> None:
        """Take in steps, each at its own time."""
        # Most of what a change of an entity takes back it adds again.
        net: dict[tuple[int, int], int] = {}
        settled_before = self.settled_before
        older: dict[int, list[int]] = {}
        for slot, at, delta in steps:
            if at < settled_before:
                sums = older.get(slot)
                if sums is None:
                    older[slot] = [delta, delta * at]
                else:
                    sums[0] += delta
                    sums[1] += delta * at
            else:
                net[slot, at] = net.get((slot, at), 0) + delta
        if older:
            self._add_older(older)
        by_reach: defaultdict[int, Sums] = defaultdict(Sums)
        for (slot, at), delta in net.items():
            if delta:
                index = at // BUCKET
                reach = self._reach(index)
                if reach:
                    by_reach[reach].add(slot, at, delta)
                self.buckets.keep(index, (slot, at), delta)
        for reach, found in by_reach.items():
            for sums_at in self._sums[:reach]:
                sums_at.add_sums(found)

    def advance(self, now: int) -> None:
        """Move now, and with it all windows, to a moment (microseconds). Where it goes back far, it `lacks_buckets`."""
        for place, length in enumerate(self._lengths):
            cursor = (now - length) // BUCKET
            if cursor != self._cursors[place]:
                self._move(self._sums[place], self._cursors[place], cursor)
                self._cursors[place] = cursor
        oldest = self._cursors[-1] - SPARE_BUCKETS
        if oldest > self.oldest:
            for index in self.buckets.between(self.oldest, oldest):
                self.older.add_all(self.buckets.pop(index))
                self.has_older = self.older_changed = True
                self.buckets.changed.add(index)
            self.oldest = oldest
        self.windowed.advance(now)

    @property
    def lacks_buckets(self) -> bool:
        """Whether the time went back so far that the stocks must be worked out anew from all their steps."""
        return self._cursors[-1] < self.oldest or self.windowed.lacks_buckets

    @property
    def settled_before(self) -> int:
        """The moment (microseconds) before which all steps are kept as sums alone, for they lie before all windows."""
        return self.oldest * BUCKET

    def levels(self, now: int) -> Mapping[int, int]:
        """What there is at a moment (microseconds), by slot, without moving anything."""
        return self._sums_at(0, now).levels | self.windowed.at(now)

    def reading(self, length: int, now: int) -> Reading:
        """The stocks over the window of a length that ends at ``now`` (both microseconds), without moving anything.

        Raises ``ValueError`` for a length that is not among the windows.
        """
        place = bisect_left(self._lengths, length)
        if place == len(self._lengths) or self._lengths[place] != length:
            message = f"there is no window of {length} microseconds"
            raise ValueError(message)
        end, start = self._sums_at(0, now), self._sums_at(place, now - length)
        slots = {*end.levels, *end.moments, *start.levels, *start.moments}
        integral = {slot: end.since_ever(slot, now) - start.since_ever(slot, now - length) for slot in slots}
        levels = end.levels | self.windowed.at(now)
        return Reading(levels, start.levels, {slot: amount for slot, amount in integral.items() if amount})

    def all_changed(self) -> None:
        """Whatever was written down of the buckets and of the older sums is of no use."""
        self.buckets.changed.update(self.buckets)
        self.older_changed = self.has_older
        self.windowed.all_changed()

    def restore(self, older: Sums, oldest: int, buckets: Mapping[int, Bucket], now: int) -> None:
        """Go on from what was written down of stocks whose buckets before ``oldest`` were forgotten."""
        self.older, self.oldest, self.has_older = older, oldest, True
        self.buckets = Buckets(buckets)
        sums, cursor = older.copy(), oldest
        for place, length in reversed([*enumerate(self._lengths)]):
            before, cursor = cursor, (now - length) // BUCKET
            self._move(sums, before, cursor)
            self._sums[place], self._cursors[place] = sums.copy(), cursor
        self.advance(now)

    def _add_older(self, found: Mapping[int, Sequence[int]]) -> None:
        """Add, by slot, the sums of ``delta`` and of ``delta * at`` over steps that lie before all windows."""
        sums = Sums()
        for slot, (level, moments) in found.items():
            add(sums.levels, slot, level)
            add(sums.moments, slot, moments)
        if sums.levels or sums.moments:
            for each in (*self._sums, self.older):
                each.add_sums(sums)
            self.has_older = self.older_changed = True

    def _reach(self, index: int) -> int:
        """How many of the sums have what begins in a bucket that is kept."""
        for place, cursor in enumerate(self._cursors):
            if index >= cursor:
                # The cursors of longer windows lie further back.
                return place
        return len(self._sums)

    def _sums_at(self, place: int, moment: int) -> Sums:
        sums = self._sums[place].copy()
        cursor = moment // BUCKET
        self._move(sums, self._cursors[place], cursor)
        if bucket := self.buckets.get(cursor):
            sums.add_all(bucket, until=moment)
        return sums

    def _move(self, sums: Sums, before: int, cursor: int) -> None:
        """Take sums over the buckets before one to those before another."""
        if cursor >= before:
            for index in self.buckets.between(before, cursor):
                sums.add_all(self.buckets[index])
        else:
            for index in self.buckets.between(cursor, before):
                sums.add_all(self.buckets[index], -1)
