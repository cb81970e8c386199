"""What a record has to be before its event is taken in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from schemas.events import Envelope
from stream.state.records import EARLIEST
from stream.state.rejection import Reason, RejectedRecordError
from stream.windows.moments import EPOCH, MICROSECOND, to_text

EventType = TypeVar("EventType", bound=Envelope)


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
