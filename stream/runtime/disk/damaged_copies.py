"""Copies of the state that turned out to be damaged: set aside under a name that says so, a few of each kept."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

KEPT: Final = 3
"""How many damaged copies of a partition are kept, the latest ones."""

_MARK: Final = ".damaged-"


def set_aside(folder: Path, now: float) -> Path:
    """Rename a folder, at ``now`` (seconds since the epoch); return its new path.

    Of those set aside earlier, all but the latest are removed. Raises ``OSError``.
    """
    moment = datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    path = folder.with_name(f"{folder.name}{_MARK}{moment}")
    folder.rename(path)
    for older in damaged_copies(folder)[:-KEPT]:
        shutil.rmtree(older, ignore_errors=True)
    return path


def damaged_copies(folder: Path) -> list[Path]:
    """What was set aside of a folder and is still there, the oldest first."""
    return sorted(folder.parent.glob(f"{folder.name}{_MARK}*"))


def all_damaged_copies(folder: Path) -> list[Path]:
    """What was set aside of any folder in this one, sorted by name."""
    return sorted(folder.glob(f"*{_MARK}*"))
