"""The changelog of a state table: one atomic append for each run of records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from stream.desk.rows import Row

if TYPE_CHECKING:
    from aiokafka import AIOKafkaProducer

APPEND_BYTES: Final = 16 * 1024 * 1024
"""The largest append, in bytes; the changelog topic has to take a message of this size."""

ROW_BYTES: Final = 4 * 1024 * 1024
"""How many bytes of rows, by estimate, end a run of records early so that its append fits."""


class AppendTooLargeError(Exception):
    """The rows of one run of records do not fit into one append."""


class Changelog:
    """Appends rows to a changelog topic.

    All rows of an append travel as one record batch in one produce request. Kafka writes a record batch
    whole or not at all, so the changelog always ends where an append ended.
    """

    def __init__(self, producer: AIOKafkaProducer, topic: str) -> None:
        self._producer = producer
        self.topic = topic

    async def append(self, partition: int, rows: Sequence[Row]) -> int:
        """Append rows and wait for the broker's acknowledgement; return the offset past the last row.

        Raises ``AppendTooLargeError`` if they do not fit, and the client's ``KafkaError`` if the broker
        does not take them.
        """
        batch = self._producer.create_batch()
        append = batch.append
        for key, value in rows:
            if append(timestamp=None, key=key, value=value) is None:
                message = f"{len(rows)} rows for {self.topic}[{partition}] are more than {APPEND_BYTES} bytes"
                raise AppendTooLargeError(message)
        batch.close()
        acknowledged = await self._producer.send_batch(batch, self.topic, partition=partition)
        metadata = await acknowledged
        offset: int = metadata.offset
        return offset + len(rows)
