"""``python -m tests.soak``: years of a helpdesk in a quarter of an hour, and what is left in memory and on disk.

A simulated helpdesk works for so many days of event time, its events published at a steady rate. The worker keeps
closed tickets for 32 days; the report reaches back 400 days. Its customers stay for two or three months: whoever is a
customer stays in the state, and a business that wins more than it loses does not level off. They are active for a year
after their last purchase, so it takes some 600 days until as many leave the state as come. Half of the time lets all of
it fill. Then the mean resident memory and the highest size of the changelogs of the third quarter are held against
those of the last: they may grow by a tenth, and by a quarter, which is what a segment more or less makes. The last
line is a JSON object; the exit status is 1 if either grew by more.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import fmean
from typing import Final, NamedTuple

import msgspec
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from prometheus_client.parser import text_string_to_metric_families

from stream.desks.customers.story.settings import CustomerStorySettings
from stream.desks.kinds import SOURCE_TOPICS
from stream.feeds.publish import publish
from stream.feeds.simulator import SimulatedEvent, Simulator, SimulatorSettings
from stream.runtime.kafka.broker import ensure_topics
from stream.runtime.kafka.topics import changelog_of
from stream.settings.kafka import KafkaSettings
from tests.bench.__main__ import positive
from tests.e2e.load import spread_at
from tests.e2e.worker_process import WorkerProcess
from tests.kafka.broker import KafkaBroker

PARTITIONS: Final = 2
GROUP: Final = "soak"
KEPT_DAYS: Final = 32
END: Final = datetime(2026, 11, 1, tzinfo=UTC)

_EVENTS_A_TICKET: Final = 14.1
_CHURN_SHARE: Final = 0.4
"""How many of the customers leave in a month."""

_SAMPLE_SECONDS: Final = 5.0
_MEGABYTE: Final = 1_000_000
_MOST_MEMORY_GROWTH: Final = 1.10
_MOST_CHANGELOG_GROWTH: Final = 1.25
# Much less than the product's own, so that segments are closed, and compacted, within minutes.
_SEGMENT_BYTES: Final = 20 * 1024 * 1024
_CLEANER: Final = {
    "log.cleaner.backoff.ms": 1_000,
    "log.retention.check.interval.ms": 10_000,
    "log.segment.delete.delay.ms": 1_000,
    "log.retention.bytes": 256 * 1024 * 1024,
    "log.segment.bytes": 64 * 1024 * 1024,
}


class Sample(NamedTuple):
    """What was there at a moment: resident bytes of the worker, bytes of the changelogs, tickets open."""

    resident: float
    changelog: int
    open_tickets: float


class Soaked(msgspec.Struct, frozen=True):
    """The outcome; sizes in megabytes, by quarters of the time."""

    seconds: float
    events: int
    event_days: int
    store: str
    resident_mb: list[float]
    changelog_mb: list[float]
    open_tickets: int
    level: bool


async def soak(days: int, events: int, seconds: float, store: str, folder: Path) -> Soaked:
    """Publish and sample."""
    began = time.monotonic()
    settings = {
        "DESKPULSE_CLOCK__MODE": "event",
        "DESKPULSE_RETENTION__DAYS": str(KEPT_DAYS),
        "DESKPULSE_STORE": store,
        "DESKPULSE_KAFKA__PARTITIONS": str(PARTITIONS),
    }
    samples: list[Sample] = []
    with KafkaBroker(folder / "kafka", _CLEANER) as broker:
        kafka = KafkaSettings(bootstrap_servers=broker.address, group=GROUP, partitions=PARTITIONS)
        await ensure_topics(kafka, SOURCE_TOPICS)
        await _shorten_segments(kafka)
        home = folder / "worker"
        home.mkdir()
        async with WorkerProcess(broker.address, home, GROUP, settings) as worker:
            await worker.start()
            load = asyncio.create_task(
                publish(spread_at(history(days, events), events / seconds), kafka.bootstrap_servers)
            )
            while not load.done():
                await asyncio.wait([load], timeout=_SAMPLE_SECONDS)
                samples.append(await sampled(worker, folder / "kafka"))
                say(began, samples[-1])
            published = await load
            await worker.until_caught_up()
            samples.append(await sampled(worker, folder / "kafka"))
            await worker.stop()
    resident = [fmean(sample.resident for sample in quarter) for quarter in quarters(samples)]
    changelog = [max(sample.changelog for sample in quarter) for quarter in quarters(samples)]
    return Soaked(
        round(time.monotonic() - began, 1),
        published,
        days,
        store,
        [round(size / _MEGABYTE, 1) for size in resident],
        [round(size / _MEGABYTE, 1) for size in changelog],
        round(samples[-1].open_tickets),
        resident[3] <= _MOST_MEMORY_GROWTH * resident[2] and changelog[3] <= _MOST_CHANGELOG_GROWTH * changelog[2],
    )


def history(days: int, events: int) -> Iterator[SimulatedEvent]:
    """About so many events of a helpdesk over so many days."""
    tickets = round(events / _EVENTS_A_TICKET)
    settings = SimulatorSettings(stories=(CustomerStorySettings(churn_share=_CHURN_SHARE),))
    return Simulator(settings, seed=1).history(END - timedelta(days=days), END, tickets)


def quarters(samples: Sequence[Sample]) -> list[Sequence[Sample]]:
    """The samples of each quarter of the time."""
    size = len(samples) // 4
    return [samples[number * size : (number + 1) * size] for number in range(4)]


async def sampled(worker: WorkerProcess, kafka: Path) -> Sample:
    """What there is now."""
    families = list(text_string_to_metric_families(await worker.scrape()))

    def total(name: str) -> float:
        return sum(found.value for family in families for found in family.samples if found.name == name)

    return Sample(
        total("helpdesk_process_resident_memory_bytes"), _changelog_bytes(kafka), total("helpdesk_open_tickets")
    )


def _changelog_bytes(kafka: Path) -> int:
    files = (file for topic in SOURCE_TOPICS for file in kafka.glob(f"data/{GROUP}-{topic}-changelog-*/*.log"))
    return sum(map(_size_of, files))


def _size_of(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:  # compacted away meanwhile
        return 0


async def _shorten_segments(kafka: KafkaSettings) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    try:
        for topic in SOURCE_TOPICS:
            name = changelog_of(kafka, topic)
            [described] = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])
            # What is altered replaces all that was set before.
            present = {entry[0]: entry[1] for entry in described.resources[0][4] if entry[3] == 1}
            changed = present | {"segment.bytes": str(_SEGMENT_BYTES), "delete.retention.ms": "10000"}
            await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, configs=changed)])
    finally:
        await admin.close()


def say(began: float, sample: Sample) -> None:
    """Tell how far it has come."""
    sys.stderr.write(
        f"{time.monotonic() - began:6.1f} s  {sample.resident / _MEGABYTE:7.1f} MB resident"
        f"  {sample.changelog / _MEGABYTE:7.1f} MB changelogs  {sample.open_tickets:6.0f} open\n"
    )


def main() -> int:
    """Soak; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("--days", type=positive, default=1_350, help="days of event time")
    parser.add_argument("--events", type=positive, default=3_600_000, help="about how many events")
    parser.add_argument("--seconds", type=float, default=900.0, help="over how many seconds they are published")
    parser.add_argument("--store", choices=("memory", "rocksdb"), default="memory", help="where the state is")
    arguments = parser.parse_args()
    logging.getLogger("aiokafka").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="deskpulse-soak-") as folder:
        soaked = asyncio.run(soak(arguments.days, arguments.events, arguments.seconds, arguments.store, Path(folder)))
    print(msgspec.json.encode(soaked).decode(), flush=True)
    return 0 if soaked.level else 1


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)
