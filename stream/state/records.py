"""Records of a source topic: what is needed of them, what is taken in, and what becomes of the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from stream.state.rejection import Reason
from stream.windows.moments import DAY, HOUR

EARLIEST: Final = 631_152_000_000_000
"""The first moment an event may happen at, 1990-01-01 UTC, in microseconds."""


class SourceRecord(Protocol):
    """What is needed of a record of the source topic."""

    @property
    def offset(self) -> int:
        """Its place in the partition."""

    @property
    def value(self) -> bytes | None:
        """Its bytes."""


@dataclass(frozen=True, slots=True)
class RecordLimits:
    """What is taken in, and for how long it is kept.

    ``skew``: how far ahead of the wall clock (microseconds) an event may be. ``size``: bytes of a record.
    ``kept``: how long before the highest event time (microseconds) the last event of a closed ticket or of a
    survey may lie before it leaves; more than the longest rolling window.
    """

    skew: int = HOUR
    size: int = 1_048_576
    kept: int = 400 * DAY


@dataclass(frozen=True, slots=True)
class Rejection:
    """A record that cannot be taken in, and why."""

    record: SourceRecord
    reason: Reason
    detail: str
