"""Warnings that can come thousands of times a second, logged seldom."""

from __future__ import annotations

import time
from collections.abc import Callable
from logging import Logger
from typing import Final

WARN_SECONDS: Final = 60.0
"""How often a warning that keeps coming is logged."""


class SeldomWarning:
    """Logs a warning at most once a minute, with how often it came since it was logged last."""

    def __init__(self, logger: Logger, read: Callable[[], float] = time.monotonic) -> None:
        self._logger = logger
        self._read = read
        self._due_at = float("-inf")
        self._count = 0

    def __call__(self, message: str) -> None:
        """It came once more; the message is logged if the last one was long enough ago."""
        self._count += 1
        now = self._read()
        if now >= self._due_at:
            self._logger.warning("%s (%d times since this was logged last)", message, self._count)
            self._due_at, self._count = now + WARN_SECONDS, 0
