"""Stocks: what there is at a moment, as step functions.

A step is ``(slot, at, delta)``: from the moment ``at`` (microseconds) on there is ``delta`` more. A retraction is the
same step with ``delta`` negated. Steps may lie in the past or ahead; those that lie ahead count once their time has
come, without anything being called at that moment. With ``L(t)``, the sum of ``delta``, and ``M(t)``, the sum of
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
from typing import Final, NamedTuple

from stream.windows.moments import MINUTE

Step = tuple[int, int, int]
"""A slot, when it begins (microseconds), and how much more there is from then on."""

BUCKET: Final = MINUTE
"""The length of a bucket, in microseconds."""

SPARE_BUCKETS: Final = 2
"""How many buckets are kept before all windows: so far the time may go back and nothing is missing."""

Bucket = defaultdict[tuple[int, int], int]
"""What begins in a bucket of time: the sum of ``delta`` by slot and moment."""


class Reading(NamedTuple):
    """The stocks by slot over the window that ends now; a slot without an entry has zero.

    ``level`` is what there is now, ``before`` what there was at the window's start, ``integral`` the sum over the
    window of level times time, in microseconds.
    """

    level: Mapping[int, int]
    before: Mapping[int, int]
    integral: Mapping[int, int]


class Sums:
    """The sums over all steps of some past, by slot: of ``delta``, and of ``delta * at``; zeros are left out."""

    __slots__ = ("levels", "moments")

    def __init__(self) -> None:
        self.levels: dict[int, int] = {}
        self.moments: dict[int, int] = {}

    def copy(self) -> Sums:
        """The same sums, to be changed by themselves."""
        copied = Sums()
        copied.levels, copied.moments = self.levels.copy(), self.moments.copy()
        return copied

    def add(self, slot: int, at: int, delta: int) -> None:
        """Add a step."""
        _add(self.levels, slot, delta)
        _add(self.moments, slot, delta * at)

    def add_all(self, bucket: Mapping[tuple[int, int], int], sign: int = 1, until: int | None = None) -> None:
        """Add the steps of a bucket, but for those after ``until``; with ``sign`` -1, take them away."""
        for (slot, at), delta in bucket.items():
            if until is None or at <= until:
                self.add(slot, at, sign * delta)

    def add_sums(self, other: Sums) -> None:
        """Add other sums."""
        for slot, level in other.levels.items():
            _add(self.levels, slot, level)
        for slot, moments in other.moments.items():
            _add(self.moments, slot, moments)

    def since_ever(self, slot: int, now: int) -> int:
        """What the levels add up to until ``now``: level times microseconds."""
        return now * self.levels.get(slot, 0) - self.moments.get(slot, 0)


class Stocks:
    """The stocks of one partition, now and over windows of these ``lengths`` (microseconds).

    Buckets before ``oldest`` are forgotten: their steps are in the sums of what is ``older``, if it ``has_older``.
    ``changed`` are the buckets that were added to since it was cleared, ``older_changed`` says so of the older sums.
    """

    __slots__ = (
        "_cursors",
        "_lengths",
        "_sums",
        "buckets",
        "changed",
        "has_older",
        "older",
        "older_changed",
        "oldest",
    )

    def __init__(self, lengths: Iterable[int] = ()) -> None:
        self._lengths: Sequence[int] = sorted({0, *lengths})
        self._cursors = [-length // BUCKET for length in self._lengths]
        self._sums = [Sums() for _ in self._lengths]
        self.buckets: dict[int, Bucket] = {}
        self.changed: set[int] = set()
        self.older = Sums()
        self.has_older = self.older_changed = False
        self.oldest = self._cursors[-1] - SPARE_BUCKETS

    def apply(self, steps: Iterable[Step]) -> None:
        """Take in steps, each at its own time."""
        # Most of what a change of an entity takes back it adds again.
        net: dict[tuple[int, int], int] = {}
        for slot, at, delta in steps:
            net[slot, at] = net.get((slot, at), 0) + delta
        by_reach: defaultdict[int, Sums] = defaultdict(Sums)
        for (slot, at), delta in net.items():
            if delta:
                index = at // BUCKET
                reach = self._reach(index)
                if reach:
                    by_reach[reach].add(slot, at, delta)
                if index >= self.oldest:
                    self._keep(index, (slot, at), delta)
        for reach, found in by_reach.items():
            for sums in (*self._sums, self.older)[:reach]:
                sums.add_sums(found)
            if reach > len(self._sums):
                self.has_older = self.older_changed = True

    def advance(self, now: int) -> None:
        """Move now, and with it all windows, to a moment (microseconds). Where it goes back far, it `lacks_buckets`."""
        for place, length in enumerate(self._lengths):
            cursor = (now - length) // BUCKET
            if cursor != self._cursors[place]:
                self._move(self._sums[place], self._cursors[place], cursor)
                self._cursors[place] = cursor
        oldest = self._cursors[-1] - SPARE_BUCKETS
        if oldest > self.oldest:
            for index in self._between(self.oldest, oldest):
                self.older.add_all(self.buckets.pop(index))
                self.has_older = self.older_changed = True
                self.changed.add(index)
            self.oldest = oldest

    @property
    def lacks_buckets(self) -> bool:
        """Whether the time went back so far that the stocks must be worked out anew from all their steps."""
        return self._cursors[-1] < self.oldest

    @property
    def settled_before(self) -> int:
        """The moment (microseconds) before which all steps are kept as sums alone, for they lie before all windows."""
        return self.oldest * BUCKET

    def levels(self, now: int) -> Mapping[int, int]:
        """What there is at a moment (microseconds), by slot, without moving anything."""
        return self._sums_at(0, now).levels

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
        return Reading(end.levels, start.levels, {slot: amount for slot, amount in integral.items() if amount})

    def all_changed(self) -> None:
        """Whatever was written down of the buckets and of the older sums is of no use."""
        self.changed.update(self.buckets)
        self.older_changed = self.has_older

    def restore(self, older: Sums, oldest: int, buckets: Mapping[int, Bucket], now: int) -> None:
        """Go on from what was written down of stocks whose buckets before ``oldest`` were forgotten."""
        self.older, self.oldest, self.has_older = older, oldest, True
        self.buckets = dict(buckets)
        sums, cursor = older.copy(), oldest
        for place, length in reversed([*enumerate(self._lengths)]):
            before, cursor = cursor, (now - length) // BUCKET
            self._move(sums, before, cursor)
            self._sums[place], self._cursors[place] = sums.copy(), cursor
        self.advance(now)

    def _reach(self, index: int) -> int:
        """How many of the sums, the older ones last, have what begins in a bucket."""
        if index < self.oldest:
            return len(self._sums) + 1
        for place, cursor in enumerate(self._cursors):
            if index >= cursor:
                # The cursors of longer windows lie further back.
                return place
        return len(self._sums)

    def _keep(self, index: int, key: tuple[int, int], delta: int) -> None:
        """Keep the step of a slot and a moment in its bucket."""
        bucket = self.buckets.get(index)
        if bucket is None:
            bucket = self.buckets[index] = defaultdict(int)
        self.changed.add(index)
        left = bucket[key] + delta
        if left:
            bucket[key] = left
            return
        del bucket[key]
        if not bucket:
            del self.buckets[index]

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
            for index in self._between(before, cursor):
                sums.add_all(self.buckets[index])
        else:
            for index in self._between(cursor, before):
                sums.add_all(self.buckets[index], -1)

    def _between(self, first: int, end: int) -> list[int]:
        if end - first > len(self.buckets):
            return [index for index in self.buckets if first <= index < end]
        return [index for index in range(first, end) if index in self.buckets]


def _add(amounts: dict[int, int], slot: int, amount: int) -> None:
    left = amounts.get(slot, 0) + amount
    if left:
        amounts[slot] = left
    else:
        amounts.pop(slot, None)
