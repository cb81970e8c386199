"""The state of one partition: a desk, its windows and stocks, and how far into the source topic they have come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from stream.state.aggregates import Aggregates
from stream.state.checkpoint import DEFAULT_PACE, Checkpoints, Pace
from stream.state.desk import Desk
from stream.state.housekeeping import Housekeeping
from stream.state.marker import FORMAT, GROWING, Marker, decode_marker, encode_marker
from stream.state.outbox import Outgoing, decode_outbox, encode_outbox
from stream.state.record_check import event_in
from stream.state.records import RecordLimits, Rejection, SourceRecord
from stream.state.rejection import Reason, RejectedRecordError
from stream.state.rows import BEGINNING, ENTITY, KINDS, MARKER, OUTBOX, Row, StoreError
from stream.windows.clock import STEP, Clock
from stream.windows.local_days import LocalDays
from stream.windows.series import SeriesRegistry
from stream.windows.sliding import WindowSet
from stream.windows.stocks import Stocks


@dataclass(slots=True)
class Outcome:
    """What a run of records came to.

    ``consumed`` of the given records were looked at; of these ``replayed`` lay at or below the marker,
    ``duplicates`` were known, ``applied`` changed the state and the ``rejections`` are to be dead-lettered. Those
    ``set_aside`` are among the applied ones, but changed no number.
    ``rows`` belong into one append, the marker last. Once that is durable, ``outgoing`` is published; until it was,
    every append keeps it. ``more`` says that more is due than has happened.
    """

    consumed: int = 0
    applied: int = 0
    duplicates: int = 0
    replayed: int = 0
    set_aside: Counter[str] = field(default_factory=Counter)
    rejections: list[Rejection] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    outgoing: list[Outgoing] = field(default_factory=list)
    more: bool = False


class PartitionState:
    """Takes records in and says which rows to append; restores itself from such rows.

    At a ``pace`` it writes its windows and stocks down as a checkpoint, and lets entities go that may leave.
    """

    def __init__(
        self,
        desk: Desk[Any],
        clock: Clock,
        local_days: LocalDays,
        limits: RecordLimits,
        checkpoints: Checkpoints,
        registry: SeriesRegistry,
        pace: Pace = DEFAULT_PACE,
    ) -> None:
        self.desk = desk
        self.rows = desk.rows
        self.applied_offset = -1
        self.watermark = 0
        self.claim = 0
        self.owner = 0
        self.growing = False
        """Whether the source topic is being given more partitions, as the last append said and the next ones say."""
        self._clock = clock
        self._limits = limits
        self._kept = limits.kept if desk.kept is None else desk.kept
        self._aggregates = Aggregates(desk, clock, local_days, checkpoints)
        self._housekeeping = Housekeeping(desk, clock, local_days, checkpoints, registry, pace)
        self._incomplete: list[Row] = []
        self._shadowed: dict[bytes, None] = {}
        self.pending: list[Outgoing] = []
        """What is to be published and is not known to have been, in its order; the next append keeps it."""
        self.unsent: list[Outgoing] = []
        """What is pending since before this state was restored."""
        stored = self.rows.get(MARKER)
        if stored is not None:
            self._take_over(decode_marker(stored))

    @property
    def windows(self) -> WindowSet:
        """The windows over the entities."""
        return self._aggregates.windows

    @property
    def stocks(self) -> Stocks:
        """The stocks of the entities."""
        return self._aggregates.stocks

    def take_in(self, records: Sequence[SourceRecord], *, wall_now: int, row_bytes: int, start: int = 0) -> Outcome:
        """Apply ``records[start:]`` until they end or their rows come to ``row_bytes``.

        ``wall_now`` (microseconds) bounds how far ahead events may be. A record that raises is rejected,
        and only that one. Raises ``StoreError`` if the rows have failed, which is no record's fault.
        """
        outcome = Outcome()
        desk = self.desk
        apply, decode, largest = desk.apply, desk.decode, self._limits.size
        latest = wall_now + self._limits.skew
        applied_offset = self.applied_offset
        times: list[int] = []
        applied = duplicates = replayed = consumed = 0
        for record in records[start:] if start else records:
            consumed += 1
            if record.offset <= applied_offset:
                replayed += 1
                continue
            applied_offset = record.offset
            try:
                event, time = event_in(record.value, decode, largest, latest)
                if apply(event, time):
                    applied += 1
                else:
                    duplicates += 1
            except RejectedRecordError as rejected:
                outcome.rejections.append(Rejection(record, rejected.reason, rejected.detail))
            except Exception as error:  # noqa: BLE001 - whatever one record provokes must not stop the others
                outcome.rejections.append(_failed(record, error))
            else:
                times.append(time)
                if desk.dirty_bytes >= row_bytes:
                    break
        outcome.consumed, outcome.applied = consumed, applied
        outcome.duplicates, outcome.replayed = duplicates, replayed
        if applied_offset != self.applied_offset:
            self.applied_offset = applied_offset
            self.watermark = watermark = max(self.watermark, max(times, default=0))
            outcome.set_aside, desk.set_aside = desk.set_aside, Counter()
            desk.horizon = watermark - self._kept
            self._clock.observe(watermark)
            desk.overtake()
            self._aggregates.update()
            self._housekeeping.note(consumed, min(times, default=watermark))
            outcome.outgoing = desk.outgoing()
            outcome.rows = self._rows_to_append(outcome.outgoing, 2 * row_bytes)
        return outcome

    def advance(self, *, caught_up: bool) -> Outcome:
        """Let happen what is due by now, or by the watermark if the source has more records than were taken in.

        What lies in the topic behind the watermark may yet stop a clock. Where the clock has stepped back, what was due
        by the time it showed before is taken back, and windows and stocks follow it.
        """
        now = self._clock.now()
        stepped_back = self._clock.ticks and now < self.desk.advanced_to - STEP
        if stepped_back:
            self.desk.take_back(now)
        self._aggregates.advance()
        if self._aggregates.lack_past:
            self._aggregates.rebuild()
        outcome = self.advance_until(now if caught_up and self._clock.ticks else min(now, self.watermark))
        if stepped_back and not outcome.rows:
            outcome.rows = self._rows_to_append((), 0)
        return outcome

    def advance_until(self, moment: int) -> Outcome:
        """Let happen what is due before a moment (microseconds)."""
        outcome = Outcome()
        outcome.more = not self.desk.advance(moment)
        outcome.outgoing = self.desk.outgoing()
        if outcome.outgoing:
            outcome.rows = self._rows_to_append(outcome.outgoing, 0)
        return outcome

    def move_windows(self) -> None:
        """Move windows and stocks to the clock's time."""
        self._aggregates.advance()

    def load(self, rows: Iterable[Row]) -> None:
        """Restore from rows of the changelog, in the order in which they were appended.

        Rows count once the marker comes that ends their append. Those of an append by a former owner, after
        another one had claimed the partition, came too late: they are left out, and the next append writes
        over them what they shadow. A marker that is deleted says that the source is read anew.
        Raises ``ValueError`` if rows were written by a version that this one does not understand.
        """
        append = self._incomplete.append
        for row in rows:
            append(row)
            if row.key == MARKER:
                if row.value is None:
                    self.applied_offset, self.watermark, self.desk.advanced_to = -1, 0, 0
                else:
                    self._complete(row.value)

    def loaded(self) -> None:
        """All rows were loaded: work out what follows from them."""
        self._incomplete.clear()
        self._clock.observe(self.watermark)
        self.unsent = self._unsent()
        self.pending = list(self.unsent)
        self.desk.horizon = self.watermark - self._kept
        # So that what took long this time soon is in a checkpoint, however few events come until the next restart.
        worked_out_anew = self._aggregates.restore()
        if any(self.rows.keys(ENTITY)):
            self._housekeeping.note(worked_out_anew, earliest=0)

    def rows_with(self, rows: Iterable[Row]) -> list[Row]:
        """Take rows over; return them with the marker that ends their append."""
        written = [*rows, self.marker()]
        self.rows.write(written)
        return written

    def raise_to(self, watermark: int, advanced_to: int) -> None:
        """Let no event time and no time advanced to count that is lower than these (microseconds)."""
        self.watermark = max(self.watermark, watermark)
        self.desk.advanced_to = max(self.desk.advanced_to, advanced_to)

    def went_out(self, records: int) -> None:
        """So many of the records that are pending were published."""
        del self.pending[:records]

    def emptied_outbox(self) -> list[Row]:
        """The rows of an append after which nobody publishes once more what was published; none if there is no need."""
        if self.pending or self.rows.get(OUTBOX) is None:
            return []
        return self.rows_with([Row(OUTBOX, None)])

    @property
    def is_empty(self) -> bool:
        """Whether the changelog had no append from which to restore this."""
        return self.rows.get(MARKER) is None

    def claimed_by(self, owner: int, first_claim: int = 1) -> tuple[int, list[Row]]:
        """The number and the rows of the claim with which ``owner`` takes the partition from all who may have owned it.

        The first claim of all has the number ``first_claim``. Once the rows are appended and loaded, ``self.owner``
        tells whether nobody else was first.
        """
        if self.is_empty:
            return first_claim, [Row(BEGINNING, b""), self._marker(first_claim, owner)]
        return self.claim + 1, [self._marker(self.claim + 1, owner)]

    def _complete(self, value: bytes) -> None:
        marker = decode_marker(value)
        rows = self._incomplete.copy()
        self._incomplete.clear()
        if marker.claim < self.claim or (marker.claim == self.claim and marker.owner != self.owner):
            self._shadowed.update((row.key, None) for row in rows)
            return
        for row in rows:
            if row.key[:1] not in KINDS:
                message = f"the changelog has a row of unknown kind {row.key[:20]!r}"
                raise ValueError(message)
        self.rows.restore(rows)
        self._take_over(marker)

    def _take_over(self, marker: Marker) -> None:
        # A claim is made before its owner has read what others wrote last, so it may be behind.
        self.applied_offset = max(self.applied_offset, marker.offset)
        self.watermark = max(self.watermark, marker.watermark)
        # Under one claim it goes back when the clock did.
        under_same_claim = marker.claim == self.claim and marker.owner == self.owner
        self.desk.advanced_to = (
            marker.advanced_to if under_same_claim else max(self.desk.advanced_to, marker.advanced_to)
        )
        self.claim, self.owner, self.growing = marker.claim, marker.owner, marker.grows

    def marker(self) -> Row:
        """The row that ends an append; by itself it says that nothing has changed."""
        return self._marker(self.claim, self.owner)

    def _marker(self, claim: int, owner: int) -> Row:
        version = GROWING if self.growing else FORMAT
        marker = Marker(version, self.applied_offset, self.watermark, self.desk.advanced_to, claim, owner)
        return Row(MARKER, encode_marker(marker))

    def _unsent(self) -> list[Outgoing]:
        value = self.rows.get(OUTBOX)
        if value is None:
            return []
        outbox = decode_outbox(value)
        is_of_last_append = (outbox.offset, outbox.advanced_to) == (self.applied_offset, self.desk.advanced_to)
        return self.desk.kept_outgoing(outbox.records) if is_of_last_append else []

    def _rows_to_append(self, outgoing: Sequence[Outgoing], checkpoint_bytes: int) -> list[Row]:
        dirty = list(self.desk.dirty_rows())
        self.rows.write(dirty)
        rows = [Row(key, self.rows.get(key)) for key in self._shadowed]
        self._shadowed.clear()
        rows += dirty
        self.pending += outgoing
        if self.pending:
            outbox = Row(OUTBOX, encode_outbox(self.applied_offset, self.desk.advanced_to, self.pending))
            self.rows.write([outbox])
            rows.append(outbox)
        if checkpoint_bytes and self._housekeeping.is_due:
            more = self._housekeeping.rows(self._aggregates, checkpoint_bytes)
            self.rows.write(more)
            rows += more
        marker = self.marker()
        self.rows.write([marker])
        rows.append(marker)
        return rows


def _failed(record: SourceRecord, error: Exception) -> Rejection:
    if isinstance(error, StoreError):
        raise error
    return Rejection(record, Reason.FAILED, f"{type(error).__name__}: {error}")
