"""More partitions under the same group: the numbers are those of the whole log, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import random
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

import orjson
import pytest
from aiokafka import AIOKafkaProducer

from schemas.events import TICKETS_TOPIC
from stream.desks.kinds import SOURCE_TOPICS
from stream.feeds.publish import publish
from stream.feeds.simulator import SimulatedEvent, Simulator, SimulatorSettings
from stream.runtime.kafka.placement import partition_of
from stream.settings.kafka import KafkaSettings
from tests.bench.processes import REPOSITORY
from tests.e2e.conftest import new_topics
from tests.e2e.kafka_topics import grow_topic, records_of, write_records
from tests.e2e.load import spread_at
from tests.e2e.sla_events import published_sla_events
from tests.e2e.test_lost_changelog import END, SEED, SESSION_SECONDS, SETTINGS, history, refused
from tests.e2e.test_operating import snapshot_of
from tests.e2e.test_replayed_logs import command
from tests.e2e.worker_process import WorkerProcess
from tests.kafka.broker import KafkaBroker
from tests.kinds.tickets import ticket
from tests.oracle import compute, differences

pytestmark = pytest.mark.kafka

logger = logging.getLogger(__name__)

EVENTS_A_SECOND: Final = 2_000
METADATA_SECONDS: Final = 3
ENDLESS_SECONDS: Final = 3_600
# What a growth says once it has written its plan, once the topics have grown, and once the rows have moved.
PHASES: Final = ("taking in what was published", "moving the state", "for publishers to hear of the new partitions")
DIES_WHILE_IT_CLOSES: Final = """
import os, signal
from stream.state import growth

_closing_rows, _closed = growth.closing_rows, []

def closing_rows(*arguments):
    _closed.append(arguments)
    if len(_closed) == 4:
        os.kill(os.getpid(), signal.SIGKILL)
    return _closing_rows(*arguments)

growth.closing_rows = closing_rows
"""


def endless_history() -> Iterator[SimulatedEvent]:
    """More than is published however long it takes."""
    return Simulator(SimulatorSettings(), SEED).history(END - timedelta(days=40), END, 100_000)


async def publish_by_key(
    events: Iterable[SimulatedEvent],
    kafka: KafkaSettings,
    events_a_second: float = EVENTS_A_SECOND,
    enough: asyncio.Event | None = None,
) -> list[bytes]:
    """Publish as an application does: Kafka's partitioner chooses, of those partitions that the client knows of.

    Ends when it is ``enough``; returns the values.
    """
    published = []
    async with AIOKafkaProducer(
        bootstrap_servers=kafka.bootstrap_servers, metadata_max_age_ms=METADATA_SECONDS * 1_000, linger_ms=20
    ) as producer:
        async for topic, key, value, _ in spread_at(events, events_a_second):
            await producer.send(topic, key=key, value=value)
            published.append(value)
            if enough is not None and enough.is_set():
                break
    return published


def write_settings(kafka: KafkaSettings, folder: Path) -> None:
    (folder / "deskpulse.toml").write_text(
        f'[kafka]\nbootstrap_servers = "{kafka.bootstrap_servers}"\ngroup = "{kafka.group}"\n'
        f'session_timeout_seconds = {SESSION_SECONDS}\n[clock]\nmode = "event"\n',
        "utf-8",
    )


async def grown(folder: Path, partitions: int, settle: int, *more: str) -> list[dict[str, object]]:
    """Grow the topics; return the reports."""
    arguments = ("--partitions", str(partitions), "--settle", str(settle), "--yes", "--json", *more)
    status, out, err = await command("topics", "grow", *arguments, folder=folder)
    assert status == 0, err.decode()
    reports: list[dict[str, object]] = orjson.loads(out)["grown"]
    return reports


@contextlib.asynccontextmanager
async def begun_growth(folder: Path, settle: int, python_path: str = "") -> AsyncIterator[asyncio.subprocess.Process]:
    """A growth to six partitions that is under way, and ended at the end without a chance to tidy up."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "stream", "topics", "grow", "--partitions", "6", "--settle", str(settle), "--yes"),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": python_path},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def kill_a_growth(folder: Path, phases: Sequence[str], after: float) -> None:
    """Kill a growth so many seconds ``after`` it is in one of the phases; it settles for longer than any test runs."""
    async with begun_growth(folder, ENDLESS_SECONDS) as process:
        assert process.stderr is not None
        printed = []
        async for line in process.stderr:
            printed.append(line.decode())
            if any(words in printed[-1] for words in phases):
                break
        else:
            raise AssertionError(f"the growth never said any of {phases}: {''.join(printed)}")
        await asyncio.sleep(after)
        assert process.returncode is None


async def kill_a_growth_that_closes(folder: Path) -> None:
    """Let a growth be killed before it has closed the first partition, which comes last, of any topic."""
    shim = folder / "shim"
    shim.mkdir()
    (shim / "sitecustomize.py").write_text(DIES_WHILE_IT_CLOSES)
    async with begun_growth(folder, 0, f"{shim}:{REPOSITORY}") as process:
        _, err = await process.communicate()
        assert process.returncode == -signal.SIGKILL, err.decode()
        assert PHASES[-1] in err.decode()


async def test_topics_that_grow_twice_under_load_lose_and_double_nothing(
    kafka_broker: KafkaBroker, tmp_path: Path
) -> None:
    events, enough = endless_history(), asyncio.Event()
    async with new_topics(kafka_broker, 4) as kafka:
        write_settings(kafka, tmp_path)
        async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, SETTINGS) as worker:
            await worker.start()
            load = asyncio.create_task(publish_by_key(events, kafka, enough=enough))
            for partitions in (8, 12):
                await asyncio.sleep(4)
                assert not load.done()
                stopped = time.monotonic()
                assert await worker.stop() == 0
                reports = await grown(tmp_path, partitions, METADATA_SECONDS)
                for report in reports:
                    logger.warning("%s", report)
                assert [report["topic"] for report in reports] == list(SOURCE_TOPICS)
                assert all(int(str(report["moved"])) > 0 for report in reports)
                await worker.start()
                logger.warning(
                    "%.1f s from the end of the worker until the next one was ready", time.monotonic() - stopped
                )
            assert not load.done()
            enough.set()
            expected = compute(await load)
            await worker.until_caught_up()
            assert differences(expected, await worker.numbers()) == []
            assert await worker.stop() == 0

            await worker.start()
            await worker.until_caught_up()
            assert differences(expected, await worker.numbers()) == []
            assert await worker.stop() == 0
        topics = (await snapshot_of(kafka))["topics"]
        assert {name: count for name, count in topics.items() if "helpdesk" in name and count != 12} == {}
        assert await published_sla_events(kafka.model_copy(update={"partitions": 12}))


async def test_a_growth_that_is_killed_again_and_again_is_completed_by_the_next_one(
    kafka_broker: KafkaBroker, tmp_path: Path
) -> None:
    events = history(2_000)
    half = len(events) // 2
    moments = random.Random(SEED)
    async with new_topics(kafka_broker, 4) as kafka:
        write_settings(kafka, tmp_path)
        async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, SETTINGS) as worker:
            await worker.start()
            await publish(events[:half], kafka.bootstrap_servers)
            await worker.until_caught_up()
            assert await worker.stop() == 0
            load = asyncio.create_task(publish_by_key(events[half:], kafka, events_a_second=300))
            for phase, after in ((0, 0.0), (0, 0.2), (1, 0.0), (1, 0.2), (2, 1.0)):
                await kill_a_growth(tmp_path, PHASES[phase:], moments.uniform(0.0, after))
                assert "`deskpulse topics grow" in await refused(worker)
            await kill_a_growth_that_closes(tmp_path)
            assert "`deskpulse topics grow" in await refused(worker)
            reports = await grown(tmp_path, 6, METADATA_SECONDS)
            assert [(report["before"], report["after"]) for report in reports] == [(4, 6)] * len(SOURCE_TOPICS)
            await worker.start()
            await load
            await worker.until_caught_up()
            assert differences(compute(event.value for event in events), await worker.numbers()) == []
            assert await worker.stop() == 0


async def test_a_source_that_somebody_has_grown_under_load_is_caught_up_with(
    kafka_broker: KafkaBroker, tmp_path: Path
) -> None:
    events, enough = endless_history(), asyncio.Event()
    async with new_topics(kafka_broker, 4) as kafka:
        write_settings(kafka, tmp_path)
        async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, SETTINGS) as worker:
            await worker.start()
            load = asyncio.create_task(publish_by_key(events, kafka, events_a_second=500, enough=enough))
            await asyncio.sleep(4)
            await grow_topic(kafka, TICKETS_TOPIC, 8)
            assert await worker.wait() == 1
            (report,) = await grown(tmp_path, 8, METADATA_SECONDS, "--topic", TICKETS_TOPIC)
            assert (report["before"], report["after"]) == (4, 8)
            await worker.start()
            assert not load.done()
            enough.set()
            published = await load
            await worker.until_caught_up()
            assert differences(compute(published), await worker.numbers()) == []
            assert await worker.stop() == 0


async def test_what_cannot_be_grown_is_told_in_one_line(kafka: KafkaSettings, tmp_path: Path) -> None:
    write_settings(kafka, tmp_path)
    for arguments, words in (
        (("--partitions", "2"), b"Kafka cannot remove any"),
        (("--partitions", "8", "--topic", "orders"), b"orders is not a source topic"),
    ):
        status, _, err = await command("topics", "grow", "--yes", *arguments, folder=tmp_path)
        assert status == 1
        assert words in err.splitlines()[-1]
        assert err.splitlines()[-1].startswith(b"deskpulse: ")
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, SETTINGS) as worker:
        await worker.start()
        status, _, err = await command("topics", "grow", "--yes", "--partitions", "6", folder=tmp_path)
        assert status == 1
        assert f"deskpulse: workers of group {kafka.group} run: ".encode() in err
        assert await worker.stop() == 0
    before = await snapshot_of(kafka)
    status, _, err = await command("topics", "grow", "--dry-run", "--partitions", "6", folder=tmp_path)
    assert status == 0
    assert b"helpdesk.tickets has 3 partitions, its state is in 3: both are to be 6" in err
    assert await snapshot_of(kafka) == before


async def test_our_own_publisher_hears_of_new_partitions(kafka: KafkaSettings) -> None:
    events = [event for event in history(300) if event.topic == TICKETS_TOPIC]
    half = len(events) // 2

    async def all_of_them() -> AsyncIterator[SimulatedEvent]:
        for event in events[:half]:
            yield event
        await grow_topic(kafka, TICKETS_TOPIC, 6)
        await asyncio.sleep(2 * METADATA_SECONDS)
        for event in events[half:]:
            yield event

    await publish(all_of_them(), kafka.bootstrap_servers, metadata_max_age_ms=METADATA_SECONDS * 1_000)

    for number in range(3, 6):
        keys = {key for key, _ in await records_of(kafka, TICKETS_TOPIC, number)}
        assert keys == {event.key for event in events[half:] if partition_of(event.key, 6) == number}


async def test_a_dead_letter_from_before_the_growth_is_replayed_where_its_ticket_is_now(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    subject = next(
        name
        for number in range(100)
        if partition_of((name := f"T-{number}").encode(), 3) != partition_of(name.encode(), 6)
    )
    key, home = subject.encode(), partition_of(subject.encode(), 3)
    first, second = ticket("opened", 0, subject), ticket("resolved", 60, subject)
    write_settings(kafka, tmp_path)
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, SETTINGS) as worker:
        await worker.start()
        await write_records(kafka, TICKETS_TOPIC, home, [(key, first), (key, b"broken")])
        await worker.until_caught_up()
        assert await worker.stop() == 0
        await grown(tmp_path, 6, 0)
        (tmp_path / "value").write_bytes(second)
        replay = ("--file", "value", "--origin", f"{TICKETS_TOPIC}:{home}:1", "--by-key")
        status, _, err = await command("dlt", "replay", *replay, folder=tmp_path)
        assert status == 0, err.decode()
        await worker.start()
        await worker.until_caught_up()
        assert differences(compute([first, second]), await worker.numbers()) == []
        assert await worker.stop() == 0
