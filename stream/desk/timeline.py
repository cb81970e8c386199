"""Timelines: what happened to a ticket, as a sorted run of packed entries.

An entry is 22 bytes, and entries compare as bytes in the order in which they count:

* ``time``, 8 bytes: microseconds since the epoch, big-endian;
* ``rank``, 1 byte: what comes first among entries of the same time (a comment before a status);
* ``tie``, 8 bytes: a hash of the event's source and id, which also tells a repeat;
* ``flags``, 1 byte: actor, visibility and status;
* ``reference``, 4 bytes: a hash of the author or assignee, zero for none.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from struct import Struct
from typing import Final, NamedTuple
from zlib import crc32

from xxhash import xxh3_64_digest

_ENTRY: Final = Struct(">QB8sBI")
ENTRY_SIZE: Final = _ENTRY.size
_STAMP_SIZE: Final = 17
_TIME_SIZE: Final = 8

pack_entry = _ENTRY.pack
unpack_entries = _ENTRY.iter_unpack


class Rank(IntEnum):
    """The kinds of entries, in the order in which they count at equal times."""

    OPENED = 0
    UPDATED = 1
    CUSTOMER_REPLIED = 2
    HANDED_OFF = 3
    OTHERS_REPLIED = 4
    ESCALATED = 5
    IN_PROGRESS = 6
    SOLVED = 7
    CLOSED = 8
    ABANDONED = 9
    MERGED = 10


NO_ACTOR: Final = 0
CUSTOMER: Final = 1
AGENT: Final = 2
ACTORS: Final = {None: NO_ACTOR, "customer": CUSTOMER, "agent": AGENT, "bot": 3, "automation": 4}
ACTOR_MASK: Final = 0b0000_0111

INTERNAL: Final = 0b0000_1000
VISIBILITIES: Final = {"public": 0, "internal": INTERNAL}

NEW: Final = 1
OPEN: Final = 2
PENDING: Final = 3
HOLD: Final = 4
STATUSES: Final = {"new": NEW, "open": OPEN, "pending": PENDING, "hold": HOLD}
STATUS_SHIFT: Final = 4


_RANK_PLACE: Final = 8
_MERGED: Final = int(Rank.MERGED)


class Entry(NamedTuple):
    """One unpacked entry."""

    time: int
    rank: int
    tie: bytes
    flags: int
    reference: int


def tie_of(source: str, identifier: str) -> bytes:
    """The hash of an event's idempotency key."""
    return xxh3_64_digest(f"{source}\0{identifier}".encode())


def reference_of(identifier: str | None) -> int:
    """A non-zero number for an agent's id, zero for none."""
    return 0 if identifier is None else crc32(identifier.encode()) or 1


def stamp_of(entry: bytes) -> bytes:
    """The part of an entry that orders it."""
    return entry[:_STAMP_SIZE]


def entries_of(timeline: bytes) -> Iterator[Entry]:
    """The entries of a timeline in order."""
    return map(Entry._make, unpack_entries(timeline))


def time_of(entry: bytes) -> int:
    """When an entry happened, in microseconds since the epoch."""
    return int.from_bytes(entry[:_TIME_SIZE], "big")


def is_merged(timeline: bytes) -> bool:
    """Whether the ticket went up in another one, at whatever time."""
    return _MERGED in timeline[_RANK_PLACE::ENTRY_SIZE]


def inserted(timeline: bytes, entry: bytes) -> bytes:
    """The timeline with ``entry`` at its place."""
    low, high = 0, len(timeline) // ENTRY_SIZE
    while low < high:
        middle = (low + high) // 2
        if timeline[middle * ENTRY_SIZE : (middle + 1) * ENTRY_SIZE] < entry:
            low = middle + 1
        else:
            high = middle
    place = low * ENTRY_SIZE
    return timeline[:place] + entry + timeline[place:]
