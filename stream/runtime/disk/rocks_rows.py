"""Rows on disk: a compacted copy of a partition's changelog in RocksDB, brought up to date at each start."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import msgspec
from mode import get_logger

from stream.runtime.disk.damaged_copies import KEPT, set_aside
from stream.runtime.disk.private_folders import ForeignFolderError, make_private
from stream.runtime.disk.store_failures import RocksUnavailableError, failure_of
from stream.state.marker import decode_marker
from stream.state.rows import MARKER, DamagedRowsError, Row, StoreError

if TYPE_CHECKING:
    from rocksdict import Rdict, WriteOptions

logger = get_logger(__name__)

LONGEST_ABSENCE_SECONDS: Final = 12 * 3_600
"""For how long a copy is good that was not brought up to date: Kafka may forget deletions after a day."""

FLUSH_SECONDS: Final = 600.0
"""After a crash, a copy lacks at most what was written in this time, and that comes from the changelog."""

_META: Final = b"\0position"
_FORMAT: Final = 1
_CHUNK: Final = 1_000
_BUFFER_BYTES: Final = 16 * 1024 * 1024


class RocksMeta(msgspec.Struct, array_like=True, frozen=True):
    """How far a copy goes: the changelog offset, and when it was written (seconds since the epoch)."""

    version: int
    position: int
    written_at: float


class RocksRows:
    """The rows of one partition, in a folder of its own: ``base/name/...``.

    What is written stays in memory until the changelog has it, so that the copy is never ahead of it. RocksDB's own
    log is not written: a copy is then as old as its last flush after a crash, but never has a hole.
    A copy that turns out to be damaged is set aside, at the latest when it is closed, and ``rebuilding`` is called.
    Raises ``RocksUnavailableError`` if the store cannot be used, ``DamagedRowsError`` if one made anew is damaged too.
    """

    def __init__(
        self,
        base: Path,
        *names: str,
        end: int,
        now: Callable[[], float] = time.time,
        rebuilding: Callable[[], None] = lambda: None,
    ) -> None:
        self.position = 0
        self._now = now
        self._rebuilding = rebuilding
        self._ahead: dict[bytes, bytes | None] = {}
        self._damage: DamagedRowsError | None = None
        self._folder = base.joinpath(*names)
        self._base, self._names = base, names
        self._store: Rdict | None = None
        self._without_log = _without_log()
        self._flushed_at = now()
        try:
            self._open_copy(end)
        except DamagedRowsError as error:
            self.set_aside(error.what)
            self._open()

    def get(self, key: bytes) -> bytes | None:
        """The value last written under a key."""
        if key in self._ahead:
            return self._ahead[key]
        try:
            return cast("bytes | None", self._opened.get(key))
        except Exception as error:
            raise self._failed(error) from error

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
        last = kind
        try:
            for key, value in cast("Iterator[tuple[bytes, bytes]]", self._opened.items(from_key=kind)):
                if not key.startswith(kind):
                    break
                last = key
                if key not in ahead:
                    yield key, value
            else:
                self._check_end_at(last)
        except Exception as error:
            raise self._failed(error) from error
        yield from ((key, value) for key, value in ahead.items() if value is not None and key.startswith(kind))

    def keys(self, kind: bytes) -> Iterator[bytes]:
        """The keys of a kind; those that are written meanwhile may be among them or not."""
        ahead = [key for key, value in self._ahead.items() if value is not None and key.startswith(kind)]
        yield from ahead
        seen = set(ahead)
        start = kind
        while True:
            # Not one long iterator, which would keep what it has passed from being removed.
            chunk = self._chunk_of_keys(start)
            for key in chunk:
                if not key.startswith(kind):
                    return
                if key not in seen and self._ahead.get(key, key) is not None:
                    yield key
            if len(chunk) < _CHUNK:
                return
            start = chunk[-1] + b"\0"

    def set_aside(self, reason: str) -> None:
        """Close, and set the folder aside, so that the copy is made anew from the changelog.

        Raises ``RocksUnavailableError`` if the folder cannot be renamed.
        """
        self._damage = None
        self._close()
        self.position = 0
        self._ahead.clear()
        try:
            path = set_aside(self._folder, self._now())
        except OSError as error:
            message = f"{reason}, and {self._folder} cannot be set aside ({error}); remove it and start again"
            raise RocksUnavailableError(message) from error
        self._rebuilding()
        logger.warning(
            "%s; it is set aside as %s, of which the last %d are kept, and rebuilt from the changelog",
            *(reason, path, KEPT),
        )

    def close(self) -> None:
        """Write out what is in memory buffers and close the files."""
        damage = self._damage
        if damage is not None:
            self.set_aside(damage.what)
            return
        try:
            if self._store is not None:
                self._store.flush()
        except Exception as error:  # noqa: BLE001 - the client knows no class of its own
            logger.warning("The next start reads more of the changelog: %s", failure_of(error, self._folder))
        self._close()

    @property
    def _opened(self) -> Rdict:
        if self._store is None:
            message = f"the state in {self._folder} is closed"
            raise RocksUnavailableError(message)
        return self._store

    def _open(self) -> None:
        try:
            make_private(self._base, *self._names)
            self._store = _open(self._folder)
        except ForeignFolderError as error:
            raise RocksUnavailableError(str(error)) from error
        except Exception as error:
            raise failure_of(error, self._folder) from error

    def _open_copy(self, end: int) -> None:
        self._open()
        meta = self._meta()
        if meta is not None and _is_good(meta, end, self._now()):
            self._check_marker(meta.position)
            self.position = meta.position
        elif meta is not None or self._chunk_of_keys(b""):
            logger.info("The state in %s is too old or incomplete; it is rebuilt from the changelog", self._folder)
            self._close()
            shutil.rmtree(self._folder)
            self._open()

    def _meta(self) -> RocksMeta | None:
        value = self.get(_META)
        try:
            return None if value is None else msgspec.msgpack.decode(value, type=RocksMeta)
        except msgspec.MsgspecError as error:
            message = f"the state in {self._folder} is damaged (its position cannot be read: {error})"
            raise DamagedRowsError(message) from error

    def _check_marker(self, position: int) -> None:
        if position:
            value = self.get(MARKER)
            try:
                decode_marker(value or b"")
            except (msgspec.MsgspecError, ValueError, TypeError, LookupError) as error:
                message = f"the state in {self._folder} is damaged (its marker cannot be read: {error})"
                raise DamagedRowsError(message) from error

    def _chunk_of_keys(self, start: bytes) -> list[bytes]:
        try:
            chunk = list(islice(cast("Iterator[bytes]", self._opened.keys(from_key=start)), _CHUNK))
            if len(chunk) < _CHUNK:
                self._check_end_at(chunk[-1] if chunk else start)
        except Exception as error:
            raise self._failed(error) from error
        return chunk

    def _check_end_at(self, last: bytes) -> None:
        # The client's iterators end at a block that cannot be read as if there were nothing more.
        iterator = self._opened.iter()
        try:
            iterator.seek(last)
            while iterator.valid():
                iterator.next()
            iterator.status()
        finally:
            # An error that is looked at later would keep it, and with it the files, open.
            del iterator

    def _put(self, rows: Iterable[Row], position: int | None) -> None:
        from rocksdict import WriteBatch  # noqa: PLC0415 - an extra that only this store needs

        batch = WriteBatch(raw_mode=True)
        for key, value in rows:
            if value is None:
                batch.delete(key)
            else:
                batch.put(key, value)
        now = self._now()
        if position is not None:
            batch.put(_META, msgspec.msgpack.encode(RocksMeta(_FORMAT, position, now)))
        try:
            self._opened.write(batch, self._without_log)
            if now - self._flushed_at > FLUSH_SECONDS:
                self._flushed_at = now
                self._opened.flush(wait=False)
        except Exception as error:
            raise self._failed(error) from error

    def _failed(self, error: Exception) -> StoreError:
        failure = failure_of(error, self._folder)
        if isinstance(failure, DamagedRowsError):
            self._damage = failure
        return failure

    def _close(self) -> None:
        store, self._store = self._store, None
        if store is not None:
            try:
                store.close()
            except Exception as error:  # noqa: BLE001 - the client knows no class of its own
                logger.info("Closing failed: %s", failure_of(error, self._folder))


def _is_good(meta: RocksMeta, end: int, now: float) -> bool:
    return meta.version == _FORMAT and meta.position <= end and now - meta.written_at <= LONGEST_ABSENCE_SECONDS


def _without_log() -> WriteOptions:
    try:
        from rocksdict import WriteOptions  # noqa: PLC0415 - an extra that only this store needs
    except ImportError as error:
        message = 'store = "rocksdb" needs the package rocksdict: pip install "deskpulse[rocksdb]"'
        raise RocksUnavailableError(message) from error
    options = WriteOptions()
    options.disable_wal = True  # type: ignore[method-assign, assignment]  # the stub is wrong
    return options


def _open(folder: Path) -> Rdict:
    from rocksdict import Options, Rdict  # noqa: PLC0415 - an extra that only this store needs

    options = Options(raw_mode=True)
    options.create_if_missing(True)
    options.set_write_buffer_size(_BUFFER_BYTES)
    return Rdict(str(folder), options)
