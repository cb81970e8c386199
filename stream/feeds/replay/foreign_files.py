"""Files that are no logs, told by how they begin."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Final

from stream.feeds.replay.failure import ReplayError

_MAGIC: Final = (
    (b"\xfd7zXZ\x00", "packed by xz", "unpack it first, or pack it by gzip instead"),
    (b"\x28\xb5\x2f\xfd", "packed by zstd", "unpack it first, or pack it by gzip instead"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it first"),
    (b"PAR1\x15", "a Parquet file", "export it as CSV or JSON Lines"),
    (b"SQLite format 3\x00", "an SQLite database", "export the table as CSV"),
    (b"%PDF-", "a PDF", "export the log as CSV"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook or another Office file", "save it as CSV"),
)
_ZIP: Final = b"PK\x03\x04"
_BZIP2: Final = (b"BZh", b"1AY&SY")
_TAR: Final = slice(257, 262)
_NAMES_SHOWN: Final = 5


def check_is_a_log(path: Path, head: bytes, *, packed: bool) -> None:
    """Raise ``ReplayError`` when a file begins as one of another kind; it says which, and the way out.

    ``packed`` says that the head is what gzip had packed.
    """
    if head.startswith(_ZIP):
        kind, way_out = _zip(None if packed else path)
    elif head.startswith(_BZIP2[0]) and head[4:].startswith(_BZIP2[1]):
        kind, way_out = "packed by bzip2", "unpack it first, or pack it by gzip instead"
    elif head[_TAR] == b"ustar":
        kind, way_out = "a tar archive", "unpack it first"
    else:
        kind, way_out = next(((kind, way_out) for magic, kind, way_out in _MAGIC if head.startswith(magic)), ("", ""))
    if kind:
        raise ReplayError(f"{path}: {'within gzip it is' if packed else 'it is'} {kind}, no log; {way_out}")


def _zip(path: Path | None) -> tuple[str, str]:
    names: list[str] = []
    if path is not None:
        try:
            with zipfile.ZipFile(path) as archive:
                names = [name for name in archive.namelist() if not name.endswith("/")]
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            names = []
    if any(name.startswith("xl/") for name in names):
        return "an Excel workbook", "save it as CSV"
    if "content.xml" in names:
        return "an OpenDocument file", "save it as CSV"
    shown = ", ".join(map(repr, names[:_NAMES_SHOWN])) + (" and more" if len(names) > _NAMES_SHOWN else "")
    return "a zip archive", f"unpack it first: it holds {shown}" if names else "unpack it first"
