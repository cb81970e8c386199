"""The lines of a text file, in batches that can be gone back over."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from bisect import bisect_left
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, Final

from stream.feeds.replay.failure import ReplayError
from stream.feeds.replay.log_file import check_byte_order_mark, not_in_encoding, open_bytes

LONGEST_LINE: Final = 16 * 1024 * 1024
"""How many characters of a line are kept; a longer one is none to read."""

_CHUNK: Final = 64 * 1024
_FIRST_PIECE: Final = 8
_NUL: Final = "\0"
_HOLDS_NUL: Final = "it holds NUL: the file is damaged, or in an encoding other than format.encoding, such as utf-16"


@dataclass(frozen=True, slots=True)
class _Batch:
    """Some lines, each with its end, from line ``first`` on; ``unusable`` says what is wrong with some, in order."""

    first: int
    lines: list[str]
    end: int
    unusable: dict[int, str]
    _unusable_lines: list[int]

    @classmethod
    def of(cls, first: int, lines: list[str], unusable: dict[int, str]) -> _Batch:
        return cls(first, lines, first + len(lines), unusable, list(unusable))

    def next_unusable(self, number: int) -> int:
        """The first unusable line from one on, or the end of the batch."""
        place = bisect_left(self._unusable_lines, number)
        return self._unusable_lines[place] if place < len(self._unusable_lines) else self.end


class TextLines:
    """The lines of a file, counted from 1. Line feeds, carriage returns and pairs of both end them.

    ``start`` is the line from which on lines can still be asked for; whoever reads moves it. ``total`` is how
    many were read. ``reach`` is how many lines past ``start`` may be asked for at once.
    """

    def __init__(self, path: Path, encoding: str, binary: IO[bytes], reach: int) -> None:
        self.start = 1
        self.total = 0
        self._path = path
        self._encoding = encoding
        self._reach = reach
        self._kept: deque[_Batch] = deque()
        self._batches = self._read(binary)

    def from_line(self, number: int) -> Iterator[str]:
        """The lines from one on: up to the end of the file, a line that is unusable, or past the reach.

        Raises ``ReplayError`` when the file cannot be read on.
        """
        return chain.from_iterable(self._from(number))

    def unusable(self, number: int) -> str | None:
        """What is wrong with a line that cannot be used, if anything is."""
        batch = self._batch_with(number)
        return batch.unusable.get(number) if batch else None

    def has(self, number: int) -> bool:
        """Whether the file has so many lines."""
        return self._batch_with(number) is not None

    def _from(self, number: int) -> Iterator[list[str]]:
        # Whoever goes back over lines may do so again after the first of them, so that few are handed out at once.
        size = _FIRST_PIECE
        while number - self.start <= self._reach and (batch := self._batch_with(number)) is not None:
            end = min(batch.next_unusable(number), number + size)
            yield batch.lines[number - batch.first : end - batch.first]
            if end in batch.unusable:
                return
            number = end
            size *= 2

    def _batch_with(self, number: int) -> _Batch | None:
        for batch in reversed(self._kept):
            if batch.first <= number < batch.end:
                return batch
        for batch in self._batches:
            while self._kept and self._kept[0].end <= self.start:
                self._kept.popleft()
            self._kept.append(batch)
            if number < batch.end:
                return batch
        return None

    def _read(self, binary: IO[bytes]) -> Iterator[_Batch]:
        chunks = self._decoded(binary)
        pieces: list[str] = []
        size = 0
        held = ""
        while True:
            failure: ReplayError | None = None
            try:
                chunk = next(chunks, None)
            except _EndsEarly as end:
                # A line break that is whole ends its line, so the failure is one of the next line.
                chunk, failure = "", end.failure(self.total + 1 + bool(held))
            last = chunk is None
            text = held + (chunk or "")
            # Only the next character says whether a carriage return is a line break of its own.
            held = "\r" if text.endswith("\r") and not last and failure is None else ""
            text = text.removesuffix(held) if held else text
            cut = max(text.rfind("\n"), text.rfind("\r")) + 1
            if last:
                cut = len(text)
            if cut or (last and pieces):
                pieces.append(text[:cut])
                yield from self._batch("".join(pieces), too_long=size > LONGEST_LINE)
                pieces, size = [], 0
            if failure is not None:
                raise failure
            if last:
                return
            size += len(text) - cut
            if size <= LONGEST_LINE and cut < len(text):
                pieces.append(text[cut:])

    def _batch(self, text: str, *, too_long: bool) -> Iterator[_Batch]:
        lines = io.StringIO(text, newline="").readlines()
        if not lines:
            return
        first = self.total + 1
        unusable = {}
        if too_long:
            unusable[first] = f"it is longer than {LONGEST_LINE} characters"
        if _NUL in text:
            for number, line in enumerate(lines, first):
                if _NUL in line:
                    unusable.setdefault(number, _HOLDS_NUL)
        self.total += len(lines)
        yield _Batch.of(first, lines, unusable)

    def _decoded(self, binary: IO[bytes]) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder(self._encoding)()
        fed = 0
        while True:
            try:
                chunk = binary.read(_CHUNK)
            except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                raise _EndsEarly(self._path, f"broken gzip: {error}") from error
            fed += len(chunk)
            try:
                yield decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                bad = error.object[error.start]
                offset = fed - len(error.object) + error.start
                yield _before(decoder, chunk, len(error.object) - error.start)
                problem = f"byte 0x{bad:02x} at offset {offset}: {not_in_encoding(self._encoding, error.reason, bad)}"
                raise _EndsEarly(self._path, problem) from error
            except UnicodeError as error:
                raise _EndsEarly(self._path, not_in_encoding(self._encoding, str(error))) from error
            if not chunk:
                return


class _EndsEarly(Exception):  # noqa: N818 - it is how a failure gets to where its line is known
    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(problem)
        self._path = path
        self._problem = problem

    def failure(self, line: int) -> ReplayError:
        return ReplayError(f"{self._path}: line {line}: {self._problem}")


def _before(decoder: codecs.IncrementalDecoder, chunk: bytes, bad: int) -> str:
    """What a chunk holds before its last ``bad`` bytes, of which the first cannot be decoded."""
    try:
        return decoder.decode(chunk[: max(0, len(chunk) - bad)])
    except UnicodeError:
        return ""


@contextmanager
def open_lines(path: Path, encoding: str, *, reach: int = 1) -> Iterator[TextLines]:
    """Open the lines of a text file, packed or not; a byte order mark at its start is no part of it.

    Raises ``ReplayError`` as ``open_bytes`` does, and when the file is in another encoding; it names the line.
    """
    if codecs.lookup(encoding).name == "utf-8":
        encoding = "utf-8-sig"
    with open_bytes(path) as binary:
        check_byte_order_mark(path, encoding, binary)
        yield TextLines(path, encoding, binary, reach)
