"""Rows: what a partition's state is made of, in memory or on disk, and what its changelog holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, Protocol

MARKER: Final = b"m"
"""The key of the row that says how far the state has come; the last row of every append."""

ENTITY: Final = b"e"
CHECKPOINT: Final = b"c"
PANE: Final = b"w"
STOCK: Final = b"s"
DAY: Final = b"y"
DEPARTED: Final = b"d"
SINCE: Final = b"l"
OUTBOX: Final = b"o"
BEGINNING: Final = b"b"
GROWTH: Final = b"g"
"""The kinds of rows by the first byte of their keys: an entity, the head of a checkpoint, its panes, its stocks, its
days, by local day what entities contributed that have left, the same of those that came after a checkpoint and left
before the next, what was announced with the last append that had any, the first row of a changelog, without which it
was made anew under somebody who went on appending to it, and how far giving its source topic more partitions has come.
"""

KINDS: Final = frozenset({MARKER, ENTITY, CHECKPOINT, PANE, STOCK, DAY, DEPARTED, SINCE, OUTBOX, BEGINNING, GROWTH})


_PART: Final = "\uffff"
"""A code point that no text may contain, so no subject of any kind is taken for one with a part."""


def part_of(subject: str, number: int) -> str:
    """What stands for a part of an entity that is kept in several rows, where that of others has the subject alone."""
    return f"{subject}{_PART}{number}"


def subject_in(key: bytes) -> bytes:
    """The subject in the key of an entity's row, or of a part of one; by it publishers choose the partition."""
    name = key[len(ENTITY) :]
    return name.rpartition(_PART.encode())[0] or name


class StoreError(Exception):
    """Rows can be read or written no more; the message says why and what to do."""


class DamagedRowsError(StoreError):
    """``what`` a store holds is not what was written to it."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}; start again: it is rebuilt from the changelog (if that fails too, see the disk)")
        self.what = what


class Row(NamedTuple):
    """A row of the state table. ``value`` is ``None`` for a row that is to be deleted."""

    key: bytes
    value: bytes | None


class RowStore(Protocol):
    """The last row of every key. ``position`` is the changelog offset up to which it survives a restart.

    Whatever reads or writes raises ``StoreError`` where the store has failed.
    """

    position: int

    def get(self, key: bytes) -> bytes | None:
        """The value last written under a key."""

    def write(self, rows: Iterable[Row]) -> None:
        """Take rows over; `get` and `scan` see them at once."""

    def restore(self, rows: Iterable[Row]) -> None:
        """As `write`, with rows that come from the changelog."""

    def settle(self, rows: Iterable[Row], position: int) -> None:
        """Rows that were written are in the changelog, which ends at ``position`` after them."""

    def scan(self, kind: bytes) -> Iterator[tuple[bytes, bytes]]:
        """All rows whose keys begin with ``kind``; nothing may be written meanwhile."""

    def keys(self, kind: bytes) -> Iterator[bytes]:
        """The keys of a kind as they are now; rows may be written meanwhile."""

    def set_aside(self, reason: str) -> None:
        """What survived the restart is wrong, for this ``reason``: close, and let the next store begin empty."""

    def close(self) -> None:
        """Nothing is read or written any more."""


class MemoryRows:
    """Rows in memory; after a restart they come from the changelog."""

    def __init__(self) -> None:
        self.position = 0
        self._kinds: dict[bytes, dict[bytes, bytes]] = {kind: {} for kind in KINDS}

    def get(self, key: bytes) -> bytes | None:
        """The value last written under a key."""
        return self._kinds[key[:1]].get(key)

    def write(self, rows: Iterable[Row]) -> None:
        """Take rows over."""
        kinds = self._kinds
        for key, value in rows:
            if value is None:
                kinds[key[:1]].pop(key, None)
            else:
                kinds[key[:1]][key] = value

    restore = write

    def settle(self, rows: Iterable[Row], position: int) -> None:
        """Nothing survives a restart, so there is nothing to note."""

    def scan(self, kind: bytes) -> Iterator[tuple[bytes, bytes]]:
        """All rows of a kind."""
        return iter(self._kinds[kind].items())

    def keys(self, kind: bytes) -> Iterator[bytes]:
        """The keys of a kind as they are now."""
        return iter(list(self._kinds[kind]))

    def set_aside(self, reason: str) -> None:  # noqa: ARG002 - nothing of these rows survives a restart
        """Forget all rows."""
        self.close()

    def close(self) -> None:
        """Forget all rows."""
        for rows in self._kinds.values():
            rows.clear()
