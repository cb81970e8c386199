"""What an agent did in one hour.

The timeline of an agent never ends, so it is kept in parts: one for each hour of the UTC clock in which anything was
told. A part has all that its numbers depend on, and knows of the next one only when it begins.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from enum import IntEnum
from typing import Final, NamedTuple


class AgentState(IntEnum):
    """What an agent may be doing, in the order in which it is taken at equal times: the last one holds."""

    AVAILABLE = 0
    BUSY = 1
    WRAP_UP = 2
    AWAY = 3
    OFFLINE = 4


ON_QUEUE: Final = frozenset({AgentState.AVAILABLE, AgentState.BUSY, AgentState.WRAP_UP})
OCCUPIED: Final = frozenset({AgentState.BUSY, AgentState.WRAP_UP})


class Post(NamedTuple):
    """Where an agent works; ``queues`` are those served, each once and in order."""

    team: str | None = None
    channel: str | None = None
    queues: tuple[str, ...] = ()


class Entry(NamedTuple):
    """What was told of an agent at a time (microseconds); entries are in order as they compare.

    ``sequence`` is empty for none, which comes first; ``tie`` is the hash of the event's id.
    """

    at: int
    sequence: str
    state: AgentState
    tie: bytes
    post: Post


class Stay(NamedTuple):
    """A state that an agent was in at a post, from ``begin`` up to ``end`` (microseconds)."""

    state: AgentState
    post: Post
    begin: int
    end: int


class AgentHour(NamedTuple):
    """The entries of an hour, in order, and the time of the first one after it; ``until`` is ``None`` for none."""

    entries: tuple[Entry, ...] = ()
    until: int | None = None

    def with_entry(self, entry: Entry) -> AgentHour | None:
        """The same with one entry more, ``None`` if it is there already."""
        entries = self.entries
        if any(known.tie == entry.tie for known in entries):
            return None
        index = bisect_left(entries, entry)
        return self._replace(entries=(*entries[:index], entry, *entries[index:]))

    def stays(self, silence: int) -> Iterator[Stay]:
        """The states that began here, but for `OFFLINE`; each ends with the next entry, or after a ``silence``."""
        last = len(self.entries) - 1
        for place, entry in enumerate(self.entries):
            next_at = self.until if place == last else self.entries[place + 1].at
            end = entry.at + silence if next_at is None else min(next_at, entry.at + silence)
            if end > entry.at and entry.state is not AgentState.OFFLINE:
                yield Stay(entry.state, entry.post, entry.at, end)


UNKNOWN: Final = AgentHour()
"""An hour of which nothing is known."""
