"""How to reach the brokers: client options, the shared producer, and the topics that have to be there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code
from faust.auth import Credentials, SASLCredentials, SSLCredentials

from stream.runtime.kafka.changelog import APPEND_BYTES
from stream.runtime.kafka.reachability import BrokerUnreachableError, check_reachable, choose_addresses
from stream.runtime.kafka.topics import FoundTopic, Health, PlannedTopic, Role, partition_differences, planned_topics
from stream.settings.kafka import KafkaSettings

FETCH_BYTES = 64 * 1024 * 1024

_RETRY_SECONDS: Final = 0.3
_ATTEMPTS: Final = 3
# Where Kafka says that a setting comes from.
_OF_THE_TOPIC: Final = 1

STOP_SECONDS: Final = 5.0
"""How long to wait for a client to stop."""

_NOUNS: Final = {
    Role.SOURCE: "source",
    Role.DEAD_LETTERS: "dead-letter topic",
    Role.CHANGELOG: "changelog",
    Role.EVENTS: "topic",
}


class TopicsError(Exception):
    """The topics in Kafka do not fit together, or cannot be created."""


def client_options(settings: KafkaSettings) -> dict[str, Any]:
    """Options that every client of the brokers needs."""
    return {
        "bootstrap_servers": settings.bootstrap_servers,
        "client_id": settings.group,
        **settings.security.options(),
    }


def credentials_of(settings: KafkaSettings) -> Credentials | None:
    """The credentials of Faust's own clients, ``None`` if the brokers are spoken to in the clear and as nobody."""
    security = settings.security
    if security.password is not None:
        return SASLCredentials(
            username=security.username,
            password=security.password.get_secret_value(),
            mechanism=security.mechanism,
            ssl_context=security.context,
        )
    return None if security.context is None else SSLCredentials(security.context)


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


async def new_restore_consumer(settings: KafkaSettings) -> AIOKafkaConsumer:
    """A consumer outside of any group, to read changelogs with. Raises ``BrokerUnreachableError``."""
    return AIOKafkaConsumer(
        **client_options(await choose_addresses(settings)),
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_bytes=FETCH_BYTES,
        max_partition_fetch_bytes=APPEND_BYTES,
        max_poll_records=20_000,
        fetch_max_wait_ms=100,
    )


@asynccontextmanager
async def reading_consumer(settings: KafkaSettings) -> AsyncIterator[AIOKafkaConsumer]:
    """A started consumer outside of any group. Raises ``BrokerUnreachableError`` and the client's ``KafkaError``."""
    consumer = await new_restore_consumer(settings)
    try:
        await consumer.start()
        # The client cannot be stopped before its tasks have begun.
        await asyncio.sleep(0)
        yield consumer
    finally:
        # Nor does it stop for sure if it was assigned anew this moment; a second cancellation ends it then.
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await consumer.stop()


async def ensure_topics(settings: KafkaSettings, sources: Iterable[str]) -> dict[str, int]:
    """Create missing source, dead-letter and changelog topics; return the partitions of each source.

    A changelog and a dead-letter topic get as many partitions as their source. Raises
    ``BrokerUnreachableError``, or ``TopicsError`` if a topic is missing and may not be created, or if a
    changelog does not have its source's number of partitions.
    """
    async with connected_admin(settings) as admin:
        existing = await existing_topics(admin, settings)
        partitions = {source: existing.get(source, settings.partitions) for source in sources}
        planned = [topic for source, count in partitions.items() for topic in planned_topics(settings, source, count)]
        missing = [topic for topic in planned if topic.name not in existing]
        if missing and not settings.create_topics:
            names = ", ".join(topic.name for topic in missing)
            message = f"missing topics: {names}; create them with `deskpulse topics create` or set kafka.create_topics"
            raise TopicsError(message)
        await create_topics(admin, missing)
        # What is wrong with a changelog explains what is wrong with the other topics.
        for topic in sorted(planned, key=lambda topic: topic.role is not Role.CHANGELOG):
            found = FoundTopic(topic.name, existing.get(topic.name, topic.partitions), topic.replication)
            for difference in partition_differences(topic, found, settings.bootstrap_servers):
                if difference.severity is Health.PROBLEM:
                    message = f"the {_NOUNS[topic.role]} {topic.name} {difference.what}; {difference.way_out}"
                    raise TopicsError(message)
        return partitions


@asynccontextmanager
async def connected_admin(settings: KafkaSettings) -> AsyncIterator[AIOKafkaAdminClient]:
    """An administrative client. Raises ``BrokerUnreachableError``."""
    usable = await check_reachable(settings)
    admin = AIOKafkaAdminClient(**client_options(usable), request_timeout_ms=15_000)
    try:
        async with asyncio.timeout(settings.connect_timeout_seconds):
            await admin.start()
    except (KafkaError, TimeoutError, OSError, ValueError) as error:
        await admin.close()
        message = f"no Kafka broker answers at {settings.bootstrap_servers}; set kafka.bootstrap_servers"
        raise BrokerUnreachableError(message) from error
    try:
        yield admin
    finally:
        await admin.close()


async def existing_topics(admin: AIOKafkaAdminClient, settings: KafkaSettings) -> dict[str, int]:
    """The partitions of every topic that is there; raises ``BrokerUnreachableError``."""
    last: Exception = TimeoutError()
    try:
        async with asyncio.timeout(settings.connect_timeout_seconds):
            while True:
                # The client asks any of the brokers, and one of several may be down, or hang.
                try:
                    async with asyncio.timeout(settings.connect_timeout_seconds / _ATTEMPTS):
                        return await partition_counts(admin)
                except (KafkaError, OSError, TimeoutError) as error:
                    last = error
                await asyncio.sleep(_RETRY_SECONDS)
    except TimeoutError:
        message = (
            f"a Kafka broker answers at {settings.bootstrap_servers}, but none does where it says that the brokers are"
            f" ({type(last).__name__}); look at the brokers' advertised.listeners, or set kafka.bootstrap_servers to"
            " another listener"
        )
        raise BrokerUnreachableError(message) from last


async def create_topics(admin: AIOKafkaAdminClient, missing: Sequence[PlannedTopic], *, dry_run: bool = False) -> None:
    """Create topics and wait until they are there; a dry run only asks whether that could be done.

    Raises ``TopicsError`` if the brokers do not create one.
    """
    if not missing:
        return
    topics = [
        NewTopic(topic.name, topic.partitions, topic.replication, topic_configs=topic.configs) for topic in missing
    ]
    response = await admin.create_topics(topics, timeout_ms=10_000, validate_only=dry_run)
    for name, code, *detail in response.topic_errors:
        error = for_code(code)
        if code and not issubclass(error, TopicAlreadyExistsError):
            message = f"topic {name} cannot be created: {detail[0] if detail else error.__name__}"
            raise TopicsError(message)
    names = {topic.name for topic in missing}
    for _ in range(0 if dry_run else 100):
        if names <= set(await partition_counts(admin)):
            return
        await asyncio.sleep(0.1)
    if not dry_run:
        message = f"topics were created but do not appear: {', '.join(sorted(names))}"
        raise TopicsError(message)


async def add_partitions(admin: AIOKafkaAdminClient, wanted: Mapping[str, int]) -> None:
    """Give topics that exist so many partitions where they have fewer, and wait until these are there.

    Raises ``TopicsError`` if the brokers do not.
    """
    counts = await partition_counts(admin)
    short = {name: count for name, count in wanted.items() if counts.get(name, count) < count}
    if not short:
        return
    response = await admin.create_partitions({name: NewPartitions(count) for name, count in short.items()})
    for name, code, *detail in response.topic_errors:
        if code:
            reason = detail[0] if detail and detail[0] else for_code(code).__name__
            message = f"topic {name} cannot be given {short[name]} partitions: {reason}"
            raise TopicsError(message)
    for _ in range(100):
        counts = await partition_counts(admin)
        if all(counts.get(name, 0) >= count for name, count in short.items()):
            return
        await asyncio.sleep(0.1)
    message = f"partitions were added but do not appear: {', '.join(sorted(short))}"
    raise TopicsError(message)


async def apply_settings(admin: AIOKafkaAdminClient, topics: Iterable[PlannedTopic]) -> None:
    """Give topics that exist the settings of their plan, and leave those that they have besides.

    Raises ``TopicsError`` if the brokers do not.
    """
    planned = {topic.name: topic.configs for topic in topics}
    own = await _own_configs(admin, list(planned))
    # Kafka takes all settings of a topic at once, and drops those that are not named.
    resources = [
        ConfigResource(ConfigResourceType.TOPIC, name, {**own[name], **configs}) for name, configs in planned.items()
    ]
    if not resources:
        return
    for response in await admin.alter_configs(resources):
        for code, detail, _, name in response.resources:
            if code:
                message = f"topic {name} cannot be given its settings: {detail or for_code(code).__name__}"
                raise TopicsError(message)


async def partition_counts(admin: AIOKafkaAdminClient) -> dict[str, int]:
    """The number of partitions of every topic there is."""
    topics = await admin.describe_topics()
    return {topic["topic"]: len(topic["partitions"]) for topic in topics if not topic["error_code"]}


async def found_topics(admin: AIOKafkaAdminClient, names: Iterable[str]) -> dict[str, FoundTopic]:
    """Those of the topics that exist, as they are. Raises ``TopicsError`` if their settings cannot be read."""
    wanted = set(names)
    # Asked for by name, topics that are missing could be created by it.
    described = [topic for topic in await admin.describe_topics() if topic["topic"] in wanted]
    configs = await _configs(admin, [topic["topic"] for topic in described])
    return {topic["topic"]: _found(topic, configs[topic["topic"]]) for topic in described}


def _found(topic: Mapping[str, Any], configs: Mapping[str, str]) -> FoundTopic:
    partitions = topic["partitions"]
    return FoundTopic(
        topic["topic"],
        len(partitions),
        min((len(partition["replicas"]) for partition in partitions), default=0),
        tuple(sorted(each["partition"] for each in partitions if len(each["isr"]) < len(each["replicas"]))),
        tuple(sorted(each["partition"] for each in partitions if each["leader"] < 0)),
        configs,
    )


async def _configs(admin: AIOKafkaAdminClient, names: Sequence[str]) -> dict[str, dict[str, str]]:
    return {
        name: {entry[0]: entry[1] for entry in entries if entry[1] is not None}
        for name, entries in (await _entries(admin, names)).items()
    }


async def _own_configs(admin: AIOKafkaAdminClient, names: Sequence[str]) -> dict[str, dict[str, str]]:
    """The settings that were given to each topic itself."""
    return {
        name: {entry[0]: entry[1] for entry in entries if entry[3] == _OF_THE_TOPIC and entry[1] is not None}
        for name, entries in (await _entries(admin, names)).items()
    }


async def _entries(admin: AIOKafkaAdminClient, names: Sequence[str]) -> dict[str, Sequence[Sequence[Any]]]:
    if not names:
        return {}
    responses = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in names])
    found = {}
    for response in responses:
        for code, detail, _, name, entries in response.resources:
            if code:
                message = f"the settings of topic {name} cannot be read: {detail or for_code(code).__name__}"
                raise TopicsError(message)
            found[name] = entries
    return found
