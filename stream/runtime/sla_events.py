"""Publishing what has happened to SLA clocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from schemas.events import SLA_TOPIC
from stream.desk.sla.announced import Announced
from stream.desk.sla.announcements import Announcement, records_of
from stream.runtime.changelog import APPEND_BYTES

if TYPE_CHECKING:
    from aiokafka import AIOKafkaProducer

_RECORDS: Final = 5_000


class SlaEvents:
    """Writes announcements of one partition's tickets to the partition of the same number, so that they stay in order.

    ``source`` is the CloudEvents source of the events; ``announced`` counts them.
    """

    def __init__(self, producer: AIOKafkaProducer, source: str, announced: Announced) -> None:
        self._producer = producer
        self._source = source
        self._announced = announced
        self.topic: Final = SLA_TOPIC

    async def write(self, partition: int, announcements: Sequence[Announcement]) -> None:
        """Write the events, wait until the broker has acknowledged them all, and count them.

        Raises the client's ``KafkaError`` if it does not.
        """
        await self.repeat(partition, announcements)
        self._announced.count(announcements)

    async def repeat(self, partition: int, announcements: Sequence[Announcement]) -> None:
        """As `write`, with events that may have been written, and counted, before.

        Raises the client's ``KafkaError`` if it does not.
        """
        left = list(announcements)
        while left:
            batch = self._producer.create_batch()
            taken = 0
            for key, value in records_of(left[:_RECORDS], self._source):
                if batch.append(timestamp=None, key=key, value=value) is None:
                    break
                taken += 1
            if not taken:
                message = f"an event of ticket {left[0].ticket!r} is more than {APPEND_BYTES} bytes"
                raise ValueError(message)
            batch.close()
            await (await self._producer.send_batch(batch, self.topic, partition=partition))
            del left[:taken]
