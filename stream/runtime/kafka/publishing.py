"""Publishing the events that desks make."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from aiokafka.errors import UnknownProducerId

from stream.runtime.kafka.fencing import FencedError, Writer, first_producer_of, send
from stream.runtime.kafka.unwritable import naming
from stream.state.outbox import Outgoing

if TYPE_CHECKING:
    from aiokafka import AIOKafkaProducer
    from aiokafka.producer.message_accumulator import BatchBuilder

BATCH_BYTES: Final = 512 * 1024
"""The largest batch, in bytes: half of what a topic takes by default."""

_RECORD_OVERHEAD: Final = 32
_topic_of: Final = attrgetter("topic")


class Publisher:
    """Writes what the desk of a partition publishes to the partition of the same number, so that it stays in order.

    It is written under the number of the claim with which the desk's partition is held. A former owner has
    nothing to write that its successor has not found in the changelog and written itself; what comes from it after
    that would undo what has happened since, and is refused. Claims are numbered under the ``source`` of the events.
    """

    def __init__(self, producer: AIOKafkaProducer, source: str) -> None:
        self._producer = producer
        self._first_producer = first_producer_of(source)
        self._fences = True
        self._writers: dict[tuple[str, int], Writer] = {}

    async def write(self, partition: int, claim: int, records: Sequence[Outgoing]) -> None:
        """Write records, some of which may have been written before; wait until the broker has acknowledged them all.

        Raises ``FencedError`` if there are events under a higher claim, ``UnwritableTopicError`` if the broker
        does not take them.
        """
        for topic, run in groupby(records, key=_topic_of):
            with naming(topic, partition):
                await self._write(topic, partition, claim, list(run))

    async def _write(self, topic: str, partition: int, claim: int, left: list[Outgoing]) -> None:
        while left:
            batch = self._batch(left)
            taken = batch.record_count()
            writer = self._writer(topic, partition, claim)
            begins = writer is not None and not writer.sequence
            try:
                await send(self._producer, batch, topic, partition, writer)
            except UnknownProducerId:
                if not begins:
                    raise
                # As with the changelog, for a broker that wants to have given the id out itself.
                self._fences = False
            else:
                del left[:taken]

    def _batch(self, records: Sequence[Outgoing]) -> BatchBuilder:
        """A batch of as many of the first records as fit; the first one always does."""
        batch = self._producer.create_batch()
        room = BATCH_BYTES
        for _, key, value, _ in records:
            room -= len(key) + len(value) + _RECORD_OVERHEAD
            if (room < 0 and batch.record_count()) or batch.append(timestamp=None, key=key, value=value) is None:
                break
        return batch

    def _writer(self, topic: str, partition: int, claim: int) -> Writer | None:
        if not self._fences:
            return None
        writer = self._writers.get((topic, partition))
        if writer is None or writer.claim < claim:
            writer = self._writers[topic, partition] = Writer(claim, first_producer=self._first_producer)
        elif writer.claim > claim:
            message = f"{topic}[{partition}] was claimed by this worker once more"
            raise FencedError(message)
        return writer
