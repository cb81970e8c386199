"""Publishing events to Kafka: at least once, and in order for each key."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from functools import lru_cache
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.partitioner import DefaultPartitioner

from stream.runtime.kafka.reachability import BrokerUnreachableError

Record = tuple[str, bytes, bytes, int]
"""Topic, key, value and time (not used here) of an event: a ``SimulatedEvent`` or a ``ReplayedEvent``."""
_BATCH_BYTES: Final = 128 * 1024
_UNACKNOWLEDGED_BATCHES: Final = 16
_RECORDS_IN_A_TURN: Final = 500

_partition_index = lru_cache(100_000)(lambda key, partitions: DefaultPartitioner()(key, range(partitions), None))


async def publish(
    records: Iterable[Record] | AsyncIterable[Record],
    bootstrap_servers: str,
    *,
    linger: float = 0.05,
    connect_timeout: float = 10.0,
    **options: object,
) -> int:
    """Publish all records in the order in which they come; return how many there were, all acknowledged.

    A record leaves at most ``linger`` seconds after it came. Its partition is Kafka's own choice for the key,
    its timestamp the present, lest retention drops the past. ``options`` are further arguments of
    ``AIOKafkaProducer``. Raises ``BrokerUnreachableError`` when none answers in ``connect_timeout`` seconds,
    ``KafkaError`` when one refuses a record.
    """
    producer = await _connected(bootstrap_servers, connect_timeout, options)
    batches = _Batches(producer)
    lingering = asyncio.create_task(batches.send_every(linger))
    count = 0
    try:
        async for topic, key, value, _ in _each(records):
            await batches.add(topic, key, value)
            count += 1
            if count % _RECORDS_IN_A_TURN == 0:
                await asyncio.sleep(0)
            if lingering.done():
                await lingering
        await batches.send(unacknowledged=0)
    finally:
        lingering.cancel()
        await producer.stop()
    return count


async def _connected(bootstrap_servers: str, seconds: float, options: dict[str, object]) -> AIOKafkaProducer:
    arguments = {"bootstrap_servers": bootstrap_servers, "acks": "all", "max_batch_size": _BATCH_BYTES} | options
    try:
        async with asyncio.timeout(seconds):
            while True:
                producer = AIOKafkaProducer(**arguments)
                try:
                    await producer.start()
                except BaseException as error:
                    await producer.stop()
                    if not isinstance(error, KafkaError):
                        raise
                else:
                    return producer
                await asyncio.sleep(0.2)
    except TimeoutError:
        raise BrokerUnreachableError(f"no Kafka broker answered at {bootstrap_servers} within {seconds:g} s") from None


async def _each(records: Iterable[Record] | AsyncIterable[Record]) -> AsyncIterator[Record]:
    if isinstance(records, AsyncIterable):
        async for record in records:
            yield record
    else:
        for record in records:
            yield record


class _Batches:
    """A batch that fills for each partition, and those that were sent but are not acknowledged."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer
        self._partitions: dict[str, int] = {}
        self._filling: defaultdict[tuple[str, int], Any] = defaultdict(producer.create_batch)
        self._sent: deque[asyncio.Future[object]] = deque()
        self._sending = asyncio.Lock()

    async def add(self, topic: str, key: bytes, value: bytes) -> None:
        if topic not in self._partitions:
            self._partitions[topic] = len(await self._producer.partitions_for(topic))
        partition = topic, _partition_index(key, self._partitions[topic])
        while self._filling[partition].append(key=key, value=value, timestamp=None) is None:
            await self.send(partition)

    async def send_every(self, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            await self.send()
            # A topic may be given more partitions, of which the producer hears by itself.
            self._partitions.clear()

    async def send(self, *partitions: tuple[str, int], unacknowledged: int = _UNACKNOWLEDGED_BATCHES) -> None:
        # One at a time: of two batches of a partition, the older one goes first.
        async with self._sending:
            for topic, index in partitions or tuple(self._filling):
                if batch := self._filling.pop((topic, index), None):
                    self._sent.append(await self._producer.send_batch(batch, topic, partition=index))
            while self._sent and (len(self._sent) > unacknowledged or self._sent[0].done()):
                await self._sent.popleft()
