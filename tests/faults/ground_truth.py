"""What really lies in the topics: the input that the numbers have to follow from, and the dead letters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from stream.dead_letters.writing import SUFFIX
from tests.faults.load import CLOSING_TIME
from tests.oracle.moments import EPOCH, MICROSECOND
from tests.oracle.records import rows_of

_LATEST = (CLOSING_TIME - EPOCH) // MICROSECOND


class Place(NamedTuple):
    """Where a record lies."""

    topic: str
    partition: int
    offset: int


class Content(NamedTuple):
    """What a publisher gave to a record, and when (milliseconds)."""

    key: bytes | None
    value: bytes | None
    timestamp: int


async def read_whole(address: str, *topics: str) -> AsyncIterator[ConsumerRecord[bytes, bytes]]:
    """Every record of the topics up to their present ends, in order within each partition."""
    async with AIOKafkaConsumer(
        bootstrap_servers=address, group_id=None, enable_auto_commit=False, max_poll_records=10_000
    ) as consumer:
        counts = {topic: len(await _partitions(consumer, topic)) for topic in topics}
        partitions = [TopicPartition(topic, number) for topic, count in counts.items() for number in range(count)]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        ends = await consumer.end_offsets(partitions)
        left = {partition for partition in partitions if await consumer.position(partition) < ends[partition]}
        while left:
            for partition, records in (await consumer.getmany(*left, timeout_ms=1_000)).items():
                for record in records:
                    if record.offset < ends[partition]:
                        yield record
            left = {partition for partition in left if await consumer.position(partition) < ends[partition]}


async def _partitions(consumer: AIOKafkaConsumer, topic: str) -> set[int]:
    # Only a client that has subscribed to a topic, or was told of it, knows its partitions.
    await consumer._client._wait_on_metadata(topic)
    partitions: set[int] = consumer.partitions_for_topic(topic)
    return partitions


def is_readable(value: bytes | None) -> bool:
    """Whether a record is an event that counts; the worker dead-letters it else."""
    row = None if value is None else next(rows_of([value]), None)
    return row is not None and row["moment"] <= _LATEST


@dataclass(slots=True)
class GroundTruth:
    """The records of the source topics, by whether they can be read, and the offset past the last of each partition.

    ``by_topic`` has the readable ones once more.
    """

    events: list[bytes] = field(default_factory=list)
    by_topic: defaultdict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    poison: dict[Place, Content] = field(default_factory=dict)
    ends: dict[tuple[str, int], int] = field(default_factory=dict)

    def add(self, record: ConsumerRecord[bytes, bytes]) -> None:
        """Take in the next record of its partition."""
        self.ends[record.topic, record.partition] = record.offset + 1
        if record.value is not None and is_readable(record.value):
            self.events.append(record.value)
            self.by_topic[record.topic].append(record.value)
        else:
            content = Content(record.key, record.value, record.timestamp)
            self.poison[Place(record.topic, record.partition, record.offset)] = content

    @property
    def records(self) -> int:
        """How many there are."""
        return len(self.events) + len(self.poison)


async def read_ground_truth(address: str, topics: Iterable[str]) -> GroundTruth:
    """Read the source topics back, with what the publisher may have sent twice."""
    truth = GroundTruth()
    async for record in read_whole(address, *topics):
        truth.add(record)
    return truth


async def read_values(address: str, topic: str) -> dict[int, list[bytes]]:
    """The values of a topic, in their order, by partition."""
    found: defaultdict[int, list[bytes]] = defaultdict(list)
    async for record in read_whole(address, topic):
        if record.value is not None:
            found[record.partition].append(record.value)
    return found


async def read_dead_letters(address: str, topics: Iterable[str]) -> list[tuple[Place, Content]]:
    """All dead letters by the place of their origin; some may be there twice."""
    found = []
    async for record in read_whole(address, *(topic + SUFFIX for topic in topics)):
        headers = {name: value.decode() for name, value in record.headers}
        origin = Place(
            headers["deskpulse.topic"], int(headers["deskpulse.partition"]), int(headers["deskpulse.offset"])
        )
        found.append((origin, Content(record.key, record.value, int(headers["deskpulse.timestamp"]))))
    return found


def missing_dead_letters(poison: Mapping[Place, Content], found: Iterable[tuple[Place, Content]]) -> list[Place]:
    """The unreadable records without a dead letter that has their bytes.

    A topic that grows gets some of its records once more, in other places and with their times; one letter will do.
    """
    letters = {(place.topic, content) for place, content in found}
    return [place for place, content in poison.items() if (place.topic, content) not in letters]


def wrong_dead_letters(poison: Mapping[Place, Content], found: Iterable[tuple[Place, Content]]) -> Iterator[str]:
    """A line for each dead letter that is none of an unreadable record, or not with its bytes."""
    for place, content in found:
        if place not in poison:
            yield f"dead letter of the readable record {place}: {content.value!r}"
        elif content != poison[place]:
            yield f"dead letter of {place} has other bytes: {content.value!r}"
