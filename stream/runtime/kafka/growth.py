"""Giving a source topic more partitions, and its entities' state to the partitions where their keys then belong.

Kafka's partitioner sends a key elsewhere once there are more partitions, and no event moves. So with no worker running,
what was published is taken in, the topics grow, and the rows move; what comes to the old partitions meanwhile, from
publishers that do not know of the new ones, is sent again. Each step can be cut short: the markers say that the topic
grows, no worker starts on them, and the same again goes on from the plan in the first partition.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aiokafka import TopicPartition

from stream.dead_letters.writing import DeadLetters
from stream.runtime.kafka.broker import add_partitions, create_topics, partition_counts
from stream.runtime.kafka.changelog import ROW_BYTES, Changelog
from stream.runtime.kafka.changelog_reading import read_changelogs
from stream.runtime.kafka.consumer_group import BusyGroupError, commit_offsets, describe_group, until_nobody_runs
from stream.runtime.kafka.draining import Drain
from stream.runtime.kafka.fencing import FencedError, first_claim
from stream.runtime.kafka.lost_state import WAY_OUT, LostStateError, headless_changelog, lacks_beginning
from stream.runtime.kafka.placement import partition_of
from stream.runtime.kafka.positions import Position, RenewedSourceError, loss, renewal
from stream.runtime.kafka.publishing import Publisher
from stream.runtime.kafka.stragglers import Stragglers
from stream.runtime.kafka.topics import changelog_of, planned_topics
from stream.settings.kafka import KafkaSettings
from stream.state.checkpoint import number_of_last
from stream.state.growth import GrowthPlan, closing_rows, first_misplaced, moves, plan_in, plan_row
from stream.state.partition import PartitionState
from stream.state.rows import Row

if TYPE_CHECKING:
    from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
    from aiokafka.admin import AIOKafkaAdminClient

_ROWS_IN_AN_APPEND: Final = 20_000


class GrowthError(Exception):
    """The topic cannot be given so many partitions; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class GrowthTools:
    """What it takes: clients that are started, new states of partitions, and whom to tell of progress."""

    kafka: KafkaSettings
    admin: AIOKafkaAdminClient
    consumer: AIOKafkaConsumer
    producer: AIOKafkaProducer
    publisher: Publisher
    new_state: Callable[[str, int], PartitionState]
    tell: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class GrowthReport:
    """What was done: how many records were taken in, and how many entities moved, in how many seconds.

    ``late`` more were published, after the topic had grown, to a partition where they do not belong, and sent again.
    """

    topic: str
    before: int
    after: int
    records: int
    late: int
    moved: int
    seconds: float


async def sizes(admin: AIOKafkaAdminClient, kafka: KafkaSettings, topic: str) -> tuple[int, int]:
    """The partitions of a source topic and of its changelog. Raises ``GrowthError`` if one of them is missing."""
    counts = await partition_counts(admin)
    for name in (topic, changelog_of(kafka, topic)):
        if name not in counts:
            message = f"{name} does not exist; there is nothing to grow: `deskpulse topics create --partitions`"
            raise GrowthError(message)
    return counts[topic], counts[changelog_of(kafka, topic)]


async def grow(tools: GrowthTools, topic: str, after: int, settle_seconds: float) -> GrowthReport | None:
    """Give a source topic, and what belongs to it, ``after`` partitions; ``None`` if it has them, and nothing to do.

    Publishers may take ``settle_seconds`` to hear of the new partitions. Raises ``GrowthError``,
    ``BusyGroupError`` if a worker runs, ``LostStateError`` and ``RenewedSourceError`` if the state is not what was
    read, and the client's ``KafkaError``.
    """
    started = time.monotonic()
    await until_nobody_runs(tools.admin, tools.kafka)
    of_source, of_changelog = await sizes(tools.admin, tools.kafka, topic)
    growing = _Growing(tools, topic)
    await growing.read(of_changelog)
    plan = _checked_plan(topic, plan_in(growing.states[0].rows), of_source, of_changelog, after)
    if plan is None:
        return None
    if not plan.moving:
        await growing.check(plan)
    await growing.claim(range(of_changelog))
    records = 0
    if not plan.moving:
        await growing.append(0, [plan_row(plan)])
        tools.tell(f"{topic}: taking in what was published")
        records = await growing.drain(plan)
        await growing.add_partitions(after)
        plan = plan._replace(moving=True)
        await growing.append(0, [plan_row(plan)])
    grown = time.monotonic()
    await growing.claim_new(plan)
    tools.tell(f"{topic} and what belongs to it have {after} partitions; moving the state")
    moved = await growing.move(plan)
    tools.tell(
        f"{topic}: {moved} entities moved; up to {settle_seconds:g} s for publishers to hear of the new partitions"
    )
    late = await growing.settle(plan, settle_seconds, grown)
    await growing.close(plan)
    return GrowthReport(topic, plan.before, plan.after, records, late, moved, time.monotonic() - started)


def _checked_plan(
    topic: str, begun: GrowthPlan | None, of_source: int, of_changelog: int, after: int
) -> GrowthPlan | None:
    """The plan that was begun or is to be; ``None`` if there is nothing to do. Raises ``GrowthError``."""
    if begun is not None:
        if begun.after != after:
            message = f"{topic} is being given {begun.after} partitions; run `{_again(topic, begun.after)}` first"
            raise GrowthError(message)
        return begun
    if of_changelog > of_source:
        message = (
            f"the changelog of {topic} has {of_changelog} partitions, {topic} itself {of_source}, and not because of a"
            " growth that was cut short; set a new kafka.group"
        )
        raise GrowthError(message)
    if after < of_source or after < of_changelog:
        message = f"{topic} has {of_source} partitions, and Kafka cannot remove any; ask for more than that"
        raise GrowthError(message)
    return None if after == of_changelog else GrowthPlan(of_changelog, after)


def _again(topic: str, partitions: int) -> str:
    return f"deskpulse topics grow --topic {topic} --partitions {partitions}"


class _Growing:
    """A topic that grows: the states of its partitions, under claims of this process."""

    def __init__(self, tools: GrowthTools, topic: str) -> None:
        self.states: dict[int, PartitionState] = {}
        self._tools = tools
        self._topic = topic
        self._changelog = Changelog(tools.producer, changelog_of(tools.kafka, topic))
        self._ends: dict[int, int] = {}
        self._owner = secrets.randbits(63)

    async def read(self, partitions: int) -> None:
        """Read the changelogs of all partitions that have no state yet."""
        new = range(len(self.states), partitions)
        for number in new:
            self.states[number] = self._tools.new_state(self._topic, number)
            self._ends[number] = 0
        ends = await self._tools.consumer.end_offsets([self._changelog_tp(number) for number in new])
        await self._read_to({tp.partition: end for tp, end in ends.items()})

    async def check(self, plan: GrowthPlan) -> None:
        """See that the state is that of all that was read, and that keys are where Kafka's partitioner sends them.

        Raises ``LostStateError``, ``RenewedSourceError`` or ``GrowthError``.
        """
        kafka = self._tools.kafka
        committed = (await describe_group(self._tools.admin, kafka.group)).committed
        sources = [TopicPartition(self._topic, number) for number in range(plan.before)]
        ends = await self._tools.consumer.end_offsets(sources)
        for tp in sources:
            state = self.states[tp.partition]
            if lacks_beginning(state):
                message = f"{headless_changelog(self._changelog.topic, tp.partition)}; {WAY_OUT}"
                raise LostStateError(message)
            position = Position(
                *(tp.topic, tp.partition, 0, ends[tp], self._changelog.topic),
                applied=None if state.is_empty else state.applied_offset,
                committed=committed.get((tp.topic, tp.partition), 0),
            )
            if position.is_lost:
                message = f"{loss(position, kafka.group)}; {WAY_OUT}"
                raise LostStateError(message)
            if position.is_renewed:
                raise RenewedSourceError(renewal(position))
            subject = await asyncio.to_thread(first_misplaced, tp.partition, state.rows, plan.before, partition_of)
            if subject is not None:
                message = (
                    f"{subject.decode(errors='replace')!r} is in {tp.topic}[{tp.partition}], where Kafka's default"
                    " partitioner would not send it: its publisher chooses partitions in its own way, or the topic was"
                    " given more partitions before, so its state cannot be moved; set a new kafka.group, and read the"
                    " topic from its beginning"
                )
                raise GrowthError(message)

    async def claim(self, numbers: Iterable[int]) -> None:
        """Claim partitions from whatever worker may wake up. Raises ``BusyGroupError`` if one was faster."""
        ends = {}
        for number in numbers:
            self.states[number].growing = True
            claim, rows = self.states[number].claimed_by(self._owner, first_claim(time.time()))
            try:
                ends[number] = await self._changelog.claim(number, rows, claim)
            except FencedError as error:
                raise BusyGroupError(self._busy(number)) from error
        await self._read_to(ends)
        for number in ends:
            if self.states[number].owner != self._owner:
                raise BusyGroupError(self._busy(number))

    async def claim_new(self, plan: GrowthPlan) -> None:
        """Read and claim the partitions that there were not before, as far as that was not done."""
        held = len(self.states)
        await self.read(plan.after)
        await self.claim(range(held, plan.after))

    async def add_partitions(self, partitions: int) -> None:
        """Give the source topic, its changelog, its dead letters and what else belongs to it their partitions."""
        admin = self._tools.admin
        planned = planned_topics(self._tools.kafka, self._topic, partitions)
        existing = await partition_counts(admin)
        await create_topics(admin, [topic for topic in planned if topic.name not in existing])
        await add_partitions(admin, {topic.name: partitions for topic in planned if topic.name in existing})
        # It would not send to a partition of which it does not know.
        await self._tools.producer.client.force_metadata_update()

    async def drain(self, plan: GrowthPlan) -> int:
        """Take in what was published, and advance all partitions to the same time; return how many records."""
        tools = self._tools
        sources = {TopicPartition(self._topic, number): self.states[number] for number in range(plan.before)}
        for state in sources.values():
            await asyncio.to_thread(state.loaded)
        letters = DeadLetters(tools.producer, self._topic)
        drain = Drain(tools.consumer, sources, self._changelog, letters, tools.publisher)
        await drain.run()
        advanced_to = max(state.desk.advanced_to for state in sources.values())
        for tp, state in sources.items():
            await drain.advance(tp.partition, state, advanced_to)
            await self.append(tp.partition, [])
        return drain.records

    async def settle(self, plan: GrowthPlan, seconds: float, since: float) -> int:
        """Wait for publishers, and send again what they still send to the wrong partitions; return how many records."""
        tools = self._tools
        starts = {
            TopicPartition(self._topic, number): self.states[number].applied_offset + 1 for number in range(plan.before)
        }
        stragglers = Stragglers(tools.consumer, tools.producer, plan.after)
        await stragglers.follow(starts, seconds, since)
        for tp, last in (await stragglers.send_again(starts)).items():
            self.states[tp.partition].applied_offset = last
        await commit_offsets(tools.kafka, {tp: self.states[tp.partition].applied_offset + 1 for tp in starts})
        return stragglers.late

    async def move(self, plan: GrowthPlan) -> int:
        """Write the row of every entity to the partition where it belongs, then delete the others; return how many."""
        watermark = max(state.watermark for state in self.states.values())
        advanced_to = max(state.desk.advanced_to for state in self.states.values())
        for state in self.states.values():
            state.raise_to(watermark, advanced_to)
        found = {
            number: await asyncio.to_thread(moves, number, state.rows, plan.after, partition_of)
            for number, state in self.states.items()
        }
        # Only when all are there, so that whatever cuts this short leaves each entity in one place at least.
        for source, targets in found.items():
            rows = self.states[source].rows
            for target, keys in targets.items():
                await self.append(target, (Row(key, rows.get(key)) for key in keys))
        for source, targets in found.items():
            await self.append(source, (Row(key, None) for keys in targets.values() for key in keys))
        return sum(len(keys) for targets in found.values() for keys in targets.values())

    async def close(self, plan: GrowthPlan) -> None:
        """Let workers start: on the first partition last, for it has the plan."""
        checkpoint = max(number_of_last(state.rows) for state in self.states.values())
        for number in reversed(range(plan.after)):
            state = self.states[number]
            *early, last = chunks([*closing_rows(state.rows, checkpoint)])
            for rows in early:
                await self._append(number, rows)
            state.growing = False
            await self._append(number, last)

    async def append(self, number: int, rows: Iterable[Row]) -> None:
        """Append rows, and a marker after so many as fit into one append; at least a marker."""
        for chunk in chunks(rows):
            await self._append(number, chunk)

    async def _append(self, number: int, rows: list[Row]) -> None:
        await self._changelog.append(number, self.states[number].rows_with(rows))

    async def _read_to(self, ends: Mapping[int, int]) -> None:
        await read_changelogs(
            self._tools.consumer,
            {self._changelog_tp(number): self._ends[number] for number in ends},
            {self._changelog_tp(number): end for number, end in ends.items()},
            {self._changelog_tp(number): self.states[number].load for number in ends},
        )
        self._ends.update(ends)

    def _changelog_tp(self, number: int) -> TopicPartition:
        return TopicPartition(self._changelog.topic, number)

    def _busy(self, number: int) -> str:
        return f"{self._changelog.topic}[{number}] was claimed by a worker; stop all workers, and run this again"


def chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows in lists that fit into one append each; at least one list, which may be empty."""
    chunk: list[Row] = []
    size = 0
    yielded = False
    for row in rows:
        chunk.append(row)
        size += len(row.key) + len(row.value or b"")
        if size >= ROW_BYTES or len(chunk) == _ROWS_IN_AN_APPEND:
            yield chunk
            chunk, size, yielded = [], 0, True
    if chunk or not yielded:
        yield chunk
