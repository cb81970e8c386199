"""Records that publishers send to the wrong partition because they do not know yet that there are more."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from stream.runtime.kafka.placement import belongs, partition_of
from stream.runtime.kafka.unwritable import naming

if TYPE_CHECKING:
    from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition

_POLL_MS: Final = 500
_QUIET_SHARE: Final = 0.1


class Stragglers:
    """Follows the partitions that a topic had before it was given ``partitions``.

    ``late`` of the records that were read do not belong where they are.
    """

    def __init__(self, consumer: AIOKafkaConsumer, producer: AIOKafkaProducer, partitions: int) -> None:
        self._consumer = consumer
        self._producer = producer
        self._partitions = partitions
        self._last: dict[TopicPartition, int] = {}
        self._last_at = 0.0
        self.late = 0

    async def follow(self, starts: Mapping[TopicPartition, int], seconds: float, since: float) -> None:
        """Read from ``starts`` on, until ``seconds`` after the moment ``since`` of the monotonic clock.

        It takes longer if late records go on to come: until none has come for a tenth of that time.
        """
        await self._seek(starts)
        while True:
            now = time.monotonic()
            settled = now - since >= seconds and now - self._last_at >= _QUIET_SHARE * seconds
            await self._read_to(await self._consumer.end_offsets(list(starts)))
            if settled:
                return

    async def send_again(self, starts: Mapping[TopicPartition, int]) -> dict[TopicPartition, int]:
        """Send the records from ``starts`` to the last late one of each partition to where they belong.

        Those that belong where they are go there once more, for the partition is to be read on behind the last late
        one: the offsets returned, of the partitions that have late records. What has happened twice counts once.
        Raises ``UnwritableTopicError``.
        """
        last = dict(self._last)
        await self._seek({tp: starts[tp] for tp in last})
        left = set(last)
        while left:
            for tp, records in (await self._consumer.getmany(*left, timeout_ms=_POLL_MS)).items():
                await self._send(tp, [record for record in records if record.offset <= last[tp]])
            left = {tp for tp in left if await self._consumer.position(tp) <= last[tp]}
        return last

    async def _seek(self, starts: Mapping[TopicPartition, int]) -> None:
        if not starts:
            return
        begins = await self._consumer.beginning_offsets(list(starts))
        self._consumer.assign(list(starts))
        for tp, start in starts.items():
            self._consumer.seek(tp, max(begins[tp], start))

    async def _read_to(self, ends: Mapping[TopicPartition, int]) -> None:
        while True:
            for tp, records in (await self._consumer.getmany(timeout_ms=_POLL_MS)).items():
                for record in records:
                    if not belongs(record.key, tp.partition, self._partitions):
                        self.late += 1
                        self._last[tp] = record.offset
                        self._last_at = time.monotonic()
            if all([await self._consumer.position(tp) >= end for tp, end in ends.items()]):
                return

    async def _send(self, tp: TopicPartition, records: Iterable[ConsumerRecord[bytes, bytes]]) -> None:
        with naming(tp.topic, tp.partition):
            sent = [
                await self._producer.send(
                    tp.topic,
                    value=record.value,
                    # A record with neither key nor value cannot be produced by this client.
                    key=b"" if record.key is None and record.value is None else record.key,
                    partition=tp.partition if record.key is None else partition_of(record.key, self._partitions),
                    timestamp_ms=record.timestamp,
                    headers=list(record.headers),
                )
                for record in records
            ]
            await asyncio.gather(*sent)
