"""The beginning of a file, and the encoding that it is in."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from stream.feeds.replay.failure import ReplayError
from stream.feeds.replay.log_file import marked_encoding, open_bytes

MOST_BYTES: Final = 8 * 1024 * 1024
"""So much of a file is looked at, unpacked."""

_CONTROLS: Final = bytes(code for code in range(32) if code not in b"\t\n\v\f\r\x1b")
_LOOKED_AT: Final = 64 * 1024
_FEW: Final = 0.01
_MANY: Final = 0.3


@dataclass(frozen=True, slots=True)
class FirstBytes:
    """The first bytes of a file, unpacked; ``whole`` says that there are no more."""

    content: bytes
    whole: bool

    def text(self, encoding: str) -> str:
        """The bytes as text; a character that was cut off at the end is left out, one that is wrong is replaced."""
        if codecs.lookup(encoding).name == "utf-8":
            encoding = "utf-8-sig"
        return codecs.getincrementaldecoder(encoding)("replace").decode(self.content, final=self.whole)


def read_first_bytes(path: Path) -> FirstBytes:
    """Read the beginning of a file, packed or not.

    Raises ``ReplayError`` when it cannot be read, is empty, or begins as no log does.
    """
    with open_bytes(path) as file:
        content = file.read(MOST_BYTES + 1)
    if not content.strip():
        raise ReplayError(f"{path}: the file is empty")
    return FirstBytes(content[:MOST_BYTES], whole=len(content) <= MOST_BYTES)


def encoding_of(first: FirstBytes, path: Path) -> str:
    """The encoding, by its mark, by its zero bytes, or by what can be decoded.

    Raises ``ReplayError`` if it is no text.
    """
    marked = marked_encoding(first.content)
    if marked is not None:
        return marked
    head = first.content[:_LOOKED_AT]
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = len(head) / 2
    if max(even, odd) > _MANY * half and min(even, odd) < _FEW * half:
        return "utf-16-le" if odd > even else "utf-16-be"
    if len(head.translate(None, _CONTROLS)) < (1 - _FEW) * len(head):
        raise ReplayError(f"{path}: this is no text; a log is CSV, TSV, JSON Lines, JSON or XES, also packed by gzip")
    for name in ("utf-8", "cp1252"):
        try:
            codecs.getincrementaldecoder(name)("strict").decode(first.content, final=first.whole)
        except UnicodeDecodeError:
            continue
        return name
    return "latin-1"
