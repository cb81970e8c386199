"""Records of a source topic: what is needed of them, what is taken in, and what becomes of the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from schemas.events import Envelope
from stream.desk.rejection import Reason, RejectedRecordError
from stream.windows.moments import DAY, EPOCH, HOUR, MICROSECOND, to_text

EventType = TypeVar("EventType", bound=Envelope)

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


def event_in(
    value: bytes | None, decode: Callable[[bytes], EventType], largest: int, latest: int
) -> tuple[EventType, int]:
    """The event in a record's value, and its time in microseconds.

    Raises ``RejectedRecordError`` if the record has no value or one of more than ``largest`` bytes, if ``decode`` does,
    and if the event happened before 1990 or after ``latest`` (microseconds).
    """
    if value is None:
        raise RejectedRecordError(Reason.INVALID, "the record has no value")
    if len(value) > largest:
        raise RejectedRecordError(Reason.TOO_LARGE, f"{len(value)} bytes, at most {largest} are read")
    event = decode(value)
    time = (event.time - EPOCH) // MICROSECOND
    if not EARLIEST <= time <= latest:
        span = f"1990-01-01T00:00:00Z and {to_text(latest)}"
        raise RejectedRecordError(Reason.TIME_OUT_OF_RANGE, f"{event.time.isoformat()} is not between {span}")
    return event, time
