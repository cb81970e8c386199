"""Addresses in ``kafka.bootstrap_servers`` that never answer, beside a broker that does."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from stream.desks.kinds import SOURCE_TOPICS
from stream.doctor.examination import examine
from stream.feeds.loopback import LOOPBACK
from stream.runtime.kafka.broker import ensure_topics, reading_consumer
from stream.runtime.kafka.reachability import BrokerUnreachableError, check_reachable
from stream.runtime.kafka.topics import Health
from stream.settings.kafka import KafkaSettings
from stream.settings.settings import Settings
from tests.e2e.worker_process import WorkerProcess
from tests.kafka.broker import KafkaBroker

pytestmark = pytest.mark.kafka


@contextlib.contextmanager
def silent() -> Iterator[str]:
    """The address of somebody who takes every connection and never says a word."""
    with socket.create_server((LOOPBACK, 0), backlog=100) as server:
        yield f"{LOOPBACK}:{server.getsockname()[1]}"


@contextlib.contextmanager
def black_hole() -> Iterator[str]:
    """The address of somebody who takes no more connections and does not refuse them either."""
    with contextlib.ExitStack() as kept, socket.create_server((LOOPBACK, 0), backlog=0) as server:
        for _ in range(4):
            client = kept.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(server.getsockname())
        yield f"{LOOPBACK}:{server.getsockname()[1]}"


@pytest.fixture
def addresses(kafka_broker: KafkaBroker) -> Iterator[str]:
    """Two that never answer and a broker, the last of the three."""
    with silent() as first, black_hole() as second:
        yield f"{first},{second},{kafka_broker.address}"


async def test_only_those_that_answer_are_used_and_the_others_are_named(
    addresses: str, kafka_broker: KafkaBroker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    usable = await check_reachable(KafkaSettings(bootstrap_servers=addresses))

    assert usable.bootstrap_servers == kafka_broker.address
    (said,) = [record.getMessage() for record in caplog.records if "bootstrap_servers" in record.getMessage()]
    assert [f"{address} does not answer" in said for address in addresses.split(",")] == [True, True, False]


async def test_if_nobody_answers_all_of_them_are_told() -> None:
    with silent() as first, black_hole() as second:
        settings = KafkaSettings(bootstrap_servers=f"{first},{second}", connect_timeout_seconds=2)
        with pytest.raises(BrokerUnreachableError, match=f"no Kafka broker answers at {first},{second}"):
            await check_reachable(settings)


async def test_administrative_clients_and_consumers_do_not_wait_for_them(addresses: str) -> None:
    settings = KafkaSettings(bootstrap_servers=addresses, group="hung")
    # A client that met one of them would wait for 40 s.
    async with asyncio.timeout(30):
        partitions = await ensure_topics(settings, SOURCE_TOPICS)
        async with reading_consumer(settings) as consumer:
            assert set(partitions) <= await consumer.topics()


async def test_the_doctor_does_not_wait_for_them(addresses: str) -> None:
    settings = KafkaSettings(bootstrap_servers=addresses, group="hung")
    await ensure_topics(settings, SOURCE_TOPICS)
    findings = await examine(Settings(kafka=settings), SOURCE_TOPICS)

    assert [finding.severity for finding in findings if finding.check == "broker"] == [Health.OK]


async def test_a_worker_starts_without_them(addresses: str, tmp_path: Path) -> None:
    async with WorkerProcess(addresses, tmp_path, "hung-worker") as worker:
        await worker.start()

        assert "Going on without some of kafka.bootstrap_servers" in worker.log()
        assert await worker.stop() == 0
