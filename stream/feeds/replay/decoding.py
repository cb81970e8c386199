"""From the bytes of a log to its text."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from typing import IO, Final

from stream.feeds.replay.log_file import not_in_encoding

_CHUNK: Final = 64 * 1024


class EndsEarlyError(Exception):
    """The text cannot be read on from where it has been read to; the message says why."""


def decoded(binary: IO[bytes], encoding: str) -> Iterator[str]:
    """Yield a file's text in chunks, of which some may be empty.

    Raises ``EndsEarlyError`` at a byte that is not in the encoding, and where packed data are broken, once all
    before it has been yielded.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    fed = 0
    while True:
        try:
            chunk = binary.read(_CHUNK)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise EndsEarlyError(f"broken gzip: {error}") from error
        fed += len(chunk)
        try:
            yield decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            bad = error.object[error.start]
            offset = fed - len(error.object) + error.start
            yield _before(decoder, chunk, len(error.object) - error.start)
            reason = not_in_encoding(encoding, error.reason, bad)
            raise EndsEarlyError(f"byte 0x{bad:02x} at offset {offset}: {reason}") from error
        except UnicodeError as error:
            raise EndsEarlyError(not_in_encoding(encoding, str(error))) from error
        if not chunk:
            return


def _before(decoder: codecs.IncrementalDecoder, chunk: bytes, bad: int) -> str:
    """What a chunk holds before its last ``bad`` bytes, of which the first cannot be decoded."""
    try:
        return decoder.decode(chunk[: max(0, len(chunk) - bad)])
    except UnicodeError:
        return ""
