"""A worker's machine, whose clock can be set while the worker runs."""

from __future__ import annotations

from pathlib import Path
from typing import Final

# Set before anything else is imported, so that the whole process goes by it.
_SHIM: Final = """
import time
from pathlib import Path

_ahead = Path(__file__).with_name("ahead")
_time, _time_ns = time.time, time.time_ns
time.time = lambda: _time() + int(_ahead.read_text())
time.time_ns = lambda: _time_ns() + int(_ahead.read_text()) * 1_000_000_000
"""


class MachineClock:
    """The clock of every process that is started with ``environment``; the monotonic one is not touched."""

    def __init__(self, folder: Path) -> None:
        self._ahead = folder / "ahead"
        self.set_ahead(0)
        (folder / "sitecustomize.py").write_text(_SHIM)
        self.environment = {"PYTHONPATH": f"{folder}:{Path(__file__).parents[2]}"}

    def set_ahead(self, seconds: int) -> None:
        """Set it so many seconds ahead of true time."""
        whole = self._ahead.with_suffix(".new")
        whole.write_text(str(seconds))
        whole.replace(self._ahead)
