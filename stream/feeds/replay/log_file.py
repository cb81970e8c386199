"""Opening logs, packed or not."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, TextIO, cast

from stream.feeds.replay.failure import ReplayError
from stream.feeds.replay.reading_position import open_watched

_GZIP_MAGIC: Final = b"\x1f\x8b"


@contextmanager
def open_bytes(path: Path) -> Iterator[IO[bytes]]:
    """Open a file, and unpack it if it is packed by gzip, whatever its name says.

    Raises ``ReplayError`` when it cannot be opened, or read while the context lasts.
    """
    try:
        with open_watched(path) as plain:
            packed = plain.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
            plain.seek(0)
            if packed:
                with gzip.open(plain) as unpacked:
                    yield cast("IO[bytes]", unpacked)
            else:
                yield plain
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ReplayError(f"{path}: broken gzip: {error}") from error
    except OSError as error:
        raise ReplayError(f"{path}: {error.strerror or error}") from error


@contextmanager
def open_text(path: Path, encoding: str) -> Iterator[TextIO]:
    """Open a text file, packed or not; a byte order mark at its start is no part of it.

    Raises ``ReplayError`` as ``open_bytes`` does, and when the file is not in that encoding.
    """
    if codecs.lookup(encoding).name == "utf-8":
        encoding = "utf-8-sig"
    with open_bytes(path) as binary, io.TextIOWrapper(binary, encoding, newline="") as text:
        try:
            yield text
        except UnicodeError as error:
            reason = error.reason if isinstance(error, UnicodeDecodeError) else str(error)
            raise ReplayError(
                f"{path}: not {encoding.removesuffix('-sig')} ({reason}); the mapping says so in format.encoding"
            ) from error
