"""Takes runs of records through a partition's state and makes the result durable."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final, cast

from faust.types import TP
from mode import get_logger

from stream.dead_letters.writing import DeadLetters
from stream.runtime.faust.batch_errors import (
    ForeignAppendError,
    LostBatchError,
    StaleBatchError,
    TooManyInvalidRecordsError,
)
from stream.runtime.faust.reassignment import Reassignments
from stream.runtime.faust.state_table import StateTable
from stream.runtime.kafka.changelog import ROW_BYTES, Changelog
from stream.runtime.kafka.fencing import FencedError
from stream.runtime.kafka.lost_state import WAY_OUT, LostStateError
from stream.runtime.kafka.positions import Position, RenewedSourceError, renewal
from stream.runtime.kafka.publishing import Publisher
from stream.runtime.kafka.refusals import Refusals, too_many
from stream.state.outbox import Outgoing
from stream.state.partition import Outcome, PartitionState
from stream.state.records import Rejection
from stream.state.rejection import VALID
from stream.state.rejection_share import RejectionLimit, RejectionShare

if TYPE_CHECKING:
    from faust.types import AppT, EventT, Message

    from stream.runtime.faust.transport import Batch, BatchConsumer

logger = get_logger(__name__)

DEFAULT_REJECTION_LIMIT: Final = RejectionLimit()

DRAIN_SECONDS: Final = 20.0
"""How long to wait, when partitions are given up, for appends that are under way."""


class Processor:
    """Processes the batches of one source topic.

    While the append of a partition's batch is under way, the next batch of any partition is worked on;
    its own append waits for the one before it. Any failure of the infrastructure is passed to ``fail``
    and stops the worker, with the batch neither acknowledged nor committed.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - what surrounds it, put together in one place
        self,
        app: AppT,
        table: StateTable,
        changelog: Changelog,
        dead_letters: DeadLetters,
        fail: Callable[[BaseException], None],
        read_wall: Callable[[], int] = time.time_ns,
        rejection_limit: RejectionLimit = DEFAULT_REJECTION_LIMIT,
        publisher: Publisher | None = None,
    ) -> None:
        self._app = app
        self._table = table
        self._changelog = changelog
        self._dead_letters = dead_letters
        self._fail = fail
        self._read_wall = read_wall
        self._rejection_share = RejectionShare(rejection_limit)
        self._refusals = Refusals(table.source_topic)
        self._publisher = publisher
        self._turns: defaultdict[TP, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._under_way: dict[TP, asyncio.Task[None]] = {}
        self._publishing: dict[TP, asyncio.Task[None]] = {}
        self._reassignments = Reassignments(self._is_stale, self._stop_for)
        self._idle = asyncio.Event()
        self._idle.set()
        self._failure: BaseException | None = None
        self.events: Counter[str] = Counter()
        """Records by outcome: applied, set aside for a reason of the desk, duplicate, replayed, rejected, refused."""
        self.rejections: Counter[str] = Counter()
        """Rejected records by reason."""
        self.last_event_at = 0.0
        """When the last batch was taken in, in seconds since the epoch."""

    async def run(self, event: EventT[Batch]) -> None:
        """Process the batch of a Faust event; does not return if that fails."""
        if self._failure is not None:
            await asyncio.Event().wait()
        self._idle.clear()
        try:
            await self._process(event.message)
        except StaleBatchError as error:
            logger.info("%s", error)
        except Exception as error:  # noqa: BLE001 - anything that escapes here must stop the worker
            self._stop_for(error)
            self._idle.set()
            await asyncio.Event().wait()
        finally:
            self._idle.set()

    async def drain(self) -> None:
        """Wait, within bounds, until everything taken in is durable and published, and known to be."""
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                await self._idle.wait()
                await self._settled()
                await self._empty_outboxes()
                await self._settled()
        except TimeoutError:
            logger.warning("Gave up waiting for appends to %s after %s s", self._changelog.topic, DRAIN_SECONDS)

    async def _settled(self) -> None:
        while tasks := [*self._under_way.values(), *self._publishing.values()]:
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _empty_outboxes(self) -> None:
        """Append, for every partition held, that what was to go out was published: the next owner sends none of it."""
        if self._failure is not None:
            return
        generation = self._app.consumer_generation_id
        for number, state in self._table.states():
            rows = state.emptied_outbox()
            if rows:
                self._table.ran_ahead(number)
                tp = TP(self._table.source_topic, number)
                await self._start_append(tp, generation, state, Outcome(rows=rows), None)

    async def append_marker(self) -> None:
        """Append to one partition held that nothing has changed, which makes the brokers tell their time."""
        for number, state in self._table.states():
            if self._failure is None:
                self._table.ran_ahead(number)
                tp, generation = TP(self._table.source_topic, number), self._app.consumer_generation_id
                await self._start_append(tp, generation, state, Outcome(rows=[state.marker()]), None)
                await self._settled()
            return

    async def _process(self, message: Message) -> None:
        tp = message.tp
        records = cast("Batch", message.value)
        consumer = cast("BatchConsumer", self._app.consumer)
        self._state_for(message)
        if not consumer.begun(tp, message.offset):
            error = (
                f"records of {tp} before offset {records[0].offset} were fetched but did not come; restart the worker"
            )
            raise LostBatchError(error)
        start = 0
        while start < len(records):
            state = self._state_for(message)
            self._table.ran_ahead(tp.partition)
            outcome = state.take_in(records, wall_now=self._read_wall() // 1_000, row_bytes=ROW_BYTES, start=start)
            if outcome.replayed:
                self._check_source(tp, records, state)
            self._check_share(tp, records[start : start + outcome.consumed], outcome)
            self._count(outcome)
            start += outcome.consumed
            last = message.offset if start == len(records) else None
            await self._start_append(tp, message.generation_id, state, outcome, last)

    async def advance(self) -> None:
        """Let happen what is due by now in every partition held, and publish it."""
        for number, state in self._table.states():
            tp = TP(self._table.source_topic, number)
            more = True
            while (
                more and self._failure is None and not self._app.rebalancing and self._table.state_of(number) is state
            ):
                generation = self._app.consumer_generation_id
                try:
                    outcome = state.advance(caught_up=self._is_caught_up(tp, state))
                except Exception as error:
                    self._stop_for(error)
                    raise
                more = outcome.more
                if outcome.rows or state.unsent:
                    self._table.ran_ahead(number)
                    await self._start_append(tp, generation, state, outcome, None)

    def _is_caught_up(self, tp: TP, state: PartitionState) -> bool:
        consumer = self._app.consumer
        end: int | None = consumer.highwater(tp) if tp in consumer.assignment() else None
        return end is not None and state.applied_offset + 1 >= end

    async def _start_append(
        self, tp: TP, generation: int | None, state: PartitionState, outcome: Outcome, last: int | None
    ) -> None:
        """Start to make an outcome durable as soon as the one before it is; whoever took records in first, is first."""
        turn = self._turns[tp]
        try:
            await turn.acquire()
        except BaseException:
            self._table.gave_up(tp.partition, state)
            raise
        if self._failure is not None:
            turn.release()
            raise self._failure
        task = asyncio.create_task(self._make_durable(tp, generation, state, outcome, last))
        self._under_way[tp] = task
        task.add_done_callback(partial(self._finished, tp, turn))

    def _check_source(self, tp: TP, records: Batch, state: PartitionState) -> None:
        # A record comes again after a crash, but then the source reaches beyond the marker.
        end: int | None = cast("BatchConsumer", self._app.consumer).highwater(tp)
        if end is not None and records[-1].offset < end <= state.applied_offset:
            raise RenewedSourceError(
                renewal(Position(tp.topic, tp.partition, 0, end, self._changelog.topic, applied=state.applied_offset))
            )

    def _check_share(self, tp: TP, records: Batch, outcome: Outcome) -> None:
        reasons = (rejection.reason for rejection in outcome.rejections)
        verdict = self._rejection_share.add(outcome.consumed - outcome.replayed, reasons)
        if verdict is not None:
            raise TooManyInvalidRecordsError(
                too_many(verdict, tp, records[0].offset, records[-1].offset, self._rejection_share.limit)
            )

    def _state_for(self, message: Message) -> PartitionState:
        state = self._table.state_of(message.tp.partition)
        if state is None or self._is_stale(message.generation_id):
            error = f"A batch of {message.tp} that ends at offset {message.offset} came too late for this worker"
            raise StaleBatchError(error)
        return state

    def _is_stale(self, generation: int | None) -> bool:
        return generation != self._app.consumer_generation_id

    async def _make_durable(
        self, tp: TP, generation: int | None, state: PartitionState, outcome: Outcome, last: int | None
    ) -> None:
        try:
            await self._append(tp, generation, state, outcome, last)
        except BaseException as error:
            # A later append would have a marker that says that this one was made.
            self._table.gave_up(tp.partition, state)
            if isinstance(error, FencedError):
                self._reassignments.expect(tp, generation, error)
                raise StaleBatchError(str(error)) from error
            if isinstance(error, StaleBatchError):
                self._reassignments.expect(tp, self._app.consumer_generation_id, error)
            raise

    async def _append(
        self, tp: TP, generation: int | None, state: PartitionState, outcome: Outcome, last: int | None
    ) -> None:
        if state.unsent and self._publisher is not None:
            unsent, state.unsent = state.unsent, []
            await self._publisher.write(tp.partition, state.claim, unsent)
            state.went_out(len(unsent))
        if outcome.rejections:
            await self._dead_letters.write(outcome.rejections)
            self._tell_of(outcome.rejections, tp)
        if self._is_stale(generation) or not self._table.goes_on(tp.partition, state):
            error = f"Partition {tp} was reassigned before the append; its new owner repeats the batch"
            raise StaleBatchError(error)
        position = None
        if outcome.rows:
            expected = self._table.position_of(tp.partition)
            position = await self._changelog.append(tp.partition, outcome.rows)
            begin = position - len(outcome.rows)
            if expected is not None and begin < expected:
                error = (
                    f"{self._changelog.topic}[{tp.partition}] ended at offset {begin}, but this worker had appended up"
                    f" to {expected}: it was deleted and created again while the worker ran; stop all workers:"
                    f" {WAY_OUT}"
                )
                raise LostStateError(error)
            if expected is not None and begin != expected:
                error = (
                    f"{self._changelog.topic}[{tp.partition}] was written to by somebody else at offset {expected};"
                    " this worker ends without committing, so that its next start sorts that out"
                )
                raise ForeignAppendError(error)
        self._table.caught_up(tp.partition, state, outcome.rows, position)
        if last is not None:
            cast("BatchConsumer", self._app.consumer).finished(tp, last)
        if outcome.outgoing and self._publisher is not None:
            before = self._publishing.get(tp)
            if before is not None:
                # One at a time, so that what the appends have to keep stays small.
                await before
            task = self._publishing[tp] = asyncio.create_task(self._publish(tp, generation, state, outcome.outgoing))
            task.add_done_callback(partial(self._published, tp))

    def _tell_of(self, rejections: Sequence[Rejection], tp: TP) -> None:
        self._refusals.note(rejection for rejection in rejections if rejection.reason in VALID)
        invalid = [rejection for rejection in rejections if rejection.reason not in VALID]
        if invalid:
            first = invalid[0]
            logger.warning(
                "Dead-lettered %d records of %s[%d], the first at offset %d: %s, %s",
                *(len(invalid), tp.topic, tp.partition, first.record.offset, first.reason, first.detail),
            )

    async def _publish(
        self, tp: TP, generation: int | None, state: PartitionState, records: Sequence[Outgoing]
    ) -> None:
        if self._publisher is None:
            return
        try:
            await self._publisher.write(tp.partition, state.claim, records)
        except FencedError as fenced:
            # The new owner has found the records in the changelog.
            logger.info("%s", fenced)
            self._reassignments.expect(tp, generation, fenced)
        else:
            state.went_out(len(records))

    def _published(self, tp: TP, task: asyncio.Task[None]) -> None:
        if self._publishing.get(tp) is task:
            del self._publishing[tp]
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._stop_for(error)

    def _finished(self, tp: TP, turn: asyncio.Lock, task: asyncio.Task[None]) -> None:
        if self._under_way.get(tp) is task:
            del self._under_way[tp]
        error = None if task.cancelled() else task.exception()
        if isinstance(error, StaleBatchError):
            logger.info("%s", error)
        elif error is not None:
            self._stop_for(error)
        turn.release()

    def _stop_for(self, error: BaseException) -> None:
        self._failure = self._failure or error
        self._fail(error)

    def _count(self, outcome: Outcome) -> None:
        self.last_event_at = self._read_wall() / 1e9
        events = self.events
        events["applied"] += outcome.applied - sum(outcome.set_aside.values())
        # Reasons may be members of an enumeration, which JSON does not take as keys.
        events.update({str(reason): count for reason, count in outcome.set_aside.items()})
        events["duplicate"] += outcome.duplicates
        events["replayed"] += outcome.replayed
        for rejection in outcome.rejections:
            self.rejections[rejection.reason.value] += 1
        refused = sum(rejection.reason in VALID for rejection in outcome.rejections)
        events["refused"] += refused
        events["rejected"] += len(outcome.rejections) - refused
