"""Restoring partition states from the changelog, whole fetches at a time.

Faust's own recovery takes a changelog record at a time through the consumer, conductor and a queue.
Here a plain consumer reads the changelogs of newly assigned partitions to their ends, then Faust is told
that nothing is left to recover.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, cast

from aiokafka import AIOKafkaConsumer, TopicPartition
from faust.tables.manager import TableManager
from faust.tables.recovery import Recovery
from faust.types import TP
from mode import Seconds

from stream.runtime.faust.cancellation import LoudTasks
from stream.runtime.faust.restoring import Restoring
from stream.runtime.faust.state_table import StateTable
from stream.runtime.kafka.consumer_group import Committed
from stream.runtime.kafka.fencing import FencedError, first_claim
from stream.runtime.kafka.lost_state import (
    WAY_OUT,
    LostStateError,
    UnfinishedGrowthError,
    empty_changelog,
    headless_changelog,
    lacks_beginning,
    unfinished_growth,
)
from stream.state.partition import PartitionState

NewConsumer = Callable[[], Awaitable[AIOKafkaConsumer]]
ReadCommitted = Callable[[list[tuple[str, int]]], Awaitable[Committed]]


_CLAIM_ATTEMPTS: Final = 5


class ContestedError(Exception):
    """Other workers claim the same partitions again and again."""


class BatchRecovery(LoudTasks, Recovery):
    """Faust's recovery service with the reading of changelogs replaced."""

    new_consumer: NewConsumer
    read_committed: ReadCommitted

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Tells this worker's life from every other one's.
        self.owner = secrets.randbits(63)

    async def _build_offsets(self, consumer: Any, tps: set[TP], destination: Counter[TP], title: str) -> None:
        if title != "active":
            await super()._build_offsets(consumer, tps, destination, title)
            return
        ends = {tp: self.active_highwaters[tp] + 1 for tp in tps}
        await self._restore(ends)
        for tp, end in ends.items():
            destination[tp] = end - 1

    async def _wait(self, coro: Any, timeout: Seconds | None = None) -> None:  # noqa: ARG002
        # A restore may rightly take longer than any one request, and every request has its own time-out.
        await super()._wait(coro, timeout=None)

    async def _restore(self, ends: Mapping[TP, int]) -> None:
        tables = {tp: cast("StateTable", self.tp_to_table[tp]) for tp in ends}
        for table in cast("Mapping[str, StateTable]", self.tables).values():
            held = {tp.partition for tp, owner in tables.items() if owner is table}
            table.drop(partition for partition, _ in table.states() if partition not in held)
        wanted = {tp: end for tp, end in ends.items() if not tables[tp].keeps(tp.partition, end)}
        if not wanted:
            return
        states: dict[TP, PartitionState] = {}
        try:
            for tp, end in wanted.items():
                tables[tp].drop([tp.partition])
                states[tp] = tables[tp].new_state(tp.partition, end)
            positions = await self._read_and_claim(Restoring(states, tables), wanted)
        except BaseException:
            for state in states.values():
                state.rows.close()
            raise
        # All at once, so that nobody ever sees the numbers of some of them.
        for tp, state in states.items():
            state.rows.settle((), positions[tp])
            tables[tp].install(tp.partition, state, positions[tp])
        self.log.info("Restored %d partitions from %d changelog offsets", len(wanted), sum(positions.values()))

    async def _read_and_claim(self, restoring: Restoring, ends: Mapping[TP, int]) -> dict[TP, int]:
        """Read the changelogs, claim their partitions and load them; return where each of them then ends.

        What a former owner appends before the claim is read, what it appends after it counts for nobody.
        Raises ``ContestedError``, and ``LostStateError`` if a changelog does not have what was read.
        """
        states = restoring.states
        consumer = await self.new_consumer()
        await consumer.start()
        try:
            # The marker with which a copy ends is read once more, to see that it is one of this changelog.
            starts = {tp: max(0, state.rows.position - 1) for tp, state in states.items()}
            await restoring.read(consumer, starts, ends)
            await self._check_complete(restoring.tables, states)
            positions = dict(ends)
            unclaimed = set(states)
            for attempt in range(_CLAIM_ATTEMPTS):
                if attempt:
                    # Another one may hold the partition rightly, and this worker hear of that before its session ends.
                    self.log.warning("Another worker was faster to claim %s", ", ".join(map(str, sorted(unclaimed))))
                    await asyncio.sleep(self.app.conf.broker_session_timeout)
                claims = [self._claim(consumer, tp, restoring.tables[tp], states[tp]) for tp in unclaimed]
                claimed = dict(zip(unclaimed, await asyncio.gather(*claims), strict=True))
                await restoring.read(consumer, {tp: positions[tp] for tp in unclaimed}, claimed)
                positions.update(claimed)
                unclaimed = {tp for tp in unclaimed if states[tp].owner != self.owner}
                if not unclaimed:
                    await restoring.load(consumer, positions)
                    return positions
            names = ", ".join(map(str, sorted(unclaimed)))
            message = f"other workers claim {names} again and again; is kafka.group used by something else"
            raise ContestedError(message)
        finally:
            await consumer.stop()

    async def _check_complete(self, tables: Mapping[TP, StateTable], states: Mapping[TP, PartitionState]) -> None:
        for tp, state in states.items():
            if state.growing:
                raise UnfinishedGrowthError(unfinished_growth(tp.topic, tp.partition))
            if lacks_beginning(state):
                message = f"{headless_changelog(tp.topic, tp.partition)}; {WAY_OUT}"
                raise LostStateError(message)
        empty = [tp for tp, state in states.items() if state.is_empty]
        if not empty:
            return
        committed = await self.read_committed([(tables[tp].source_topic, tp.partition) for tp in empty])
        for tp in empty:
            source = tables[tp].source_topic
            offset = committed.get((source, tp.partition), 0)
            if offset > 0:
                found = empty_changelog(tp.topic, source, tp.partition, offset, self.app.conf.id)
                message = f"{found}; {WAY_OUT}"
                raise LostStateError(message)

    async def _claim(self, consumer: AIOKafkaConsumer, tp: TP, table: StateTable, state: PartitionState) -> int:
        """Claim a partition; return up to which offset to read in order to know whether nobody was faster."""
        claim, rows = state.claimed_by(self.owner, first_claim(time.time()))
        try:
            return await table.appends.claim(tp.partition, rows, claim)
        except FencedError:
            ends: dict[TopicPartition, int] = await consumer.end_offsets([TopicPartition(*tp)])
            return ends[TopicPartition(*tp)]


class StateTableManager(TableManager):
    """A table manager that restores with `BatchRecovery`."""

    @property
    def recovery(self) -> BatchRecovery:
        """The recovery service."""
        if self._recovery is None:
            self._recovery = BatchRecovery(self.app, self, beacon=self.beacon, loop=self.loop)
        return cast("BatchRecovery", self._recovery)
