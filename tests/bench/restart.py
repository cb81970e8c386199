"""``python -m tests.bench.restart``: how fast a worker with very many open tickets is ready again.

The changelogs are filled by the product's own desk and append, without a worker: every ticket is opened and
answered, and later its customer writes again, so that the changelog holds two rows of each (it is not yet
compacted). Then a worker is started that has nothing but the changelogs: once with the store in memory, and
with the store on disk twice, the second time after a clean stop. Ready means that ``/readyz`` says so. Bytes
of a ticket are those that the process has more than one without tickets. The last line is a JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from prometheus_client.parser import text_string_to_metric_families

from schemas.events import TICKETS_TOPIC
from stream.core import Core
from stream.desks.kinds import SOURCE_TOPICS
from stream.runtime.kafka.broker import ensure_topics, new_producer
from stream.runtime.kafka.changelog import ROW_BYTES, Changelog
from stream.runtime.kafka.topics import changelog_of
from stream.settings.kafka import KafkaSettings
from stream.settings.settings import Settings
from stream.state.rows import MemoryRows
from stream.windows.moments import DAY, MICROSECONDS, MINUTE, to_text
from tests.e2e.worker_process import WorkerProcess
from tests.kafka.broker import KafkaBroker

PARTITIONS: Final = 4
GROUP: Final = "bench-restart"
_RUN: Final = 5_000
_SPAN: Final = 30 * DAY
_NEXT_DAY: Final = DAY


class Restart(msgspec.Struct, frozen=True):
    """What was measured; times in seconds."""

    tickets: int
    changelog_records: int
    memory_ready_seconds: float
    memory_bytes_per_ticket: int
    rocksdb_first_ready_seconds: float
    rocksdb_restart_ready_seconds: float
    rocksdb_bytes_per_ticket: int


class Record(NamedTuple):
    """A record of the source topic."""

    offset: int
    value: bytes


class Filling:
    """Takes made-up tickets through the state of one partition and appends the rows."""

    def __init__(self, partition: int, tickets: int, now: int) -> None:
        self._partition = partition
        self._tickets = tickets
        self._now = now
        self.source_records = 0
        self._state = Core(Settings()).new_state("tickets", MemoryRows())
        self.records = 0

    async def run(self, changelog: Changelog) -> None:
        """Append the rows of all tickets."""
        offset = 0
        for wave in (self._opened_and_answered, self._asked_again):
            run: list[Record] = []
            for number in range(self._tickets):
                for value in wave(number):
                    run.append(Record(offset, value))
                    offset += 1
                if len(run) >= _RUN or number == self._tickets - 1:
                    await self._append(changelog, run)
                    run = []
        self.source_records = offset

    async def _append(self, changelog: Changelog, run: list[Record]) -> None:
        start = 0
        while start < len(run):
            outcome = self._state.take_in(run, wall_now=self._now, row_bytes=ROW_BYTES, start=start)
            start += outcome.consumed
            self.records += len(outcome.rows)
            await changelog.append(self._partition, outcome.rows)
            self._state.went_out(len(outcome.outgoing))

    def _opened_and_answered(self, number: int) -> Iterator[bytes]:
        choice = random.Random(number)
        opened = self._opened_at(number)
        yield self._event(
            number,
            "opened",
            opened,
            channel=choice.choice(("email", "chat", "phone", "web")),
            priority=choice.choice(("low", "normal", "high", "urgent")),
            category=choice.choice(("billing", "bug", "complaint", "question")),
            team=choice.choice(("first", "second", "third")),
        )
        answered = opened + choice.randrange(MINUTE, 300 * MINUTE)
        yield self._event(number, "replied", answered, actor="agent", author="ann")

    def _asked_again(self, number: int) -> Iterator[bytes]:
        yield self._event(number, "replied", self._opened_at(number) + _NEXT_DAY, actor="customer")

    def _opened_at(self, number: int) -> int:
        return self._now - 2 * _NEXT_DAY - _SPAN + _SPAN * number // self._tickets

    def _event(self, number: int, kind: str, at: int, **data: str) -> bytes:
        return orjson.dumps(
            {
                "specversion": "1.0",
                "id": f"{number}-{kind}-{at}",
                "source": "/helpdesk/bench",
                "type": f"helpdesk.ticket.{kind}.v1",
                "subject": f"ticket-{self._partition}-{number:07d}",
                "time": to_text(at),
                "data": data,
            }
        )


async def measure(tickets: int, folder: Path) -> Restart:
    """Fill the changelogs and restart workers on them."""
    with KafkaBroker(folder / "kafka") as broker:
        kafka = KafkaSettings(bootstrap_servers=broker.address, group=GROUP, partitions=PARTITIONS)
        async with WorkerProcess(broker.address, _new(folder / "empty"), f"{GROUP}-empty") as worker:
            await worker.start()
            empty = await resident_bytes(worker)
            await worker.stop()
        await ensure_topics(kafka, SOURCE_TOPICS)
        producer = new_producer(kafka)
        await producer.start()
        records = await _fill(kafka, tickets, producer)
        await producer.stop()
        say(f"filled the changelogs with {records} records of {tickets} tickets")
        memory, memory_bytes = await _starts(broker.address, _new(folder / "memory"), {}, tickets, starts=1)
        on_disk = {"DESKPULSE_STORE": "rocksdb"}
        rocksdb, rocksdb_bytes = await _starts(broker.address, _new(folder / "rocksdb"), on_disk, tickets, starts=2)
    return Restart(
        tickets,
        records,
        round(memory[0], 1),
        (memory_bytes - empty) // tickets,
        round(rocksdb[0], 1),
        round(rocksdb[1], 1),
        (rocksdb_bytes - empty) // tickets,
    )


async def resident_bytes(worker: WorkerProcess) -> int:
    """The resident memory of a worker."""
    return round(sample(await worker.scrape(), "helpdesk_process_resident_memory_bytes"))


def sample(text: str, name: str) -> float:
    """The sum of a scrape's samples of a name."""
    return sum(
        found.value for family in text_string_to_metric_families(text) for found in family.samples if found.name == name
    )


async def _fill(kafka: KafkaSettings, tickets: int, producer: AIOKafkaProducer) -> int:
    now = time.time_ns() // 1_000 // MICROSECONDS * MICROSECONDS
    changelog = Changelog(producer, changelog_of(kafka, TICKETS_TOPIC))
    records = 0
    for partition in range(PARTITIONS):
        filling = Filling(partition, tickets // PARTITIONS, now)
        await filling.run(changelog)
        records += filling.records
        await _stand_in_for_source(kafka, producer, partition, filling.source_records)
    return records


async def _stand_in_for_source(kafka: KafkaSettings, producer: AIOKafkaProducer, partition: int, records: int) -> None:
    """Give the source as many records as the changelog says were read, and commit them, so that none is read again."""
    left = records
    while left:
        batch = producer.create_batch()
        while left and batch.append(key=None, value=b"x", timestamp=None) is not None:
            left -= 1
        await (await producer.send_batch(batch, TICKETS_TOPIC, partition=partition))
    async with AIOKafkaConsumer(
        bootstrap_servers=kafka.bootstrap_servers, group_id=kafka.group, enable_auto_commit=False
    ) as consumer:
        tp = TopicPartition(TICKETS_TOPIC, partition)
        consumer.assign([tp])
        await consumer.commit({tp: records})


async def _starts(
    address: str, folder: Path, settings: dict[str, str], tickets: int, starts: int
) -> tuple[list[float], int]:
    ready_after = []
    resident = 0
    async with WorkerProcess(address, folder, GROUP, {"DESKPULSE_KAFKA__INSTANCE_ID": GROUP, **settings}) as worker:
        for number in range(starts):
            ready_after.append(await worker.start())
            opened = sample(await worker.scrape(), "helpdesk_open_tickets")
            if opened != tickets:
                message = f"{opened:.0f} tickets are open after start {number + 1}, not {tickets}"
                raise AssertionError(message)
            resident = await resident_bytes(worker)
            say(f"ready after {ready_after[-1]:.1f} s {settings or 'in memory'}")
            await worker.stop()
    return ready_after, resident


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


def say(what: str) -> None:
    """Tell how far it has come."""
    sys.stderr.write(f"{what}\n")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.restart")
    parser.add_argument("--tickets", type=int, default=1_000_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="deskpulse-restart-") as folder:
        print(msgspec.json.encode(asyncio.run(measure(arguments.tickets, Path(folder)))).decode())


if __name__ == "__main__":
    main()
