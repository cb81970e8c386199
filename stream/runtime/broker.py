"""How to reach the brokers: client options, the shared producer, and the topics that have to be there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from stream.runtime.changelog import APPEND_BYTES
from stream.runtime.dead_letters import SUFFIX
from stream.settings import KafkaSettings

DEAD_LETTER_BYTES = 16 * 1024 * 1024
"""The largest dead letter, in bytes, that a topic which deskpulse creates takes."""

FETCH_BYTES = 64 * 1024 * 1024


class BrokerUnreachableError(Exception):
    """No broker answers at the given addresses."""


class TopicsError(Exception):
    """The topics in Kafka do not fit together, or cannot be created."""


def client_options(settings: KafkaSettings) -> dict[str, Any]:
    """Options that every client of the brokers needs."""
    return {"bootstrap_servers": settings.bootstrap_servers, "client_id": settings.group}


def new_producer(settings: KafkaSettings) -> AIOKafkaProducer:
    """The producer of changelogs and dead letters.

    It is not idempotent: each append waits for the one before it, and a row written twice is the same row.
    """
    return AIOKafkaProducer(
        **client_options(settings),
        acks="all",
        max_batch_size=APPEND_BYTES,
        max_request_size=2 * APPEND_BYTES,
    )


def new_restore_consumer(settings: KafkaSettings) -> AIOKafkaConsumer:
    """A consumer outside of any group, to read changelogs with."""
    return AIOKafkaConsumer(
        **client_options(settings),
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_bytes=FETCH_BYTES,
        max_partition_fetch_bytes=APPEND_BYTES,
        max_poll_records=20_000,
        fetch_max_wait_ms=100,
    )


def changelog_of(settings: KafkaSettings, source: str) -> str:
    """The changelog topic of a source topic's state table."""
    return f"{settings.group}-{source}-changelog"


async def ensure_topics(settings: KafkaSettings, sources: Iterable[str]) -> dict[str, int]:
    """Create missing source, dead-letter and changelog topics; return the partitions of each source.

    A changelog and a dead-letter topic get as many partitions as their source. Raises
    ``BrokerUnreachableError``, or ``TopicsError`` if a topic is missing and may not be created, or if a
    changelog does not have its source's number of partitions.
    """
    admin = AIOKafkaAdminClient(**client_options(settings), request_timeout_ms=15_000)
    try:
        async with asyncio.timeout(settings.connect_timeout_seconds):
            await admin.start()
    except (KafkaError, TimeoutError, OSError, ValueError) as error:
        await admin.close()
        message = f"no Kafka broker answers at {settings.bootstrap_servers}; set kafka.bootstrap_servers"
        raise BrokerUnreachableError(message) from error
    try:
        existing = await _partition_counts(admin)
        partitions = {source: existing.get(source, settings.partitions) for source in sources}
        wanted = {
            topic.name: topic for source, count in partitions.items() for topic in _topics(settings, source, count)
        }
        await _create(admin, settings, [topic for name, topic in wanted.items() if name not in existing])
        for name, topic in wanted.items():
            count = existing.get(name, topic.num_partitions)
            if name.endswith("-changelog") and count != topic.num_partitions:
                message = (
                    f"the changelog {name} has {count} partitions, its source {topic.num_partitions};"
                    " use another kafka.group, which starts a new changelog, or give the source its old number"
                )
                raise TopicsError(message)
        return partitions
    finally:
        await admin.close()


def _topics(settings: KafkaSettings, source: str, partitions: int) -> list[NewTopic]:
    def topic(name: str, configs: Mapping[str, str]) -> NewTopic:
        return NewTopic(name, partitions, settings.replication_factor, topic_configs=dict(configs))

    return [
        topic(source, {}),
        topic(source + SUFFIX, {"max.message.bytes": str(DEAD_LETTER_BYTES), "retention.ms": "-1"}),
        topic(
            changelog_of(settings, source), {"cleanup.policy": "compact", "max.message.bytes": str(APPEND_BYTES + 4096)}
        ),
    ]


async def _create(admin: AIOKafkaAdminClient, settings: KafkaSettings, missing: list[NewTopic]) -> None:
    if not missing:
        return
    names = ", ".join(topic.name for topic in missing)
    if not settings.create_topics:
        message = f"missing topics: {names}; create them or set kafka.create_topics"
        raise TopicsError(message)
    response = await admin.create_topics(missing, timeout_ms=10_000)
    for name, code, *detail in response.topic_errors:
        error = for_code(code)
        if code and not issubclass(error, TopicAlreadyExistsError):
            message = f"topic {name} cannot be created: {detail[0] if detail else error.__name__}"
            raise TopicsError(message)
    for _ in range(100):
        if set(await _partition_counts(admin)).issuperset(topic.name for topic in missing):
            return
        await asyncio.sleep(0.1)
    message = f"topics were created but do not appear: {names}"
    raise TopicsError(message)


async def _partition_counts(admin: AIOKafkaAdminClient) -> dict[str, int]:
    topics = await admin.describe_topics()
    return {topic["topic"]: len(topic["partitions"]) for topic in topics if not topic["error_code"]}
