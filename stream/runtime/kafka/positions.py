"""How far the source topics reach, and how far the changelogs say that they were read."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from mode import get_logger

from stream.runtime.kafka.broker import reading_consumer
from stream.runtime.kafka.consumer_group import Committed, committed_offsets
from stream.runtime.kafka.lost_state import (
    WAY_OUT,
    LostStateError,
    UnfinishedGrowthError,
    empty_changelog,
    unfinished_growth,
)
from stream.runtime.kafka.topics import changelog_of
from stream.settings.kafka import KafkaSettings
from stream.state.marker import decode_marker
from stream.state.rows import MARKER

logger = get_logger(__name__)

_POLLS: Final = 20
_POLL_MS: Final = 500
_PATIENCE_SECONDS: Final = 20.0


class ForeignMarkerError(Exception):
    """A changelog was written by a version of deskpulse that this one does not understand."""


class RenewedSourceError(Exception):
    """A source topic was deleted and created again, so that its new records would be taken for old ones."""


@dataclass(frozen=True, slots=True)
class Position:
    """A partition of a source topic and its changelog.

    The source has offsets from ``begin`` to before ``end``. ``applied`` is the last of them that the
    changelog's marker, written at ``marked_at`` (milliseconds), says is in the state, -1 before the first;
    ``None`` without a marker. ``applied_at`` is the timestamp of the source record with that offset, if it is
    still there. ``committed`` is the offset that the workers' group has committed, 0 or less if it has none.
    """

    topic: str
    partition: int
    begin: int
    end: int
    changelog: str
    changelog_end: int = 0
    applied: int | None = None
    marked_at: int | None = None
    applied_at: int | None = None
    committed: int = 0
    changelog_begin: int = 0

    @property
    def is_renewed(self) -> bool:
        """Whether the marker lies beyond the end of the source, which only a source made anew explains."""
        return self.applied is not None and 0 <= self.applied >= self.end

    @property
    def is_lost(self) -> bool:
        """Whether the source was read, but its changelog holds nothing of it."""
        return self.committed > 0 and self.applied is None and self.changelog_begin >= self.changelog_end

    @property
    def behind(self) -> int:
        """Records of the source that are not in the state."""
        return max(0, self.end - max(self.begin, -1 if self.applied is None else self.applied + 1))

    @property
    def missed(self) -> int:
        """Records that were deleted from the source before they were read."""
        return 0 if self.applied is None or self.applied < 0 else max(0, self.begin - self.applied - 1)


async def check_sources(settings: KafkaSettings, partitions: Mapping[str, int]) -> None:
    """Compare the source topics, and what the group has committed of them, with their changelogs.

    Raises ``RenewedSourceError`` if a source topic ends before what its changelog says was read of it,
    ``LostStateError`` if it was read but its changelog is empty.
    """
    sources = [(topic, number) for topic, count in partitions.items() for number in range(count)]
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            positions = await read_positions(settings, partitions, await committed_offsets(settings, sources))
    except (KafkaError, TimeoutError) as error:
        logger.warning("Could not compare the source topics with their changelogs: %r", error)
        return
    for position in positions:
        if position.is_renewed:
            raise RenewedSourceError(renewal(position))
        if position.is_lost:
            message = f"{loss(position, settings.group)}; {WAY_OUT}"
            raise LostStateError(message)


def loss(position: Position, group: str) -> str:
    """What has happened to a partition whose changelog is gone."""
    return empty_changelog(position.changelog, position.topic, position.partition, position.committed, group)


def renewal(position: Position) -> str:
    """What has happened to a source topic that was made anew, and the way out."""
    return (
        f"{position.topic}[{position.partition}] ends at offset {position.end}, but {position.changelog} says that"
        f" offset {position.applied} was read: the topic was deleted and created again, and its events would be"
        " skipped; set a new kafka.group, which starts from the beginning, and replay what the deleted topic had"
    )


async def read_positions(
    settings: KafkaSettings, partitions: Mapping[str, int], committed: Committed, *, look_up_applied: bool = False
) -> list[Position]:
    """The position of every partition of the source topics, given with their numbers of partitions.

    ``applied_at`` is only known if it is to be looked up. Changelogs must exist. Raises
    ``ForeignMarkerError``, ``UnfinishedGrowthError``, and the client's ``KafkaError``.
    """
    sources = [TopicPartition(topic, number) for topic, count in partitions.items() for number in range(count)]
    changelogs = {source: TopicPartition(changelog_of(settings, source.topic), source.partition) for source in sources}
    async with reading_consumer(settings) as consumer:
        everything = [*sources, *changelogs.values()]
        begins = await consumer.beginning_offsets(everything)
        ends = await consumer.end_offsets(everything)
        last = await records_at(consumer, {tp: ends[tp] - 1 for tp in changelogs.values() if ends[tp] > begins[tp]})
        markers = {tp: _marked_offset(record) for tp, record in last.items()}
        applied = {source: markers.get(changelog) for source, changelog in changelogs.items()}
        readable = {
            source: offset
            for source, offset in applied.items()
            if look_up_applied and offset is not None and begins[source] <= offset < ends[source]
        }
        at_marker = await records_at(consumer, readable)
    return [
        Position(
            source.topic,
            source.partition,
            begins[source],
            ends[source],
            changelog.topic,
            ends[changelog],
            applied[source],
            last[changelog].timestamp if changelog in last else None,
            at_marker[source].timestamp if source in at_marker else None,
            committed.get((source.topic, source.partition), 0),
            begins[changelog],
        )
        for source, changelog in changelogs.items()
    ]


def _marked_offset(record: ConsumerRecord[bytes, bytes]) -> int | None:
    if record.key != MARKER or record.value is None:
        return None
    try:
        marker = decode_marker(record.value)
    except ValueError as error:
        message = f"{record.topic}[{record.partition}]: {error}; set a new kafka.group, which starts a new changelog"
        raise ForeignMarkerError(message) from error
    if marker.grows:
        raise UnfinishedGrowthError(unfinished_growth(record.topic, record.partition))
    return marker.offset


async def records_at(
    consumer: AIOKafkaConsumer, offsets: Mapping[TopicPartition, int]
) -> dict[TopicPartition, ConsumerRecord[bytes, bytes]]:
    """The records at these offsets, as far as they are there; the consumer is left assigned to their partitions."""
    found: dict[TopicPartition, ConsumerRecord[bytes, bytes]] = {}
    if not offsets:
        return found
    consumer.assign(list(offsets))
    for tp, offset in offsets.items():
        consumer.seek(tp, offset)
    left = set(offsets)
    for _ in range(_POLLS):
        fetched: dict[TopicPartition, Sequence[Any]] = await consumer.getmany(
            *left, timeout_ms=_POLL_MS, max_records=len(left)
        )
        for tp, records in fetched.items():
            left.discard(tp)
            if records[0].offset == offsets[tp]:
                found[tp] = records[0]
        if not left:
            break
    return found
