"""Whether this machine's clock can be believed: against its monotonic clock, and against the brokers'."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from typing import Final

from stream.windows.clock import Clock
from stream.windows.moments import to_seconds

logger = logging.getLogger(__name__)

_WARN_SECONDS: Final = 60.0


class ClockAheadError(Exception):
    """The brokers take no record of this machine's time for a partition; the message names it and the way out."""

    def __init__(self, topic: str, partition: int) -> None:
        super().__init__(
            f"{topic}[{partition}]: the brokers refuse the time of this machine, which is further ahead of theirs than"
            " they allow; set its clock right and start again"
        )


class BrokerTime:
    """How many seconds this machine's clock was ahead of the brokers' at the last append that they stamped.

    It is ``None`` as long as there was none, as where the topic lets the producer stamp. ``read`` returns nanoseconds.
    """

    def __init__(self, read: Callable[[], int] = time.time_ns) -> None:
        self._read = read
        self.ahead: float | None = None

    def stamped(self, milliseconds: int) -> None:
        """A broker has just stamped an append with its own time, in milliseconds since the Unix epoch."""
        self.ahead = self._read() / 1e9 - milliseconds / 1e3


class ClockWatch:
    """Tells of steps of the clock, and holds deadlines back while it is too far ahead of the brokers'.

    A deadline is announced to people, and its retraction finds some of them awake: so after a step ahead the brokers
    are asked first. ``most_ahead`` is in seconds.
    """

    def __init__(self, clock: Clock, brokers: BrokerTime, most_ahead: float) -> None:
        self._clock = clock
        self._brokers = brokers
        self._most_ahead = most_ahead
        self._seen = clock.stepped
        self._in_doubt = False
        self._warned_at: float | None = None

    async def may_advance(self, ask: Callable[[], Awaitable[object]]) -> bool:
        """Whether deadlines may be announced now; ``ask`` makes the brokers stamp something."""
        self._clock.now()  # which is when it finds a step
        step = self._clock.stepped - self._seen
        if step:
            self._seen += step
            self._in_doubt = step > 0
            logger.warning("The machine's clock stepped by %+.1f s; windows and deadlines follow it", to_seconds(step))
        if not self._in_doubt and not self._is_ahead:
            return True
        await ask()
        self._in_doubt = False
        if self._is_ahead:
            self._warn()
        return not self._is_ahead

    @property
    def _is_ahead(self) -> bool:
        return self._brokers.ahead is not None and self._brokers.ahead > self._most_ahead

    def _warn(self) -> None:
        now = time.monotonic()
        if self._warned_at is None or now - self._warned_at >= _WARN_SECONDS:
            self._warned_at = now
            logger.warning(
                "The machine's clock is %.0f s ahead of the brokers', more than clock.skew_seconds;"
                " no deadline is announced until one of them is set right",
                self._brokers.ahead,
            )
