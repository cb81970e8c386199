"""Gathers the facts of an installation; reads only."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import msgspec
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from schemas.events import Moment
from stream.doctor.facts import BrokerFacts, Facts, NewestRecord, PortState
from stream.doctor.keys import take_census
from stream.doctor.rules import Finding, findings
from stream.runtime.disk.damaged_copies import all_damaged_copies
from stream.runtime.disk.private_folders import folder_trouble
from stream.runtime.kafka.broker import connected_admin, found_topics, reading_consumer
from stream.runtime.kafka.consumer_group import Committed, describe_group
from stream.runtime.kafka.positions import Position, read_positions, records_at
from stream.runtime.kafka.reachability import BrokerUnreachableError
from stream.runtime.kafka.topics import FoundTopic, changelog_of, planned_topics
from stream.settings.kafka import KafkaSettings
from stream.settings.settings import Settings
from stream.settings.web import WebSettings
from stream.windows.moments import to_microseconds

_PORT_SECONDS: Final = 2.0
_BY_BROKER: Final = 1


class ExaminationError(Exception):
    """The brokers answer, but not to what they were asked."""


class _Timed(msgspec.Struct):
    time: Moment


_decode_timed = msgspec.json.Decoder(_Timed).decode


async def examine(settings: Settings, sources: Sequence[str], *, with_keys: bool = False) -> list[Finding]:
    """All findings about an installation. Raises ``ExaminationError`` if the brokers refuse to tell.

    ``with_keys`` reads all changelogs to see whether anything is in more than one partition.
    """
    return findings(await gather_facts(settings, sources, with_keys=with_keys))


async def gather_facts(settings: Settings, sources: Sequence[str], *, with_keys: bool = False) -> Facts:
    """The facts, as far as they can be had. Raises ``ExaminationError``."""
    kafka = settings.kafka
    now = time.time_ns() // 1_000
    port = await asyncio.to_thread(port_state, settings.web)
    trouble, damaged = await asyncio.to_thread(_look_at_folder, settings)
    try:
        async with connected_admin(kafka) as admin:
            broker = await _broker_facts(admin)
            names = [topic.name for source in sources for topic in planned_topics(kafka, source, 1)]
            topics = await found_topics(admin, names)
            group = await describe_group(admin, kafka.group)
        positions, newest = await _read(kafka, sources, topics, group.committed)
        keys = await take_census(kafka, _paired(kafka, sources, topics)) if with_keys else ()
    except BrokerUnreachableError as error:
        return Facts(settings, sources, now, port, unreachable=str(error), damaged=damaged, folder_trouble=trouble)
    except KafkaError as error:
        message = f"Kafka at {kafka.bootstrap_servers} could not be examined: {error}; its log or access rules say why"
        raise ExaminationError(message) from error
    return Facts(settings, sources, now, port, broker, "", topics, positions, group, newest, damaged, keys, trouble)


def _look_at_folder(settings: Settings) -> tuple[str | None, list[Path]]:
    """Why the folder of the state cannot be used, if so, and the damaged copies in it."""
    trouble = folder_trouble(settings.data_dir, *settings.store_names)
    if trouble is not None:
        return trouble if settings.store == "rocksdb" else None, []
    return None, all_damaged_copies(settings.store_folder)


def port_state(web: WebSettings) -> PortState:
    """Who is on the web port."""
    if web.port == 0:
        return PortState.FREE
    url = f"http://{web.host}:{web.port}"
    try:
        with urlopen(f"{url}/livez", timeout=_PORT_SECONDS) as response:  # noqa: S310 - the user's own address
            if response.read(10) != b"live\n":
                return PortState.OTHER
        with urlopen(f"{url}/readyz", timeout=_PORT_SECONDS):  # noqa: S310 - as above
            return PortState.READY
    except HTTPError as error:
        return PortState.NOT_READY if error.code == HTTPStatus.SERVICE_UNAVAILABLE else PortState.OTHER
    except URLError as error:
        return PortState.FREE if isinstance(error.reason, ConnectionRefusedError) else PortState.OTHER
    except (OSError, HTTPException):
        return PortState.OTHER


async def _broker_facts(admin: AIOKafkaAdminClient) -> BrokerFacts:
    cluster = await admin.describe_cluster()
    connections = tuple(admin._client._conns.values())  # noqa: SLF001 - the client tells versions to nobody
    known = connections[0]._versions if connections else {}  # noqa: SLF001 - as above
    return BrokerFacts(len(cluster["brokers"]), {key: newest for key, (_, newest) in known.items()})


async def _read(
    kafka: KafkaSettings, sources: Sequence[str], topics: Mapping[str, FoundTopic], committed: Committed
) -> tuple[list[Position], list[NewestRecord]]:
    counts = {source: topics[source].partitions for source in sources if source in topics}
    if any(topics[name].leaderless for name in topics):
        return [], []
    positions = await read_positions(kafka, _paired(kafka, sources, topics), committed, look_up_applied=True)
    return positions, await _newest(kafka, counts)


def _paired(kafka: KafkaSettings, sources: Sequence[str], topics: Mapping[str, FoundTopic]) -> dict[str, int]:
    """The partitions of each source that has a changelog for all of them."""
    return {
        source: topics[source].partitions
        for source in sources
        if source in topics
        and (changelog := topics.get(changelog_of(kafka, source))) is not None
        and changelog.partitions >= topics[source].partitions
    }


async def _newest(kafka: KafkaSettings, counts: Mapping[str, int]) -> list[NewestRecord]:
    partitions = [TopicPartition(topic, number) for topic, count in counts.items() for number in range(count)]
    async with reading_consumer(kafka) as consumer:
        begins = await consumer.beginning_offsets(partitions)
        ends = await consumer.end_offsets(partitions)
        last = await records_at(consumer, {tp: ends[tp] - 1 for tp in partitions if ends[tp] > begins[tp]})
    return [
        NewestRecord(
            tp.topic, tp.partition, record.timestamp, record.timestamp_type == _BY_BROKER, event_time(record.value)
        )
        for tp, record in sorted(last.items())
    ]


def event_time(value: bytes | None) -> int | None:
    """When an event happened, in microseconds; ``None`` if that cannot be read."""
    try:
        return to_microseconds(_decode_timed(value or b"").time)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
