"""Rows on disk: a compacted copy of a partition's changelog in RocksDB, brought up to date at each start."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import msgspec

from stream.desk.rows import Row

if TYPE_CHECKING:
    from rocksdict import Rdict

LONGEST_ABSENCE_SECONDS: Final = 12 * 3_600
"""For how long a copy is good that was not brought up to date: Kafka may forget deletions after a day."""

_META: Final = b"\0position"
_FORMAT: Final = 1
_CHUNK: Final = 1_000


class RocksUnavailableError(Exception):
    """The store cannot be opened; the message says why and what to do."""


class RocksMeta(msgspec.Struct, array_like=True, frozen=True):
    """How far a copy goes: the changelog offset, and when it was written (seconds since the epoch)."""

    version: int
    position: int
    written_at: float


class RocksRows:
    """The rows of one partition, in a folder of its own.

    What is written stays in memory until the changelog has it, so that the copy is never ahead of it.
    """

    def __init__(self, folder: Path, end: int, now: Callable[[], float] = time.time) -> None:
        self.position = 0
        self._now = now
        self._ahead: dict[bytes, bytes | None] = {}
        self._store = _opened(folder)
        meta = self._meta()
        if meta is not None and _is_good(meta, end, now()):
            self.position = meta.position
        elif meta is not None or next(iter(self._store.keys()), None) is not None:
            self._store.close()
            shutil.rmtree(folder)
            self._store = _opened(folder)

    def get(self, key: bytes) -> bytes | None:
        """The value last written under a key."""
        if key in self._ahead:
            return self._ahead[key]
        return cast("bytes | None", self._store.get(key))

    def write(self, rows: Iterable[Row]) -> None:
        """Take rows over; they reach the disk with `settle`."""
        self._ahead.update(rows)

    def restore(self, rows: Iterable[Row]) -> None:
        """Write rows that the changelog has already."""
        self._put(rows, None)

    def settle(self, rows: Iterable[Row], position: int) -> None:
        """Write rows to the disk, together with the position of the changelog after them."""
        settled = list(rows)
        self._put(settled, position)
        self.position = position
        ahead = self._ahead
        for key, value in settled:
            if key in ahead and ahead[key] is value:
                del ahead[key]

    def scan(self, kind: bytes) -> Iterator[tuple[bytes, bytes]]:
        """All rows of a kind."""
        ahead = self._ahead
        for key, value in self._items(kind):
            if not key.startswith(kind):
                break
            if key not in ahead:
                yield key, value
        yield from ((key, value) for key, value in ahead.items() if value is not None and key.startswith(kind))

    def keys(self, kind: bytes) -> Iterator[bytes]:
        """The keys of a kind; those that are written meanwhile may be among them or not."""
        ahead = [key for key, value in self._ahead.items() if value is not None and key.startswith(kind)]
        yield from ahead
        seen = set(ahead)
        start = kind
        while True:
            # Not one long iterator, which would keep what it has passed from being removed.
            chunk = list(islice(cast("Iterator[bytes]", self._store.keys(from_key=start)), _CHUNK))
            for key in chunk:
                if not key.startswith(kind):
                    return
                if key not in seen and self._ahead.get(key, key) is not None:
                    yield key
            if len(chunk) < _CHUNK:
                return
            start = chunk[-1] + b"\0"

    def close(self) -> None:
        """Write out what is in memory buffers and close the files."""
        self._store.close()

    def _items(self, start: bytes) -> Iterator[tuple[bytes, bytes]]:
        return cast("Iterator[tuple[bytes, bytes]]", self._store.items(from_key=start))

    def _meta(self) -> RocksMeta | None:
        value = cast("bytes | None", self._store.get(_META))
        return None if value is None else msgspec.msgpack.decode(value, type=RocksMeta)

    def _put(self, rows: Iterable[Row], position: int | None) -> None:
        from rocksdict import WriteBatch  # noqa: PLC0415 - an extra that only this store needs

        batch = WriteBatch(raw_mode=True)
        for key, value in rows:
            if value is None:
                batch.delete(key)
            else:
                batch.put(key, value)
        if position is not None:
            batch.put(_META, msgspec.msgpack.encode(RocksMeta(_FORMAT, position, self._now())))
        self._store.write(batch)


def _is_good(meta: RocksMeta, end: int, now: float) -> bool:
    return meta.version == _FORMAT and meta.position <= end and now - meta.written_at <= LONGEST_ABSENCE_SECONDS


def _opened(folder: Path) -> Rdict:
    try:
        from rocksdict import Options, Rdict  # noqa: PLC0415 - an extra that only this store needs
    except ImportError as error:
        message = 'store = "rocksdb" needs the package rocksdict: pip install "deskpulse[rocksdb]"'
        raise RocksUnavailableError(message) from error
    options = Options(raw_mode=True)
    options.create_if_missing(True)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        return Rdict(str(folder), options)
    except Exception as error:
        message = f"the store {folder} cannot be opened: {error}; is another worker using it? set data_dir"
        raise RocksUnavailableError(message) from error
