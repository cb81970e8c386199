"""Taking in what is left in the partitions of a source topic, outside of a worker."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from stream.dead_letters.writing import DeadLetters
from stream.runtime.kafka.changelog import ROW_BYTES, Changelog
from stream.runtime.kafka.placement import belongs
from stream.runtime.kafka.publishing import Publisher
from stream.state.outbox import Outgoing
from stream.state.partition import Outcome, PartitionState

if TYPE_CHECKING:
    from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

    Batch = Sequence[ConsumerRecord[bytes, bytes]]

_POLL_MS: Final = 500


class Drain:
    """Reads partitions to their ends, as a worker does. ``records`` were taken in so far."""

    def __init__(
        self,
        consumer: AIOKafkaConsumer,
        states: Mapping[TopicPartition, PartitionState],
        changelog: Changelog,
        dead_letters: DeadLetters,
        publisher: Publisher,
    ) -> None:
        self._consumer = consumer
        self._states = states
        self._changelog = changelog
        self._dead_letters = dead_letters
        self._publisher = publisher
        self.records = 0

    async def run(self) -> None:
        """Take in what is there now, but of no partition more than up to a record whose key does not belong there."""
        partitions = list(self._states)
        ends: dict[TopicPartition, int] = await self._consumer.end_offsets(partitions)
        begins = await self._consumer.beginning_offsets(partitions)
        self._consumer.assign(partitions)
        for tp, state in self._states.items():
            self._consumer.seek(tp, max(begins[tp], state.applied_offset + 1))
            await self._repeat(tp.partition, state)
        left = set(partitions)
        while left:
            left = {tp for tp in left if await self._consumer.position(tp) < ends[tp]}
            if not left:
                return
            for tp, records in (await self._consumer.getmany(*left, timeout_ms=_POLL_MS)).items():
                belonging = self._belonging(tp, [record for record in records if record.offset < ends[tp]])
                if len(belonging) < len(records):
                    left.discard(tp)
                await self._take_in(tp, belonging)

    async def advance(self, partition: int, state: PartitionState, until: int) -> None:
        """Let happen, and publish, what is due before a moment (microseconds)."""
        more = True
        while more:
            outcome = state.advance_until(until)
            more = outcome.more
            await self._write(partition, state, outcome)

    def _belonging(self, tp: TopicPartition, records: Batch) -> Batch:
        """The records up to the first one that was published by somebody who knew of more partitions."""
        for index, record in enumerate(records):
            if not belongs(record.key, tp.partition, len(self._states)):
                return records[:index]
        return records

    async def _take_in(self, tp: TopicPartition, records: Batch) -> None:
        state, start = self._states[tp], 0
        while start < len(records):
            wall_now = time.time_ns() // 1_000
            outcome = state.take_in(records, wall_now=wall_now, row_bytes=ROW_BYTES, start=start)
            start += outcome.consumed
            if outcome.rejections:
                await self._dead_letters.write(outcome.rejections)
            await self._write(tp.partition, state, outcome)
        self.records += len(records)

    async def _write(self, partition: int, state: PartitionState, outcome: Outcome) -> None:
        if outcome.rows:
            await self._changelog.append(partition, outcome.rows)
        await self._publish(partition, state, outcome.outgoing)

    async def _repeat(self, partition: int, state: PartitionState) -> None:
        """Publish what a worker may not have published."""
        unsent, state.unsent = state.unsent, []
        await self._publish(partition, state, unsent)

    async def _publish(self, partition: int, state: PartitionState, records: Sequence[Outgoing]) -> None:
        if records:
            await self._publisher.write(partition, state.claim, records)
            state.went_out(len(records))
