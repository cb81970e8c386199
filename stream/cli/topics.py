"""``deskpulse topics create``: makes the topics, and tells where those that exist are not as they should be."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from aiokafka.errors import KafkaError

from stream.runtime.kafka.broker import TopicsError, connected_admin, create_topics, found_topics, partition_counts
from stream.runtime.kafka.topics import Difference, Health, PlannedTopic, differences, planned_topics
from stream.settings.kafka import KafkaSettings
from stream.settings.settings import Settings


@dataclass(frozen=True, slots=True)
class TopicsPlan:
    """What is asked for; ``None`` leaves it to the settings, or to Kafka."""

    partitions: int | None
    replication: int | None
    retention_days: float | None
    dry_run: bool


@dataclass(frozen=True, slots=True)
class TopicsReport:
    """What was (in a dry run: would be) created, what was there, and how that differs."""

    created: list[PlannedTopic]
    existing: list[PlannedTopic]
    differences: list[Difference]
    dry_run: bool

    @property
    def has_problems(self) -> bool:
        """Whether something cannot be right."""
        return any(difference.severity is Health.PROBLEM for difference in self.differences)

    def as_json(self) -> dict[str, Any]:
        """The report for scripts."""
        return {
            "dry_run": self.dry_run,
            "created": [_topic_json(topic) for topic in self.created],
            "existing": [topic.name for topic in self.existing],
            "differences": [asdict(difference) for difference in self.differences],
        }

    def lines(self) -> list[str]:
        """The report for people."""
        verb = "would create" if self.dry_run else "created"
        lines = [f"{verb} {topic.name}: {_described(topic)}" for topic in self.created]
        lines += [f"exists {topic.name}" for topic in self.existing]
        for difference in self.differences:
            lines += [f"{difference.severity}: {difference.topic} {difference.what}", f"  {difference.way_out}"]
        return lines


async def run_create(plan: TopicsPlan, settings: Settings) -> TopicsReport:
    """Create what is missing. Raises ``BrokerUnreachableError``, and ``TopicsError`` if the brokers refuse."""
    try:
        return await _create(plan, settings)
    except KafkaError as error:
        message = f"Kafka at {settings.kafka.bootstrap_servers}: {type(error).__name__}: {error}"
        raise TopicsError(message) from error


async def _create(plan: TopicsPlan, settings: Settings) -> TopicsReport:
    asked = {"partitions": plan.partitions, "replication_factor": plan.replication}
    kafka = settings.kafka.model_copy(update={name: value for name, value in asked.items() if value is not None})
    async with connected_admin(kafka) as admin:
        counts = await partition_counts(admin)
        planned = [topic for source in settings.source_topics for topic in _planned(kafka, source, counts, plan)]
        missing = [topic for topic in planned if topic.name not in counts]
        existing = [topic for topic in planned if topic.name in counts]
        await create_topics(admin, missing, dry_run=plan.dry_run)
        found = await found_topics(admin, [topic.name for topic in existing])
    different = [
        difference
        for topic in existing
        for difference in differences(topic, found[topic.name], kafka.bootstrap_servers)
    ]
    return TopicsReport(missing, existing, different, plan.dry_run)


def _planned(kafka: KafkaSettings, source: str, counts: dict[str, int], plan: TopicsPlan) -> list[PlannedTopic]:
    topics = planned_topics(kafka, source, counts.get(source, kafka.partitions), plan.retention_days)
    if plan.partitions is None:
        return topics
    return [replace(topic, partitions=plan.partitions) if topic.name == source else topic for topic in topics]


def _described(topic: PlannedTopic) -> str:
    configs = "".join(f", {name}={value}" for name, value in topic.configs.items())
    return f"{topic.partitions} partitions, {topic.replication} replicas{configs}"


def _topic_json(topic: PlannedTopic) -> dict[str, Any]:
    return {
        "name": topic.name,
        "partitions": topic.partitions,
        "replication": topic.replication,
        "configs": topic.configs,
    }
