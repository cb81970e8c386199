"""What a record has to be before its event is taken in."""

from __future__ import annotations

from collections.abc import Callable

from schemas.events import Envelope
from stream.state.records import EARLIEST, SourceRecord
from stream.state.rejection import Reason, RejectedRecordError
from stream.windows.moments import EPOCH, MICROSECOND, to_text


class RecordCheck:
    """Decodes the records of a topic, of at most ``largest`` bytes."""

    def __init__(self, decode: Callable[[bytes], Envelope], largest: int) -> None:
        self._decode = decode
        self._largest = largest

    def event_in(self, record: SourceRecord, latest: int) -> tuple[Envelope, int]:
        """The event of a record and when it happened, which is not after ``latest`` (both in microseconds).

        Raises ``RejectedRecordError``.
        """
        value = record.value
        if value is None:
            raise RejectedRecordError(Reason.INVALID, "the record has no value")
        if len(value) > self._largest:
            raise RejectedRecordError(Reason.TOO_LARGE, f"{len(value)} bytes, at most {self._largest} are read")
        event = self._decode(value)
        time = (event.time - EPOCH) // MICROSECOND
        if not EARLIEST <= time <= latest:
            span = f"1990-01-01T00:00:00Z and {to_text(latest)}"
            raise RejectedRecordError(Reason.TIME_OUT_OF_RANGE, f"{event.time.isoformat()} is not between {span}")
        return event, time
