"""Publishing what has happened to SLA clocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from aiokafka.errors import UnknownProducerId

from schemas.events import SLA_TOPIC
from stream.desks.tickets.sla.announced import Announced
from stream.desks.tickets.sla.announcements import Announcement, records_of
from stream.runtime.kafka.fencing import FencedError, Writer, first_producer_of, send
from stream.runtime.kafka.unwritable import naming

if TYPE_CHECKING:
    from aiokafka import AIOKafkaProducer
    from aiokafka.producer.message_accumulator import BatchBuilder

_RECORDS: Final = 5_000


class SlaEvents:
    """Writes announcements of one partition's tickets to the partition of the same number, so that they stay in order.

    They are written under the number of the claim with which their tickets' partition is held. A former owner has
    nothing to write that its successor has not found in the changelog and written itself; what comes from it after
    that would undo what has happened since, and is refused. ``source`` is the CloudEvents source of the events, under
    which claims are numbered; ``announced`` counts them.
    """

    def __init__(self, producer: AIOKafkaProducer, source: str, announced: Announced) -> None:
        self._producer = producer
        self._source = source
        self._announced = announced
        self._first_producer = first_producer_of(source)
        self._fences = True
        self._writers: dict[int, Writer] = {}
        self.topic: Final = SLA_TOPIC

    async def write(self, partition: int, claim: int, announcements: Sequence[Announcement]) -> None:
        """Write the events, wait until the broker has acknowledged them all, and count them.

        Raises ``FencedError`` if there are events under a higher claim, ``UnwritableTopicError`` if the broker
        does not take them.
        """
        await self.repeat(partition, claim, announcements)
        self._announced.count(announcements)

    async def repeat(self, partition: int, claim: int, announcements: Sequence[Announcement]) -> None:
        """As `write`, with events that may have been written, and counted, before."""
        with naming(self.topic, partition):
            await self._repeat(partition, claim, list(announcements))

    async def _repeat(self, partition: int, claim: int, left: list[Announcement]) -> None:
        while left:
            batch = self._batch(left)
            taken = batch.record_count()
            writer = self._writer(partition, claim)
            begins = writer is not None and not writer.sequence
            try:
                await send(self._producer, batch, self.topic, partition, writer)
            except UnknownProducerId:
                if not begins:
                    raise
                # As with the changelog, for a broker that wants to have given the id out itself.
                self._fences = False
            else:
                del left[:taken]

    def _batch(self, announcements: Sequence[Announcement]) -> BatchBuilder:
        """A batch of as many of the first events as fit; the first one always does."""
        batch = self._producer.create_batch()
        for key, value in records_of(announcements[:_RECORDS], self._source):
            if batch.append(timestamp=None, key=key, value=value) is None:
                break
        return batch

    def _writer(self, partition: int, claim: int) -> Writer | None:
        if not self._fences:
            return None
        writer = self._writers.get(partition)
        if writer is None or writer.claim < claim:
            writer = self._writers[partition] = Writer(claim, first_producer=self._first_producer)
        elif writer.claim > claim:
            message = f"{self.topic}[{partition}] was claimed by this worker once more"
            raise FencedError(message)
        return writer
