"""What the worker's changelogs tell about when it did what.

The broker stamps every append with its clock when it takes it, so the stamps say from outside of the worker,
and without asking it anything, when the effects of which source records became durable.
"""

from __future__ import annotations

from typing import Final

from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as KafkaPartition

from schemas.events import TICKETS_TOPIC
from stream.desks.kinds import SOURCE_TOPICS
from stream.runtime.kafka.topics import changelog_of
from stream.settings.kafka import KafkaSettings
from stream.state.marker import decode_marker
from stream.state.rows import MARKER
from tests.bench.filled_topics import PARTITIONS

BROKER_STAMPS: Final = {"log.message.timestamp.type": "LogAppendTime"}
"""The broker's settings under which it stamps what it appends."""

_STAMPED_BY_BROKER: Final = 1
_FETCH_MILLISECONDS: Final = 500


class StampError(Exception):
    """The stamps are not the broker's, so nothing can be told from them."""


async def last_append(address: str, group: str) -> float:
    """When the last append of a worker's group happened, in seconds since the epoch, rounded up to 1 ms."""
    stamps = []
    async with AIOKafkaConsumer(bootstrap_servers=address, enable_auto_commit=False) as consumer:
        for partition in [changelog for topic in SOURCE_TOPICS for changelog in _changelogs(group, topic)]:
            consumer.assign([partition])
            end = (await consumer.end_offsets([partition]))[partition]
            if end:
                consumer.seek(partition, end - 1)
                stamps.append(_stamp_of(await consumer.getone()))
    return max(stamps)


async def ticket_changelog_ends(address: str, group: str) -> dict[int, int]:
    """Where the changelog of the tickets ends now, by partition."""
    async with AIOKafkaConsumer(bootstrap_servers=address, enable_auto_commit=False) as consumer:
        ends = await consumer.end_offsets(_changelogs(group, TICKETS_TOPIC))
    return {partition.partition: end for partition, end in ends.items()}


async def ticket_appends(address: str, group: str, begins: dict[int, int]) -> dict[int, list[tuple[int, float]]]:
    """The appends to the changelog of the tickets from the offsets ``begins`` on, by partition.

    An append is the offset of the last source record in it and when it happened, in seconds since the epoch,
    rounded up to 1 ms.
    """
    appends: dict[int, list[tuple[int, float]]] = {number: [] for number in begins}
    partitions = _changelogs(group, TICKETS_TOPIC)
    async with AIOKafkaConsumer(bootstrap_servers=address, enable_auto_commit=False) as consumer:
        consumer.assign(partitions)
        for partition in partitions:
            consumer.seek(partition, begins[partition.partition])
        ends = await consumer.end_offsets(partitions)
        while any([await consumer.position(partition) < end for partition, end in ends.items()]):
            for partition, records in (await consumer.getmany(timeout_ms=_FETCH_MILLISECONDS)).items():
                found = appends[partition.partition]
                found += [
                    (decode_marker(record.value).offset, _stamp_of(record))
                    for record in records
                    if record.key == MARKER
                ]
    return appends


def _changelogs(group: str, topic: str) -> list[KafkaPartition]:
    name = changelog_of(KafkaSettings(group=group), topic)
    return [KafkaPartition(name, partition) for partition in range(PARTITIONS)]


def _stamp_of(record: object) -> float:
    kind, milliseconds = getattr(record, "timestamp_type", None), getattr(record, "timestamp", None)
    if kind != _STAMPED_BY_BROKER or not isinstance(milliseconds, int):
        raise StampError("the changelog's records bear no stamps of the broker")
    return (milliseconds + 1) / 1_000
