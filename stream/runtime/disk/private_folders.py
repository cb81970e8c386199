"""Folders that only this user may look into, and what must not be taken for one."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

PRIVATE_FOLDER: Final = 0o700
PRIVATE_FILE: Final = 0o600

PRIVATE_UMASK: Final = 0o077
"""What a process takes away from the modes of all that it creates, so that nobody else may read it."""


class ForeignFolderError(Exception):
    """A folder belongs to somebody else, leads elsewhere or is none; the message says so and what to do."""


def make_private(base: Path, *names: str) -> Path:
    """Make the folder ``base/name/...``, with all that is missing, and return it.

    All below ``base`` has to be ours and no link, and is made private, with the files in the last folder.
    ``base`` itself may be a link, a mount or a volume of root's, and keeps its mode if it is there already.
    Raises ``ForeignFolderError``, and ``OSError`` if the system refuses.
    """
    folder = base
    try:
        base.mkdir(PRIVATE_FOLDER, parents=True, exist_ok=True)
        _check(base.stat(), base, os.geteuid(), 0)
        for name in names:
            folder /= name
            folder.mkdir(PRIVATE_FOLDER, exist_ok=True)
            found = folder.lstat()
            _check(found, folder, os.geteuid())
            if stat.S_IMODE(found.st_mode) != PRIVATE_FOLDER:
                folder.chmod(PRIVATE_FOLDER)
    except (FileExistsError, NotADirectoryError) as error:
        if folder.is_symlink():
            raise ForeignFolderError(_LINK.format(folder)) from error
        raise ForeignFolderError(f"{folder} is not a folder; remove what is there, or set data_dir") from error
    for file in folder.iterdir() if names else ():
        found = file.lstat()
        if stat.S_ISREG(found.st_mode) and found.st_mode & PRIVATE_UMASK:
            file.chmod(PRIVATE_FILE)
    return folder


def folder_trouble(base: Path, *names: str) -> str | None:
    """What would keep `make_private` from making the folder ``base/name/...``, ``None`` if nothing does.

    Nothing is made or changed.
    """
    folder = base
    try:
        if not base.exists() and not base.is_symlink():
            return None
        _check(base.stat(), base, os.geteuid(), 0)
        for name in names:
            folder /= name
            _check(folder.lstat(), folder, os.geteuid())
            if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
                return _UNREADABLE.format(folder)
    except FileNotFoundError:
        return None
    except ForeignFolderError as error:
        return str(error)
    except OSError:
        return _UNREADABLE.format(folder)
    return None


_UNREADABLE: Final = (
    "{} may not be read and written by this user; run the worker as the folder's owner, or set data_dir"
)

_LINK: Final = "{} is a symbolic link; put a folder in its place, or set data_dir"


def _check(found: os.stat_result, folder: Path, *owners: int) -> None:
    if stat.S_ISLNK(found.st_mode):
        raise ForeignFolderError(_LINK.format(folder))
    if not stat.S_ISDIR(found.st_mode):
        raise ForeignFolderError(f"{folder} is not a folder; remove what is there, or set data_dir")
    if found.st_uid not in owners:
        message = (
            f"{folder} belongs to the user {found.st_uid}, the worker runs as {os.geteuid()};"
            " run it as the folder's owner, or set data_dir"
        )
        raise ForeignFolderError(message)
