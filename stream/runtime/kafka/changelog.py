"""The changelog of a state table: one atomic append for each run of records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from aiokafka.errors import OutOfOrderSequenceNumber, UnknownProducerId

from stream.runtime.kafka.clock_watch import BrokerTime
from stream.runtime.kafka.fencing import FencedError, Writer, send
from stream.runtime.kafka.unwritable import naming
from stream.state.rows import Row

if TYPE_CHECKING:
    from aiokafka import AIOKafkaProducer

APPEND_BYTES: Final = 16 * 1024 * 1024
"""The largest append, in bytes; the changelog topic has to take a message of this size."""

ROW_BYTES: Final = 4 * 1024 * 1024
"""How many bytes of rows, by estimate, end a run of records early so that its append fits."""


_STAMPED_BY_BROKER: Final = 1


class AppendTooLargeError(Exception):
    """The rows of one run of records do not fit into one append."""


class Changelog:
    """Appends rows to a changelog topic.

    All rows of an append travel as one record batch in one produce request. Kafka writes a record batch
    whole or not at all, so the changelog always ends where an append ended. ``fencing.py`` tells how it is kept
    to one writer for each partition. ``broker_time`` learns when the brokers have written an append.
    """

    def __init__(self, producer: AIOKafkaProducer, topic: str, broker_time: BrokerTime | None = None) -> None:
        self._producer = producer
        self._broker_time = broker_time
        self._writers: dict[int, Writer] = {}
        self.topic = topic

    async def claim(self, partition: int, rows: Sequence[Row], claim: int) -> int:
        """Append the rows of a claim of this number; return the offset past them.

        From then on the broker refuses appends under lower ones, and this changelog's are under this one. If
        another worker was faster with a claim of the same number, the offset is that one's and its rows those
        that were written: read it back, and claim again before anything is appended. Raises ``FencedError`` if
        there is a claim of a higher number.
        """
        writer = self._writers[partition] = Writer(claim)
        try:
            return await self._send(partition, rows, writer)
        except UnknownProducerId:
            # To Kafka a producer becomes known with its first record. Another kind of broker that wants to have
            # given the id out itself gets the appends without one; readers still tell the claims apart.
            del self._writers[partition]
            return await self._send(partition, rows, None)
        except OutOfOrderSequenceNumber as error:
            # The faster one has gone on to append under the claim of the same number.
            message = f"{self.topic}[{partition}] was claimed by another worker"
            raise FencedError(message) from error

    async def append(self, partition: int, rows: Sequence[Row]) -> int:
        """Append rows and wait for the broker's acknowledgement; return the offset past the last row.

        Raises ``AppendTooLargeError`` if they do not fit, ``FencedError`` if the partition was claimed by
        another worker, and ``UnwritableTopicError`` if the broker does not take them.
        """
        with naming(self.topic, partition):
            return await self._send(partition, rows, self._writers.get(partition))

    async def _send(self, partition: int, rows: Sequence[Row], writer: Writer | None) -> int:
        batch = self._producer.create_batch()
        append = batch.append
        for key, value in rows:
            if append(timestamp=None, key=key, value=value) is None:
                message = f"{len(rows)} rows for {self.topic}[{partition}] are more than {APPEND_BYTES} bytes"
                raise AppendTooLargeError(message)
        metadata = await send(self._producer, batch, self.topic, partition, writer)
        if self._broker_time is not None and metadata.timestamp_type == _STAMPED_BY_BROKER:
            self._broker_time.stamped(metadata.timestamp)
        offset: int = metadata.offset
        return offset + len(rows)
