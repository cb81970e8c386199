"""The state of one partition: a desk, its windows, and how far into the source topic they have come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import msgspec

from schemas.events import Envelope
from stream.desk.desk import Desk, Row
from stream.desk.rejection import Reason, RejectedRecordError
from stream.windows.clock import Clock
from stream.windows.local_days import LocalDays
from stream.windows.moments import EPOCH, HOUR, MICROSECOND, to_text
from stream.windows.sliding import WindowSet

EARLIEST: Final = 631_152_000_000_000
"""The first moment an event may happen at, 1990-01-01 UTC, in microseconds."""

_ENTITY: Final = b"e"
_MARKER: Final = b"m"
_FORMAT: Final = 1

_encode_marker = msgspec.msgpack.Encoder().encode
_decode_marker = msgspec.msgpack.Decoder(tuple[int, int, int]).decode


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
    """``skew``: how far ahead of the wall clock (microseconds) an event may be. ``size``: bytes of a record."""

    skew: int = HOUR
    size: int = 1_048_576


@dataclass(frozen=True, slots=True)
class Rejection:
    """A record that cannot be taken in, and why."""

    record: SourceRecord
    reason: Reason
    detail: str


@dataclass(slots=True)
class Outcome:
    """What a run of records came to.

    ``consumed`` of the given records were looked at; of these ``replayed`` lay at or below the marker,
    ``duplicates`` were known, ``applied`` changed the state and the ``rejections`` are to be dead-lettered.
    ``rows`` belong into one append, the marker last.
    """

    consumed: int = 0
    applied: int = 0
    duplicates: int = 0
    replayed: int = 0
    rejections: list[Rejection] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


class PartitionState:
    """Takes records in and says which rows to append; restores itself from such rows."""

    def __init__(self, desk: Desk[Any], clock: Clock, local_days: LocalDays, limits: RecordLimits) -> None:
        self.desk = desk
        self.windows = WindowSet(local_days)
        self.applied_offset = -1
        self.watermark = 0
        self._clock = clock
        self._limits = limits
        self._decode = desk.decode
        self._largest = limits.size

    def take_in(self, records: Sequence[SourceRecord], *, wall_now: int, row_bytes: int, start: int = 0) -> Outcome:
        """Apply ``records[start:]`` until they end or their rows come to ``row_bytes``.

        ``wall_now`` (microseconds) bounds how far ahead events may be. A record that raises is rejected,
        and only that one.
        """
        outcome = Outcome()
        desk = self.desk
        apply, checked = desk.apply, self._checked
        latest = wall_now + self._limits.skew
        applied_offset, watermark = self.applied_offset, self.watermark
        applied = duplicates = replayed = consumed = 0
        for record in records[start:] if start else records:
            consumed += 1
            if record.offset <= applied_offset:
                replayed += 1
                continue
            applied_offset = record.offset
            try:
                event, time = checked(record, latest)
                if apply(event, time):
                    applied += 1
                else:
                    duplicates += 1
            except RejectedRecordError as rejected:
                outcome.rejections.append(Rejection(record, rejected.reason, rejected.detail))
            except Exception as error:  # noqa: BLE001 - whatever one record provokes must not stop the others
                detail = f"{type(error).__name__}: {error}"
                outcome.rejections.append(Rejection(record, Reason.FAILED, detail))
            else:
                if time > watermark:  # noqa: PLR1730 - a call for each record costs more than it reads better
                    watermark = time
                if desk.dirty_bytes >= row_bytes:
                    break
        outcome.consumed, outcome.applied = consumed, applied
        outcome.duplicates, outcome.replayed = duplicates, replayed
        if applied_offset != self.applied_offset:
            self.applied_offset, self.watermark = applied_offset, watermark
            self._clock.observe(watermark)
            self._update_windows()
            outcome.rows = list(desk.dirty_rows(_ENTITY))
            outcome.rows.append(Row(_MARKER, _encode_marker((_FORMAT, applied_offset, watermark))))
        return outcome

    def advance(self) -> None:
        """Move the windows to the clock's time."""
        self.windows.advance(self._clock.now())

    def load(self, rows: Iterable[Row]) -> None:
        """Restore from rows of the changelog, in the order in which they were appended.

        Raises ``ValueError`` if they were written by a version that this one does not understand.
        """
        for key, value in rows:
            if key[:1] == _ENTITY:
                self.desk.load(Row(key[1:], value))
            elif key == _MARKER and value is not None:
                version, self.applied_offset, self.watermark = _decode_marker(value)
                if version != _FORMAT:
                    message = f"the changelog has rows of format {version}, this version reads format {_FORMAT}"
                    raise ValueError(message)
            else:
                message = f"the changelog has a row of unknown kind {key[:20]!r}"
                raise ValueError(message)

    def loaded(self) -> None:
        """All rows were loaded: work out what follows from them."""
        self._clock.observe(self.watermark)
        self.desk.loaded()
        self._update_windows()

    def _checked(self, record: SourceRecord, latest: int) -> tuple[Envelope, int]:
        value = record.value
        if value is None:
            raise RejectedRecordError(Reason.INVALID, "the record has no value")
        if len(value) > self._largest:
            raise RejectedRecordError(Reason.TOO_LARGE, f"{len(value)} bytes, at most {self._largest} are read")
        event: Envelope = self._decode(value)
        time = (event.time - EPOCH) // MICROSECOND
        if not EARLIEST <= time <= latest:
            span = f"1990-01-01T00:00:00Z and {to_text(latest)}"
            raise RejectedRecordError(Reason.TIME_OUT_OF_RANGE, f"{event.time.isoformat()} is not between {span}")
        return event, time

    def _update_windows(self) -> None:
        self.advance()
        self.windows.apply(self.desk.contributions)
        self.desk.contributions.clear()
