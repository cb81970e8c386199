"""What is told of dead-lettered records: of valid events for which there was no place, and of too many invalid ones."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

from aiokafka import TopicPartition
from mode import get_logger

from stream.state.records import Rejection
from stream.state.rejection import Reason
from stream.state.rejection_share import RejectionLimit, Verdict

logger = get_logger(__name__)

SILENT_SECONDS: Final = 3_600.0
"""How long nothing more is said of one reason."""


class Refusals:
    """The refused events of one topic; ``read_monotonic`` tells the time in seconds."""

    def __init__(self, topic: str, read_monotonic: Callable[[], float] = time.monotonic) -> None:
        self._topic = topic
        self._read_monotonic = read_monotonic
        self._untold: Counter[Reason] = Counter()
        self._told_at: dict[Reason, float] = {}

    def note(self, refused: Iterable[Rejection]) -> None:
        """Count refused events, and warn of each reason with an example, unless that was done lately."""
        now = self._read_monotonic()
        for rejection in refused:
            reason = rejection.reason
            self._untold[reason] += 1
            if now - self._told_at.get(reason, -SILENT_SECONDS) >= SILENT_SECONDS:
                self._told_at[reason] = now
                logger.warning(
                    "Dead-lettered %d valid events of %s as %s, the last one at offset %d: %s",
                    *(self._untold.pop(reason), self._topic, reason, rejection.record.offset, rejection.detail),
                )


def too_many(verdict: Verdict, tp: TopicPartition, begin: int, end: int, limit: RejectionLimit) -> str:
    """What is told when the worker stops before the records from offset ``begin`` to ``end``: so many are invalid."""
    return (
        f"{verdict.rejected} of the last {verdict.records} records of {tp.topic} are invalid"
        f" ({verdict.share:.0%}, at most {limit.share:.0%} are tolerated), most of them {verdict.reason};"
        f" stopped before offsets {begin} to {end} of partition {tp.partition}:"
        f" see what writes to {tp.topic}, then start again with a higher limits.invalid_share"
        " (1 dead-letters them all), or move the group's offsets past them"
    )
