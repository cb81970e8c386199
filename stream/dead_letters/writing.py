"""Dead letters: records that could not be taken in, kept with their original bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from aiokafka import ConsumerRecord
from aiokafka.errors import MessageSizeTooLargeError

from stream.runtime.kafka.unwritable import naming
from stream.state.records import Rejection

if TYPE_CHECKING:
    from aiokafka import AIOKafkaProducer

SUFFIX: Final = "-dlt"
"""Appended to a topic's name, the name of its dead-letter topic."""

_LONGEST_DETAIL: Final = 2_000

Header = tuple[str, bytes]


class DeadLetters:
    """Writes rejected records of one source topic to its dead-letter topic.

    A dead letter has the key, value and headers of the record, and headers that name the reason and the
    record's topic, partition, offset and timestamp. It goes to the partition of the same number.
    """

    def __init__(self, producer: AIOKafkaProducer, topic: str) -> None:
        self._producer = producer
        self.topic = topic + SUFFIX

    async def write(self, rejections: Sequence[Rejection]) -> None:
        """Write dead letters and wait until the broker has acknowledged them all.

        Raises ``UnwritableTopicError`` if it does not take one.
        """
        await asyncio.gather(*[self._write(rejection) for rejection in rejections])

    async def _write(self, rejection: Rejection) -> None:
        record = rejection.record
        if not isinstance(record, ConsumerRecord):
            message = f"{type(record).__name__} does not come from Kafka"
            raise TypeError(message)
        headers = [*record.headers, *headers_of(rejection, record)]
        with naming(self.topic, record.partition):
            try:
                await self._send(record.partition, record.key, record.value, headers)
            except MessageSizeTooLargeError:
                # The broker takes no message of this size here, so the source topic keeps the only copy.
                headers.append(("deskpulse.value-omitted", str(len(record.value or b"")).encode()))
                await self._send(record.partition, record.key, None, headers)

    async def _send(self, partition: int, key: bytes | None, value: bytes | None, headers: list[Header]) -> None:
        # A record with neither key nor value cannot be produced by this client.
        key = b"" if key is None and value is None else key
        await self._producer.send_and_wait(self.topic, value=value, key=key, partition=partition, headers=headers)


def headers_of(rejection: Rejection, record: ConsumerRecord[bytes, bytes]) -> list[Header]:
    """The headers that tell where a dead letter comes from and what is wrong with it."""
    return [
        ("deskpulse.reason", rejection.reason.encode()),
        ("deskpulse.detail", rejection.detail[:_LONGEST_DETAIL].encode(errors="backslashreplace")),
        ("deskpulse.topic", record.topic.encode()),
        ("deskpulse.partition", str(record.partition).encode()),
        ("deskpulse.offset", str(record.offset).encode()),
        ("deskpulse.timestamp", str(record.timestamp).encode()),
    ]
