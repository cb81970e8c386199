"""Steps, in buckets of time and as sums.

A step is ``(slot, at, delta)``: from the moment ``at`` (microseconds) on there is ``delta`` more. A retraction is the
same step with ``delta`` negated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from stream.windows.moments import MINUTE

Step = tuple[int, int, int]
"""A slot, when it begins (microseconds), and how much more there is from then on."""

BUCKET: Final = MINUTE
"""The length of a bucket, in microseconds."""

SPARE_BUCKETS: Final = 2
"""How many buckets are kept before all that is asked for: so far the time may go back and nothing is missing."""

Bucket = defaultdict[tuple[int, int], int]
"""What begins in a bucket of time: the sum of ``delta`` by slot and moment."""


class Buckets(dict[int, Bucket]):
    """Buckets by number; ``changed`` are those that were added to since it was cleared."""

    __slots__ = ("changed",)

    def __init__(self, buckets: Mapping[int, Bucket] | None = None) -> None:
        super().__init__(buckets or {})
        self.changed: set[int] = set()

    def keep(self, index: int, key: tuple[int, int], delta: int) -> None:
        """Keep the step of a slot and a moment in its bucket."""
        bucket = self.get(index)
        if bucket is None:
            bucket = self[index] = defaultdict(int)
        self.changed.add(index)
        left = bucket[key] + delta
        if left:
            bucket[key] = left
            return
        del bucket[key]
        if not bucket:
            del self[index]

    def between(self, first: int, end: int) -> list[int]:
        """The numbers of those there are from ``first`` on, up to and without ``end``."""
        if end - first > len(self):
            return [index for index in self if first <= index < end]
        return [index for index in range(first, end) if index in self]


class Sums:
    """The sums over all steps of some past, by slot: of ``delta``, and of ``delta * at``; zeros are left out."""

    __slots__ = ("levels", "moments")

    def __init__(self, levels: dict[int, int] | None = None) -> None:
        self.levels: dict[int, int] = {} if levels is None else levels
        self.moments: dict[int, int] = {}

    def copy(self) -> Sums:
        """The same sums, to be changed by themselves."""
        copied = Sums()
        copied.levels, copied.moments = self.levels.copy(), self.moments.copy()
        return copied

    def add(self, slot: int, at: int, delta: int) -> None:
        """Add a step."""
        add(self.levels, slot, delta)
        add(self.moments, slot, delta * at)

    def add_all(self, bucket: Mapping[tuple[int, int], int], sign: int = 1, until: int | None = None) -> None:
        """Add the steps of a bucket, but for those after ``until``; with ``sign`` -1, take them away."""
        for (slot, at), delta in bucket.items():
            if until is None or at <= until:
                self.add(slot, at, sign * delta)

    def add_sums(self, other: Sums) -> None:
        """Add other sums."""
        for slot, level in other.levels.items():
            add(self.levels, slot, level)
        for slot, moments in other.moments.items():
            add(self.moments, slot, moments)

    def since_ever(self, slot: int, now: int) -> int:
        """What the levels add up to until ``now``: level times microseconds."""
        return now * self.levels.get(slot, 0) - self.moments.get(slot, 0)


def add(amounts: dict[int, int], slot: int, amount: int) -> None:
    """Add an amount to that of a slot, which is left out if it is zero then."""
    left = amounts.get(slot, 0) + amount
    if left:
        amounts[slot] = left
    else:
        amounts.pop(slot, None)
