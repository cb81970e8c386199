"""Rebuilding state that is gone: the group reads again what the source topics still have."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from stream.runtime.kafka.broker import (
    TopicsError,
    add_partitions,
    apply_settings,
    connected_admin,
    create_topics,
    existing_topics,
    new_producer,
    reading_consumer,
)
from stream.runtime.kafka.changelog import Changelog
from stream.runtime.kafka.changelog_reading import read_changelogs
from stream.runtime.kafka.consumer_group import Committed, commit_offsets, describe_group, until_nobody_runs
from stream.runtime.kafka.displaced import holds_displaced_records
from stream.runtime.kafka.fencing import first_claim, has_beginning
from stream.runtime.kafka.lost_state import (
    UnfinishedGrowthError,
    empty_changelog,
    headless_changelog,
    unfinished_growth,
)
from stream.runtime.kafka.positions import records_at
from stream.runtime.kafka.topics import Role, changelog_of, planned_topics
from stream.settings.kafka import KafkaSettings
from stream.state.marker import FORMAT, Marker, decode_marker, encode_marker
from stream.state.rows import BEGINNING, MARKER, Row

if TYPE_CHECKING:
    from aiokafka.admin import AIOKafkaAdminClient

_ROWS_IN_AN_APPEND: Final = 20_000


@dataclass(slots=True)
class ChangelogContent:
    """What a changelog partition holds: its keys, and the marker that was written last under the highest claim."""

    keys: dict[bytes, None] = field(default_factory=dict)
    marker: Marker | None = None

    def load(self, rows: Sequence[Row]) -> None:
        """Take more rows in. Raises ``ValueError`` if they are of a version that this one does not understand."""
        for key, value in rows:
            if value is None:
                self.keys.pop(key, None)
                continue
            self.keys[key] = None
            if key == MARKER:
                marker = decode_marker(value)
                if self.marker is None or marker.claim >= self.marker.claim:
                    self.marker = marker

    @property
    def claim(self) -> int:
        """The highest claim."""
        return 0 if self.marker is None else self.marker.claim

    @property
    def is_headless(self) -> bool:
        """Whether the beginning is missing."""
        return has_beginning(self.claim) and BEGINNING not in self.keys


@dataclass(frozen=True, slots=True)
class LostPartition:
    """A partition of a source topic whose state is gone.

    It was read up to ``committed`` and will be read from ``begin``; ``why`` says how its changelog shows the loss.
    """

    topic: str
    partition: int
    begin: int
    committed: int
    why: str
    content: ChangelogContent


@dataclass(frozen=True, slots=True)
class RebuildPlan:
    """What is to be rebuilt.

    ``since`` has for each source topic that is read again the time (milliseconds) from which on all of its
    partitions have their records, ``None`` if they have them all. ``displaced`` are those of them that hold records
    where their keys do not belong: entities of which some records do come out as two.
    """

    partitions: Mapping[str, int]
    lost: Sequence[LostPartition]
    since: Mapping[str, int | None]
    displaced: Sequence[str] = ()


async def plan_rebuild(settings: KafkaSettings, sources: Sequence[str]) -> RebuildPlan:
    """See which partitions have lost their state. Nothing is written.

    Raises ``BusyGroupError`` if a worker of the group runs, ``TopicsError`` without source topics,
    ``BrokerUnreachableError`` and the client's ``KafkaError``.
    """
    async with connected_admin(settings) as admin:
        await until_nobody_runs(admin, settings)
        existing = await existing_topics(admin, settings)
        committed = (await describe_group(admin, settings.group)).committed
    missing = [source for source in sources if source not in existing]
    if missing:
        message = f"missing topics: {', '.join(missing)}; there is nothing to rebuild the state from"
        raise TopicsError(message)
    async with reading_consumer(settings) as consumer:
        contents = await _contents(consumer, settings, sources, existing)
        partitions = [TopicPartition(source, number) for source in sources for number in range(existing[source])]
        begins = await consumer.beginning_offsets(partitions)
        lost = list(_lost(settings, contents, begins, committed))
        since = await _since(consumer, lost)
        displaced = [topic for topic in since if await holds_displaced_records(consumer, topic, existing[topic])]
    return RebuildPlan({source: existing[source] for source in sources}, lost, since, displaced)


async def rebuild(settings: KafkaSettings, plan: RebuildPlan) -> None:
    """Do what is planned; if that is cut short, the workers refuse to start, and the same again completes it.

    Raises as `plan_rebuild` does.
    """
    async with connected_admin(settings) as admin:
        await _complete_topics(admin, settings, plan)
    # Offsets come first: a changelog that begins anew while they stand at the end would hide what was not read again.
    await commit_offsets(settings, {TopicPartition(one.topic, one.partition): one.begin for one in plan.lost})
    async with new_producer(settings) as producer:
        for one in plan.lost:
            await _begin_anew(producer, settings, one)


async def _contents(
    consumer: AIOKafkaConsumer, settings: KafkaSettings, sources: Sequence[str], existing: Mapping[str, int]
) -> dict[TopicPartition, ChangelogContent]:
    """The content of the changelog of each source partition, empty where there is none."""
    contents, changelogs = {}, {}
    for source in sources:
        changelog = changelog_of(settings, source)
        for number in range(existing[source]):
            content = contents[TopicPartition(source, number)] = ChangelogContent()
            if number < existing.get(changelog, 0):
                changelogs[TopicPartition(changelog, number)] = content
    begins = await consumer.beginning_offsets(list(changelogs))
    ends = await consumer.end_offsets(list(changelogs))
    await read_changelogs(consumer, begins, ends, {tp: content.load for tp, content in changelogs.items()})
    return contents


def _lost(
    settings: KafkaSettings,
    contents: Mapping[TopicPartition, ChangelogContent],
    begins: Mapping[TopicPartition, int],
    committed: Committed,
) -> Iterator[LostPartition]:
    for tp, content in contents.items():
        changelog = changelog_of(settings, tp.topic)
        offset = committed.get((tp.topic, tp.partition), 0)
        if content.marker is not None and content.marker.grows:
            raise UnfinishedGrowthError(unfinished_growth(changelog, tp.partition))
        if content.marker is None and offset > 0:
            why = empty_changelog(changelog, tp.topic, tp.partition, offset, settings.group)
        elif content.is_headless:
            why = headless_changelog(changelog, tp.partition)
        else:
            continue
        yield LostPartition(tp.topic, tp.partition, begins[tp], max(0, offset), why, content)


async def _since(consumer: AIOKafkaConsumer, lost: Sequence[LostPartition]) -> dict[str, int | None]:
    cut = {TopicPartition(one.topic, one.partition): one.begin for one in lost if one.begin > 0}
    ends = await consumer.end_offsets(list(cut)) if cut else {}
    oldest = await records_at(consumer, {tp: begin for tp, begin in cut.items() if begin < ends[tp]})
    since: dict[str, int | None] = {one.topic: None for one in lost}
    for tp in cut:
        # A partition of which nothing is left reaches back to no earlier than now.
        time_of_oldest = oldest[tp].timestamp if tp in oldest else time.time_ns() // 1_000_000
        since[tp.topic] = max(since[tp.topic] or 0, time_of_oldest)
    return since


async def _complete_topics(admin: AIOKafkaAdminClient, settings: KafkaSettings, plan: RebuildPlan) -> None:
    """Create what is missing, and give a changelog that was made anew the partitions and settings that it lacks.

    A broker that makes topics by itself makes them with one partition and deletes their records after a while.
    """
    existing = await existing_topics(admin, settings)
    planned = [topic for source, count in plan.partitions.items() for topic in planned_topics(settings, source, count)]
    await create_topics(admin, [topic for topic in planned if topic.name not in existing])
    await add_partitions(admin, {topic.name: topic.partitions for topic in planned if topic.name in existing})
    lost = {one.topic for one in plan.lost}
    remade = (topic for topic in planned if topic.role is Role.CHANGELOG and topic.source in lost)
    await apply_settings(admin, [topic for topic in remade if topic.name in existing])


async def _begin_anew(producer: AIOKafkaProducer, settings: KafkaSettings, lost: LostPartition) -> None:
    """Delete whatever rows there are, and let the changelog begin before the first record of the source."""
    changelog = Changelog(producer, changelog_of(settings, lost.topic))
    claim = max(lost.content.claim + 1, first_claim(time.time()))
    marker = Marker(FORMAT, lost.begin - 1, 0, 0, claim, secrets.randbits(63))
    rows = [Row(MARKER, None)]
    rows += [Row(key, None) for key in lost.content.keys if key not in (MARKER, BEGINNING)]
    rows += [Row(BEGINNING, b""), Row(MARKER, encode_marker(marker))]
    await changelog.claim(lost.partition, rows[:_ROWS_IN_AN_APPEND], claim)
    for start in range(_ROWS_IN_AN_APPEND, len(rows), _ROWS_IN_AN_APPEND):
        await changelog.append(lost.partition, rows[start : start + _ROWS_IN_AN_APPEND])
