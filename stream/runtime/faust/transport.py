"""A Faust transport that hands an agent one event for each fetched run of records of a partition.

The cost of Faust lies in the path of an event from the consumer to the agent. Paying it once for a run
of records, not for each, is what makes the worker fast. Conductor, streams, agents, assignor and
recovery stay Faust's. Committing does not: offsets become committable when the runtime says that their
effects are durable, not when an agent has let go of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, ClassVar, Final, cast

from aiokafka import ConsumerRecord
from faust import Schema
from faust.transport.consumer import ensure_TP
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, AppT, ConsumerMessage, EventT, Message
from faust.types.transports import TPorTopicSet
from mode import ServiceT

from stream.runtime.faust.cancellation import LoudTasks
from stream.runtime.faust.fetching import PromptConsumerThread
from stream.runtime.faust.spans import SpanTracker

MOST_OUTSTANDING: Final = 4
"""Runs of records that may be on their way to durability before fetching waits."""

_PATIENCE_SECONDS: Final = 0.1

Batch = Sequence[ConsumerRecord[bytes, bytes]]
Drain = Callable[[], Awaitable[None]]


class BatchSchema(Schema[None, Batch]):
    """Passes a run of records on as it is."""

    def compile(self, app: AppT, **_options: Any) -> Callable[..., Awaitable[EventT[Batch]]]:
        """The function that turns a message into an event."""
        create_event = app.create_event

        async def decode(message: Message, *, propagate: bool = False) -> EventT[Batch]:  # noqa: ARG001 - Faust's signature
            return create_event(None, cast("Any", message.value), message.headers, message)

        return decode


class BatchConsumer(LoudTasks, driver.Consumer):
    """Yields runs of records for the topics in ``batched_topics``, single messages for all others.

    ``drain`` is awaited before partitions are given up, so that what is in hand becomes durable and is
    committed while this worker is still a member of the group.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.spans: SpanTracker[TP] = SpanTracker()
        self._progress = asyncio.Event()
        self._seeks = 0
        self._handed_out = True
        super().__init__(*args, **kwargs)
        transport = cast("BatchTransport", self.transport)
        self.batched = transport.batched_topics
        self.drain = transport.drain

    def _new_consumer_thread(self) -> PromptConsumerThread:
        return PromptConsumerThread(self, loop=self.loop, beacon=self.beacon)

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Message]]:
        """Fetch, and yield a message for each partition's run of records.

        Fetching waits while too many runs are on their way: the queue before the agent would otherwise fill
        with small ones and stay full, and every event would wait its turn in it.
        """
        await self._until_few_are_outstanding()
        seeks = self._seeks
        fetched, active = await self._wait_next_records(timeout)
        generation = self.app.consumer_generation_id
        if fetched is None or self.should_stop or await self._started_over(fetched, seeks) or not fetched:
            return
        seeks = self._seeks

        def outdated() -> bool:
            # A seek may have come and gone while an earlier run was on its way to the agent.
            stale = self.app.consumer_generation_id != generation or self._seeks != seeks
            return stale or self._flow_stopped()

        # Unless all of it is, what is left lies behind the consumer's position and has to be fetched again: the seek
        # that came in between may have been over for its partition when it was fetched.
        self._handed_out = False
        for key, records in fetched.items():
            tp = ensure_TP(key)
            if active is not None and tp not in active and tp not in self._buffered_partitions:
                continue
            self.app.monitor.track_tp_end_offset(tp, self.highwater(tp))
            # Before a run is noted as handed out: one that then is not would be missed for ever.
            if outdated():
                return
            for message in self._messages(tp, records):
                yield tp, message
                if outdated():
                    return
        self._handed_out = True

    async def _started_over(self, fetched: Mapping[Any, Any], seeks: int) -> bool:
        """Whether what was fetched came too late, the seeks before it being ``seeks``; then reading starts over.

        So it does if not all of an earlier fetch was handed out.
        """
        # Whether something was fetched before or after a seek is not to be told, so the seek is done once more.
        if not self._flow_stopped() and not (fetched and (seeks != self._seeks or not self._handed_out)):
            return False
        self._handed_out = False
        try:
            await self.perform_seek()
        except Exception as error:  # noqa: BLE001 - a rebalance came in between; the next fetch seeks again
            self.log.warning("Seek after a fetch that came too late failed: %r", error)
        else:
            self._handed_out = True
        return True

    def begun(self, tp: TP, last: int) -> bool:
        """Work on the run of ``tp`` that ends at ``last`` begins; ``False`` if one before it never came."""
        return self.spans.begun(tp, last)

    def finished(self, tp: TP, last: int) -> None:
        """The run of records of ``tp`` that ends at offset ``last`` is durable."""
        self.spans.done(tp, last)
        self._progress.set()

    async def _until_few_are_outstanding(self) -> None:
        while self.spans.outstanding > MOST_OUTSTANDING and not self._flow_stopped() and not self.should_stop:
            self._progress.clear()
            # Not by ``wait_for``: in Python 3.11 it forgets a cancellation that comes as the wait ends. The fetcher
            # would go on, find its flow stopped and wait for ever, and the worker would not end.
            with suppress(TimeoutError):
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    await self._progress.wait()

    def _flow_stopped(self) -> bool:
        return not self.flow_active

    def _messages(self, tp: TP, records: Batch) -> Iterator[Message]:
        if tp.topic not in self.batched:
            for record in records:
                yield self._to_message(tp, record)
        elif records:
            last = records[-1]
            self.spans.opened(tp, last.offset)
            yield ConsumerMessage(
                last.topic,
                last.partition,
                last.offset,
                last.timestamp / 1_000,
                last.timestamp_type,
                None,
                None,
                cast("Any", records),
                None,
                0,
                0,
                tp,
                generation_id=self.app.consumer_generation_id,
            )

    def _new_offset(self, tp: TP) -> int | None:
        if tp.topic in self.batched:
            return self.spans.committable(tp)
        return super()._new_offset(tp)

    def _filter_tps_with_pending_acks(self, topics: TPorTopicSet | None = None) -> Iterator[TP]:
        yield from (tp for tp in super()._filter_tps_with_pending_acks(topics) if tp.topic not in self.batched)
        for tp in self.spans.partitions():
            if topics is None or tp in topics or tp.topic in topics:
                yield tp

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        if tp.topic not in self.batched:
            await super()._add_gap(tp, offset_from, offset_to)

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Log what looks stuck."""
        # The client asserts that it knows a position, and right after an assignment it may not.
        with suppress(AssertionError):
            super().verify_event_path(now, tp)

    async def _drain_messages(self, fetcher: ServiceT) -> None:
        # The fetcher would take a cancellation of what is awaited here for its own end.
        await self._aloud(super()._drain_messages(fetcher))

    async def perform_seek(self) -> None:
        """Start over at the committed offsets, or at the beginning of a partition that has none."""
        self._clear_spans(tuple(self.assignment()))
        await super().perform_seek()
        self._seeks += 1

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Seek, and return the committed offsets.

        The client leaves a partition without a committed offset where it is. What was fetched from it and
        dropped, because a rebalance came before the first commit, would never come again.
        """
        committed = await self._seek_to_committed()
        unread = [tp for tp, offset in committed.items() if not offset and tp.topic in self.batched]
        if unread:
            await self._seek_to_beginning(unread)
        return committed

    async def _seek_to_committed(self) -> Mapping[TP, int]:
        return await super().seek_to_committed()

    async def _seek_to_beginning(self, partitions: Sequence[TP]) -> None:
        # Not by the client's own seek to the beginning, during which it knows no position.
        earliest = await self.earliest_offsets(*partitions)
        await self.seek_wait({ensure_TP(tp): offset for tp, offset in earliest.items()})

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Finish what is in hand and commit it, then give the partitions up."""
        self.stop_flow()
        # Nothing new may be begun: an append that is sent late could meet the next owner's.
        self.app.flow_control.suspend()
        self.app.flow_control.clear()
        await self._finish()
        self._clear_spans(revoked)
        await super().on_partitions_revoked(revoked)

    async def on_stop(self) -> None:
        """Finish what is in hand; the commit is part of Faust's own stop."""
        await self._finish()
        await super().on_stop()

    async def _finish(self) -> None:
        if self.drain is not None:
            await self.drain()
            await self.commit()

    def _clear_spans(self, partitions: Iterable[TP]) -> None:
        for tp in partitions:
            self.spans.clear(ensure_TP(tp))


class BatchTransport(driver.Transport):
    """The transport to give to an app, before its first agent, as ``app.transport``."""

    Consumer: ClassVar[type[BatchConsumer]] = BatchConsumer

    def __init__(self, *args: Any, batched_topics: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.batched_topics = frozenset(batched_topics)
        self.drain: Drain | None = None
