"""The pair of topics that everything is measured on, filled once with a simulated history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from aiokafka.partitioner import DefaultPartitioner

from stream.desks.kinds import SOURCE_TOPICS
from stream.desks.surveys.definition import SURVEYS
from stream.desks.tickets.definition import TICKETS
from stream.feeds.publish import publish
from stream.feeds.simulator import SimulatedEvent, Simulator, SimulatorSettings
from stream.runtime.kafka.broker import ensure_topics
from stream.settings.kafka import KafkaSettings

PARTITIONS: Final = 4
"""The partitions of each topic."""

SIMULATED: Final = (TICKETS, SURVEYS)
"""The kinds of which there are any events: those that plain Faust counts too. The topics of the others are empty."""

_HISTORY_DAYS: Final = 30
_EVENTS_A_TICKET: Final = 9.8
_SEED: Final = 7

_partition_of = DefaultPartitioner()


class TopicPartition(NamedTuple):
    """A partition of a topic."""

    topic: str
    partition: int


class FilledTopics:
    """What lies in the topics of the broker at ``address``: the value of every record by partition and offset."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._values: dict[TopicPartition, list[bytes]] = {
            TopicPartition(topic, partition): [] for topic in SOURCE_TOPICS for partition in range(PARTITIONS)
        }

    async def fill(self, events: int) -> None:
        """Create the topics and publish a month of history, of about so many events, that ends now."""
        now = datetime.now(UTC)
        simulator = Simulator(SimulatorSettings(), _SEED, SIMULATED)
        history = simulator.history(now - timedelta(days=_HISTORY_DAYS), now, round(events / _EVENTS_A_TICKET))
        await ensure_topics(
            KafkaSettings(bootstrap_servers=self.address, group="bench", partitions=PARTITIONS), SOURCE_TOPICS
        )
        await publish(self._noted(history), self.address)

    def add(self, partition: TopicPartition, value: bytes) -> int:
        """Note a record that goes to a partition after all others; return its offset."""
        values = self._values[partition]
        values.append(value)
        return len(values) - 1

    @property
    def total(self) -> int:
        """How many records there are."""
        return sum(map(len, self._values.values()))

    @property
    def ends(self) -> dict[TopicPartition, int]:
        """The offset after the last record of each partition."""
        return {partition: len(values) for partition, values in self._values.items()}

    def values(self, ends: Mapping[TopicPartition, int] | None = None) -> Iterator[bytes]:
        """The values of all records, or of those before ``ends``; each partition in order."""
        for partition, values in self._values.items():
            yield from values if ends is None else values[: ends.get(partition, 0)]

    def _noted(self, events: Iterator[SimulatedEvent]) -> Iterator[SimulatedEvent]:
        partitions = list(range(PARTITIONS))
        for event in events:
            self.add(TopicPartition(event.topic, _partition_of(event.key, partitions, partitions)), event.value)
            yield event
