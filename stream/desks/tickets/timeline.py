"""Timelines: what happened to a ticket, as a sorted run of packed entries.

An entry is 22 bytes. Where no event has a sequence, entries compare as bytes in the order in which they count:

* ``time``, 8 bytes: microseconds since the epoch, big-endian;
* ``rank``, 1 byte: what comes first among entries of the same time (a comment before a status);
* ``tie``, 8 bytes: a hash of the event's source and id, which also tells a repeat;
* ``flags``, 1 byte: actor, visibility and status;
* ``reference``, 4 bytes: a hash of the author or assignee, zero for none.

An event's sequence is kept beside the timeline, by its tie. It orders entries of the same time before their rank
does; one without a sequence comes before those that have one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from enum import IntEnum
from struct import Struct
from typing import Any, Final, NamedTuple
from zlib import crc32

_ENTRY: Final = Struct(">QB8sBI")
ENTRY_SIZE: Final = _ENTRY.size
_STAMP_SIZE: Final = 17
_TIME_SIZE: Final = 8
_TIE_PLACE: Final = 9

pack_entry = _ENTRY.pack
unpack_entry = _ENTRY.unpack_from
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
    DELETED = 11
    RESTORED = 12


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
_DELETED: Final = int(Rank.DELETED)
_RESTORED: Final = int(Rank.RESTORED)

Sequences = Mapping[bytes, str]
"""The sequences of a timeline's entries, by tie; without those that have none."""

NO_SEQUENCES: Final[Sequences] = {}


class Entry(NamedTuple):
    """One unpacked entry."""

    time: int
    rank: int
    tie: bytes
    flags: int
    reference: int


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


def void_from(timeline: bytes) -> int | None:
    """The place of the entry from which on the ticket counts nowhere, if there is one.

    It is merged into another one, or deleted and not restored since, at whatever time.
    """
    ranks = timeline[_RANK_PLACE::ENTRY_SIZE]
    merged = ranks.find(_MERGED)
    deleted = ranks.find(_DELETED, ranks.rfind(_RESTORED) + 1)
    if merged < 0 or deleted < 0:
        place = max(merged, deleted)
        return None if place < 0 else place
    return min(merged, deleted)


def position_in(sequences: Sequences) -> Callable[[bytes], Any]:
    """What makes of a timeline's entry or stamp something that compares with that of others as they are ordered."""
    if not sequences:
        return bytes
    sequence_of = sequences.get

    def position(entry: bytes) -> tuple[bytes, str, bytes]:
        return entry[:_TIME_SIZE], sequence_of(entry[_TIE_PLACE:_STAMP_SIZE], ""), entry[_TIME_SIZE:]

    return position


def comes_last(timeline: bytes, entry: bytes, sequences: Sequences) -> bool:
    """Whether ``entry`` comes after every entry of a timeline."""
    last = timeline[-ENTRY_SIZE:]
    if not sequences or entry[:_TIME_SIZE] != last[:_TIME_SIZE]:
        return entry > last
    position = position_in(sequences)
    return bool(position(entry) > position(last))


def inserted(timeline: bytes, entry: bytes, sequences: Sequences = NO_SEQUENCES) -> bytes:
    """The timeline with ``entry`` at its place; ``sequences`` has that of the entry already, if it has one."""
    position = position_in(sequences)
    places = range(0, len(timeline), ENTRY_SIZE)
    index = bisect_left(places, position(entry), key=lambda place: position(timeline[place : place + ENTRY_SIZE]))
    place = index * ENTRY_SIZE
    return timeline[:place] + entry + timeline[place:]
