"""Partition states on their way from their changelogs, begun anew where what they began with was damaged."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from aiokafka import TopicPartition
from faust.types import TP

from stream.runtime.kafka.fencing import life_of
from stream.state.marker import decode_marker
from stream.state.partition import PartitionState
from stream.state.rows import ENTITY, KINDS, MARKER, DamagedRowsError, Row, StoreError

if TYPE_CHECKING:
    from aiokafka import AIOKafkaConsumer

    from stream.runtime.faust.state_table import StateTable


class Restoring:
    """The ``states`` of the partitions that are restored at once, of ``tables``.

    A state that cannot be restored from the copy on disk that it began with is replaced, once, by one that begins
    with nothing.
    """

    def __init__(self, states: dict[TP, PartitionState], tables: Mapping[TP, StateTable]) -> None:
        self.states: Final = states
        self.tables: Final = tables
        self._copied = {tp: life_of(state.claim) for tp, state in states.items() if state.rows.position}

    async def read(self, consumer: AIOKafkaConsumer, starts: Mapping[TP, int], ends: Mapping[TP, int]) -> None:
        """Read changelogs from ``starts`` up to (not including) ``ends``.

        A copy of which the last row before it ends is read as well turns out to be one of a changelog that was deleted
        and made anew, by the claims that follow.

        Raises ``StoreError``, and ``ValueError`` if rows were written by a version that this one does not understand.
        """
        left = {TopicPartition(*tp) for tp, start in starts.items() if start < ends[tp]}
        if not left:
            return
        consumer.assign(list(left))
        for tp in left:
            consumer.seek(tp, starts[TP(*tp)])
        left = {tp for tp in left if await consumer.position(tp) < ends[TP(*tp)]}
        while left:
            for tp, records in (await consumer.getmany(*left, timeout_ms=1_000)).items():
                end = ends[TP(*tp)]
                rows = [Row(record.key, record.value) for record in records if record.offset < end]
                try:
                    self._check_life(TP(*tp), rows)
                    await asyncio.to_thread(self.states[TP(*tp)].load, rows)
                except DamagedRowsError as error:
                    self._begin_anew(TP(*tp), end, error)
                    consumer.seek(tp, 0)
            left = {tp for tp in left if await consumer.position(tp) < ends[TP(*tp)]}

    async def load(self, consumer: AIOKafkaConsumer, ends: Mapping[TP, int]) -> None:
        """Work out what follows from the rows, all of which were read up to ``ends``. Raises as `read` does."""
        for tp, state in tuple(self.states.items()):
            try:
                await asyncio.to_thread(_load_all if tp in self._copied else PartitionState.loaded, state)
            except Exception as error:
                # Rows of the disk that make no sense are as damaged as those that cannot be read. If they are the
                # changelog's own, loading fails again.
                if isinstance(error, StoreError) and not isinstance(error, DamagedRowsError):
                    raise
                self._begin_anew(tp, ends[tp], error)
                await self.read(consumer, {tp: 0}, ends)
                await asyncio.to_thread(self.states[tp].loaded)

    def _check_life(self, tp: TP, rows: Iterable[Row]) -> None:
        life = self._copied.get(tp)
        if life is None:
            return
        markers = (decode_marker(row.value) for row in rows if row.key == MARKER and row.value is not None)
        if any(life_of(marker.claim) != life for marker in markers):
            message = f"the state of {tp.topic}[{tp.partition}] on disk is that of a changelog that was deleted since"
            raise DamagedRowsError(message)

    def _begin_anew(self, tp: TP, end: int, error: Exception) -> None:
        if tp not in self._copied:
            raise error
        del self._copied[tp]
        words = f"the state of {tp.topic}[{tp.partition}] on disk is damaged ({type(error).__name__}: {error})"
        self.states[tp].rows.set_aside(error.what if isinstance(error, DamagedRowsError) else words)
        self.states[tp] = self.tables[tp].new_state(tp.partition, end)


def _load_all(state: PartitionState) -> None:
    state.loaded()
    # What loading has no need of may be damaged too, and would stop the worker when it is first read.
    for kind in KINDS - {ENTITY}:
        for _ in state.rows.scan(kind):
            pass
