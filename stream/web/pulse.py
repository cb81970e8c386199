"""Whether the worker's main loop runs, told to those who cannot wait for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final

BEAT_SECONDS: Final = 0.5
STILL_SECONDS: Final = 30.0
"""How long the main loop may stand still before the worker counts as hung."""


class Pulse:
    """Beats on the event loop that it is started on. It may be felt from any thread."""

    def __init__(self, read: Callable[[], float] = time.monotonic) -> None:
        self._read = read
        self._last = read()
        self._next: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to beat."""
        self._last = self._read()
        self._next = asyncio.get_running_loop().call_later(BEAT_SECONDS, self.start)

    def stop(self) -> None:
        """Beat no more."""
        if self._next is not None:
            self._next.cancel()

    @property
    def still_seconds(self) -> float:
        """How long ago the last beat was."""
        return self._read() - self._last

    @property
    def is_felt(self) -> bool:
        """Whether the loop runs."""
        return self.still_seconds < STILL_SECONDS
