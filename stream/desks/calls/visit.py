"""A visit of a queue: its timeline."""

from __future__ import annotations

from bisect import bisect_left
from enum import IntEnum
from typing import Final, NamedTuple


class Happening(IntEnum):
    """What may happen to a visit, in the order in which it is taken at equal times."""

    QUEUED = 0
    BLOCKED = 1
    ANSWERED = 2
    ABANDONED = 3
    CALLBACK_REQUESTED = 4
    EVICTED = 5
    HELD = 6
    RESUMED = 7
    TRANSFERRED = 8
    ENDED = 9
    WRAPPED_UP = 10


class Place(NamedTuple):
    """Which queue somebody came to, and how; what the metrics of calls are told apart by."""

    queue: str | None = None
    channel: str | None = None
    team: str | None = None


class Entry(NamedTuple):
    """What happened at a time (microseconds); entries are in order as they compare.

    ``sequence`` is empty for none, which comes first; ``tie`` is the hash of the event's id.
    """

    at: int
    sequence: str
    happening: Happening
    tie: bytes
    place: Place | None = None


class Visit(NamedTuple):
    """The timeline of a visit, in order."""

    entries: tuple[Entry, ...] = ()

    def first(self, *happenings: Happening) -> Entry | None:
        """The first entry of any of these, ``None`` if there is none."""
        return next((entry for entry in self.entries if entry.happening in happenings), None)

    def with_entry(self, entry: Entry) -> Visit | None:
        """The visit with one entry more, ``None`` if it has that already."""
        entries = self.entries
        if any(known.tie == entry.tie for known in entries):
            return None
        index = bisect_left(entries, entry)
        return Visit((*entries[:index], entry, *entries[index:]))


UNKNOWN: Final = Visit()
"""A visit of which nothing is known."""
