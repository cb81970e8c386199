"""Telling whoever waits how far a log was read."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

Tell = Callable[[int], None]

_tell: ContextVar[Tell | None] = ContextVar("tell", default=None)


@contextmanager
def watched(tell: Tell) -> Iterator[None]:
    """While this lasts, ``tell`` is given the position in each log that is read, in bytes as it lies on disk."""
    token = _tell.set(tell)
    try:
        yield
    finally:
        _tell.reset(token)


def open_watched(path: Path) -> io.BufferedReader:
    """Open a file for reading, under the eyes of whoever watches; raises ``OSError``."""
    tell = _tell.get()
    return path.open("rb") if tell is None else io.BufferedReader(_WatchedFile(path, tell))


class _WatchedFile(io.FileIO):
    def __init__(self, path: Path, tell: Tell) -> None:
        super().__init__(path)
        self._report = tell

    def readinto(self, buffer: bytearray | memoryview, /) -> int | None:  # type: ignore[override]
        count = super().readinto(buffer)
        self._report(self.tell())
        return count
