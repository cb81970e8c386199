"""Whether a ticket or survey is in more than one partition, over all changelogs: its events had different keys."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from aiokafka import TopicPartition
from xxhash import xxh3_64_intdigest

from stream.runtime.kafka.broker import reading_consumer
from stream.runtime.kafka.topics import changelog_of
from stream.settings.kafka import KafkaSettings
from stream.state.rows import ENTITY, subject_in

EXAMPLES: Final = 5

_POLL_MS: Final = 1_000
_SILENT_SECONDS: Final = 30.0


@dataclass(slots=True)
class KeyCensus:
    """Which entities of a source topic are in which partitions, learnt from the rows of its changelog."""

    topic: str
    is_complete: bool = True
    _partitions: dict[int, int] = field(default_factory=dict)
    _split: dict[int, str] = field(default_factory=dict)

    def note(self, partition: int, key: bytes, *, exists: bool) -> None:
        """A row says that an entity is in a partition, or that it is there no more."""
        if not key.startswith(ENTITY):
            return
        # Tickets may be many millions, so that their ids would not fit.
        digest, bit = xxh3_64_intdigest(key), 1 << partition
        before = self._partitions.get(digest, 0)
        after = before | bit if exists else before & ~bit
        if after:
            self._partitions[digest] = after
        else:
            self._partitions.pop(digest, None)
        if after.bit_count() > 1:
            self._split[digest] = subject_in(key).decode(errors="replace")
        else:
            self._split.pop(digest, None)

    @property
    def entities(self) -> int:
        """How many entities there are."""
        return len(self._partitions)

    @property
    def split(self) -> int:
        """How many of them are in more than one partition."""
        return len(self._split)

    def examples(self) -> list[tuple[str, list[int]]]:
        """Some that are split, with the partitions that they are in."""
        first = sorted((subject, self._partitions[digest]) for digest, subject in self._split.items())[:EXAMPLES]
        return [
            (subject, [number for number in range(mask.bit_length()) if mask >> number & 1]) for subject, mask in first
        ]


async def take_census(kafka: KafkaSettings, partitions: Mapping[str, int]) -> list[KeyCensus]:
    """Read the changelogs of source topics, given with their numbers of partitions, from end to end.

    A census is not complete if nothing came for half a minute. Raises ``BrokerUnreachableError`` and the client's
    ``KafkaError``.
    """
    return [await _census(kafka, topic, count) for topic, count in partitions.items()]


async def _census(kafka: KafkaSettings, topic: str, count: int) -> KeyCensus:
    census = KeyCensus(topic)
    changelog = changelog_of(kafka, topic)
    async with reading_consumer(kafka) as consumer:
        every = [TopicPartition(changelog, number) for number in range(count)]
        begins, ends = await consumer.beginning_offsets(every), await consumer.end_offsets(every)
        left = [tp for tp in every if begins[tp] < ends[tp]]
        consumer.assign(left)
        for tp in left:
            consumer.seek(tp, begins[tp])
        now = asyncio.get_running_loop().time
        heard = now()
        while left and now() - heard < _SILENT_SECONDS:
            for tp, records in (await consumer.getmany(*left, timeout_ms=_POLL_MS)).items():
                heard = now()
                for record in records:
                    census.note(tp.partition, record.key, exists=record.value is not None)
            left = [tp for tp in left if await consumer.position(tp) < ends[tp]]
    census.is_complete = not left
    return census
