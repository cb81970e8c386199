"""Opening logs, packed or not."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, cast

from stream.feeds.replay.failure import ReplayError
from stream.feeds.replay.foreign_files import check_is_a_log
from stream.feeds.replay.reading_position import open_watched

_GZIP_MAGIC: Final = b"\x1f\x8b"
_HEAD: Final = 512
_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@contextmanager
def open_bytes(path: Path) -> Iterator[IO[bytes]]:
    """Open a file, and unpack it if it is packed by gzip, whatever its name says.

    Raises ``ReplayError`` when it cannot be opened, or read while the context lasts, and when it begins as no
    log does, but a spreadsheet, a database or a packed file of another kind.
    """
    try:
        with open_watched(path) as plain:
            if _head(plain).startswith(_GZIP_MAGIC):
                with gzip.open(plain) as unpacked:
                    check_is_a_log(path, _head(unpacked), packed=True)
                    yield cast("IO[bytes]", unpacked)
            else:
                check_is_a_log(path, _head(plain), packed=False)
                yield plain
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ReplayError(f"{path}: broken gzip: {error}") from error
    except OSError as error:
        raise ReplayError(f"{path}: {error.strerror or error}") from error


def _head(file: io.BufferedReader | gzip.GzipFile) -> bytes:
    return file.peek(_HEAD)[:_HEAD]


def marked_encoding(head: bytes) -> str | None:
    """The encoding whose byte order mark a file begins with, if there is one."""
    return next((name for mark, name in _BYTE_ORDER_MARKS if head.startswith(mark)), None)


@contextmanager
def open_encoded(path: Path, encoding: str) -> Iterator[tuple[IO[bytes], str]]:
    """Open a text file, packed or not, with the name of the codec to decode it with.

    The codec leaves out a byte order mark at the start. Raises ``ReplayError`` as ``open_bytes`` does, and when
    the file begins with the mark of another encoding.
    """
    codec = codecs.lookup(encoding).name
    with open_bytes(path) as binary:
        found = marked_encoding(_head(cast("io.BufferedReader", binary)))
        if found not in {None, "utf-8"} and not codec.startswith(found):
            raise ReplayError(
                f"{path}: it begins with the byte order mark of {found}, so it is not {_plain(encoding)}; "
                f'say encoding = "{found}" in [format] of the mapping'
            )
        yield binary, "utf-8-sig" if codec == "utf-8" else encoding


def not_in_encoding(encoding: str, reason: str, byte: int | None = None) -> str:
    """Why a file is not in the encoding that the mapping says it is in."""
    problem = f"not {_plain(encoding)} ({reason}); the mapping says so in format.encoding"
    if byte is None or _plain(encoding) != "utf-8":
        return problem
    other = bytes([byte]).decode("cp1252", errors="ignore")
    return problem + (f", and in cp1252 the byte would be {other!r}" if other.isprintable() and other else "")


def _plain(encoding: str) -> str:
    return encoding.removesuffix("-sig")
