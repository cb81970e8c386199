"""What an error of the store on disk means: damage, or a circumstance that somebody has to mend."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Final

from stream.state.rows import DamagedRowsError, StoreError


class RocksUnavailableError(StoreError):
    """The store cannot be used, though nothing says that it is damaged; the message says why and what to do."""


_LOCKED: Final = (
    "is in use by another process; give each worker a kafka.instance_id, a web.port or a data_dir of its own"
)
_FORBIDDEN: Final = "may not be read and written by this user; run the worker as the folder's owner, or set data_dir"
_READ_ONLY: Final = "is on a file system that is read-only; set data_dir to one that can be written to"
_NO_FOLDER: Final = "is not a folder; remove what is there, or set data_dir"
_FULL: Final = "is on a disk that is full; free some of it, or set data_dir to another one"
_TOO_MANY_FILES: Final = "needs more open files than this process may have; raise the limit (ulimit -n)"

# RocksDB passes on the words of the system for an error, but not its number.
_CIRCUMSTANCES: Final = (
    ("lock hold by current process", _LOCKED),
    ("While lock file", _LOCKED),
    (os.strerror(errno.ENOSPC), _FULL),
    (os.strerror(errno.EDQUOT), _FULL),
    (os.strerror(errno.EFBIG), _FULL),
    (os.strerror(errno.EACCES), _FORBIDDEN),
    (os.strerror(errno.EPERM), _FORBIDDEN),
    (os.strerror(errno.EROFS), _READ_ONLY),
    (os.strerror(errno.ENOTDIR), _NO_FOLDER),
    (os.strerror(errno.EEXIST), _NO_FOLDER),
    (os.strerror(errno.EMFILE), _TOO_MANY_FILES),
    (os.strerror(errno.ENFILE), _TOO_MANY_FILES),
)


def failure_of(error: Exception, folder: Path) -> StoreError:
    """What to raise for an error that the store in ``folder`` has raised.

    Whatever is no known circumstance is damage: the copy can be made again, and what remains is told then.
    """
    if isinstance(error, StoreError):
        return error
    said = str(error).removeprefix("Corruption: ").strip()
    for words, meaning in () if str(error).startswith("Corruption: ") else _CIRCUMSTANCES:
        if words.casefold() in said.casefold():
            return RocksUnavailableError(f"the state in {folder} {meaning} ({said})")
    return DamagedRowsError(f"the state in {folder} is damaged ({said})")
