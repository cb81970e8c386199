"""A source topic with its changelog, in memory, that can be cut short at every write."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiokafka import ConsumerRecord, TopicPartition

from stream.runtime.kafka import growth
from stream.runtime.kafka.changelog_reading import Load
from stream.runtime.kafka.consumer_group import GroupFacts
from stream.runtime.kafka.growth import GrowthReport, GrowthTools, grow
from stream.runtime.kafka.placement import partition_of
from stream.runtime.kafka.topics import PlannedTopic
from stream.settings.kafka import KafkaSettings
from stream.state.outbox import Outgoing
from stream.state.rows import Row
from tests.kinds.worker import Worker
from tests.unit.runtime.fakes import identifiers_of

TOPIC = "helpdesk.tickets"


class Killed(Exception):  # noqa: N818 - what happens to a process
    """The process ends here."""


def source_record(partition: int, offset: int, key: bytes, value: bytes) -> ConsumerRecord[bytes, bytes]:
    """A record of the source topic."""
    return ConsumerRecord(TOPIC, partition, offset, 0, 0, key, value, None, len(key), len(value), ())


class GrowingCluster:
    """``source`` and ``changelog`` have the records and rows of each partition.

    ``stale`` and ``knowing`` are published when the topic has grown: by somebody who does not know that, and by
    somebody who does. ``steps_left`` writes happen before everything ends.
    """

    def __init__(self, partitions: int) -> None:
        self.source: list[list[ConsumerRecord[bytes, bytes]]] = [[] for _ in range(partitions)]
        self.changelog: list[list[Row]] = [[] for _ in range(partitions)]
        self.stale: list[tuple[bytes, bytes]] = []
        self.knowing: list[tuple[bytes, bytes]] = []
        self.announced: list[str] = []
        self.committed: dict[tuple[str, int], int] = {}
        self.steps_left: int | None = None
        self.steps = 0

    def publish(self, key: bytes, value: bytes, partitions: int) -> None:
        """Publish as somebody who knows of so many partitions."""
        number = partition_of(key, partitions)
        self.source[number].append(source_record(number, len(self.source[number]), key, value))

    def step(self) -> None:
        """Something is written."""
        if self.steps_left is not None and self.steps_left <= 0:
            raise Killed
        self.steps += 1
        self.steps_left = None if self.steps_left is None else self.steps_left - 1

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Take the place of the brokers."""
        for name, fake in {
            "until_nobody_runs": _nothing,
            "sizes": self._sizes,
            "describe_group": self._describe_group,
            "partition_counts": self._partition_counts,
            "create_topics": self._create_topics,
            "add_partitions": _nothing,
            "commit_offsets": self._commit_offsets,
            "read_changelogs": self._read_changelogs,
            "Changelog": lambda _, topic: _Appends(self, topic),
        }.items():
            monkeypatch.setattr(growth, name, fake)

    async def grow(self, worker: Worker, after: int) -> GrowthReport | None:
        """Grow, with the states of a worker."""
        publisher = SimpleNamespace(write=self._publish)
        producer = SimpleNamespace(send=self._send, client=SimpleNamespace(force_metadata_update=_nothing))
        tools = GrowthTools(
            KafkaSettings(group="desk"),
            cast("Any", None),
            cast("Any", _Consumer(self)),
            cast("Any", producer),
            cast("Any", publisher),
            lambda _, __: worker.new_state("tickets"),
            lambda _: None,
        )
        return await grow(tools, TOPIC, after, 0)

    def note(self, records: Sequence[Outgoing]) -> None:
        """These went out."""
        self.announced += identifiers_of(records)

    async def _sizes(self, *_: object) -> tuple[int, int]:
        return len(self.source), len(self.changelog)

    async def _describe_group(self, *_: object) -> GroupFacts:
        return GroupFacts("Empty", (), self.committed)

    async def _partition_counts(self, _: object) -> dict[str, int]:
        return {}

    async def _commit_offsets(self, _: object, offsets: Mapping[TopicPartition, int]) -> None:
        self.step()
        self.committed.update({(tp.topic, tp.partition): offset for tp, offset in offsets.items()})

    async def _read_changelogs(
        self,
        _: object,
        starts: Mapping[TopicPartition, int],
        ends: Mapping[TopicPartition, int],
        loads: Mapping[TopicPartition, Load],
    ) -> None:
        for tp, start in starts.items():
            loads[tp](self.changelog[tp.partition][start : ends[tp]])

    async def _create_topics(self, _: object, planned: Sequence[PlannedTopic]) -> None:
        self.step()
        partitions = planned[0].partitions
        old = len(self.source)
        for topic in (self.source, self.changelog):
            topic += [[] for _ in range(partitions - len(topic))]
        if len(self.source) > old:
            for key, value in self.stale:
                self.publish(key, value, old)
            for key, value in self.knowing:
                self.publish(key, value, partitions)

    async def _publish(self, _: int, __: int, records: Sequence[Outgoing]) -> None:
        self.step()
        self.note(records)

    async def _send(self, _: str, *, value: bytes, key: bytes, partition: int, **__: object) -> asyncio.Future[None]:
        self.step()
        self.source[partition].append(source_record(partition, len(self.source[partition]), key, value))
        sent: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        sent.set_result(None)
        return sent


async def _nothing(*_: object) -> None: ...


class _Appends:
    """A changelog whose appends are whole or not at all."""

    def __init__(self, cluster: GrowingCluster, topic: str) -> None:
        self._cluster = cluster
        self.topic = topic

    async def claim(self, partition: int, rows: Sequence[Row], _: int) -> int:
        return await self.append(partition, rows)

    async def append(self, partition: int, rows: Sequence[Row]) -> int:
        self._cluster.step()
        changelog = self._cluster.changelog[partition]
        changelog += rows
        return len(changelog)


class _Consumer:
    """As much of a consumer as is asked for."""

    def __init__(self, cluster: GrowingCluster) -> None:
        self._cluster = cluster
        self._positions: dict[TopicPartition, int] = {}

    async def beginning_offsets(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(partitions, 0)

    async def end_offsets(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        return {tp: len(self._log(tp)) for tp in partitions}

    def assign(self, partitions: Sequence[TopicPartition]) -> None:
        self._positions = dict.fromkeys(partitions, 0)

    def seek(self, tp: TopicPartition, offset: int) -> None:
        self._positions[tp] = offset

    async def position(self, tp: TopicPartition) -> int:
        return self._positions[tp]

    async def getmany(self, *partitions: TopicPartition, timeout_ms: int) -> dict[TopicPartition, list[Any]]:
        assert timeout_ms
        fetched = {}
        for tp in partitions or tuple(self._positions):
            records = self._log(tp)[self._positions[tp] :][:3]
            if records:
                self._positions[tp] += len(records)
                fetched[tp] = records
        return fetched

    def _log(self, tp: TopicPartition) -> list[Any]:
        return self._cluster.source[tp.partition] if tp.topic == TOPIC else self._cluster.changelog[tp.partition]
