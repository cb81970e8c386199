"""The same log and the same faults for plain Faust, for comparison."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import orjson
from aiokafka import ConsumerRecord
from aiokafka.errors import KafkaError

from stream.desks.kinds import SOURCE_TOPICS
from stream.runtime.kafka.broker import ensure_topics
from stream.settings.kafka import KafkaSettings
from tests.bench.plain_rules import Facts
from tests.bench.processes import REPOSITORY
from tests.e2e.worker_process import WorkerProcess
from tests.faults.fleet import Fleet, Member, Say, supervised
from tests.faults.ground_truth import is_readable, read_whole
from tests.faults.injection import Injection
from tests.faults.load import disturbed_log, load_with_faults
from tests.faults.plain_worker import APP, RULES, TOTALS_CHANGELOG, Totals, changes
from tests.faults.plan import FIRST_WORKERS, MOST_WORKERS, Plan
from tests.faults.setting import PARTITIONS, SESSION_SECONDS
from tests.kafka.cluster import KafkaCluster

EVENTS_A_SECOND: Final = 300
"""What plain Faust is given: it takes some 850 a second and worker when nothing else runs on the machine."""

_START_SECONDS: Final = 10.0
_CATCH_UP_SECONDS: Final = 180.0
_POLL_SECONDS: Final = 1.0


@dataclass(slots=True)
class PeerResult:
    """What became of plain Faust's totals. ``unfinished`` is how many records it never committed."""

    faults: int
    events: int
    worker_failures: int
    unfinished: int
    lost: int = 0
    doubled: int = 0
    kinds: dict[str, int] = field(default_factory=dict)


class PlainWorkerProcess(WorkerProcess):
    """A worker of plain Faust, to be killed and started again like one of deskpulse."""

    def __init__(self, addresses: str, folder: Path, name: str) -> None:
        super().__init__(addresses, folder, name)
        self._arguments = (addresses, str(folder), name)

    def _command(self) -> tuple[str, ...]:
        return sys.executable, "-m", "tests.faults.plain_worker", *self._arguments

    @property
    def _home(self) -> Path:
        return REPOSITORY


async def run_peer(plan: Plan, folder: Path, say: Say) -> PeerResult:
    """Carry out a plan with the first part of its log. Raises as `tests.faults.run.run` does."""
    total = min(plan.events, round(plan.seconds * EVENTS_A_SECOND))
    say(f"plain Faust is given the readable ones of the first {total:,} of {plan.events:,} records")
    log = [
        event
        for event in disturbed_log(plan.seed, plan.events, first=total)
        if event.topic in RULES and is_readable(event.value)
    ]
    say("starting three brokers")
    names = tuple(f"WORKER{number}" for number in range(1, MOST_WORKERS + 1))
    async with KafkaCluster(folder / "kafka", names) as cluster:
        settings = KafkaSettings(
            bootstrap_servers=cluster.address, group="unused", partitions=PARTITIONS, replication_factor=3
        )
        await ensure_topics(settings, SOURCE_TOPICS)
        await cluster.until_replicated()
        async with _started_fleet(cluster, folder, say) as fleet:
            injection = Injection(cluster, fleet, SOURCE_TOPICS[0], TOTALS_CHANGELOG, SESSION_SECONDS, say)
            await load_with_faults(iter(log), len(log), plan, cluster.address, injection)
            say("all published and all faults over; waiting")
            records = [record async for record in read_whole(cluster.address, *SOURCE_TOPICS)]
            unfinished = await _until_committed(cluster, records)
            say(f"{unfinished:,} records are not committed; ending the workers")
            for member in fleet.running:
                await fleet.end(member)
        result = PeerResult(
            injection.done.total(),
            len(records),
            len(fleet.failures),
            unfinished,
            kinds={kind.name.lower(): count for kind, count in sorted(injection.done.items())},
        )
        expected, actual = expected_totals(records), await _totals(cluster.address)
    for key in {*expected, *actual}:
        wanted, got = expected.get(key, (0, 0))[0], actual.get(key, (0, 0))[0]
        result.lost += max(0, wanted - got)
        result.doubled += max(0, got - wanted)
    return result


@contextlib.asynccontextmanager
async def _started_fleet(cluster: KafkaCluster, folder: Path, say: Say) -> AsyncIterator[Fleet]:
    async with contextlib.AsyncExitStack() as stack:
        members = []
        for name, link in cluster.links.items():
            home = folder / name.lower()
            home.mkdir()
            process = await stack.enter_async_context(PlainWorkerProcess(link.address, home, name.lower()))
            members.append(Member(name.lower(), process, link))
        fleet = Fleet(members, say)
        say(f"starting {FIRST_WORKERS} workers of plain Faust")
        for member in members[:FIRST_WORKERS]:
            await fleet.launch(member)
        await asyncio.sleep(_START_SECONDS)
        async with supervised(fleet):
            yield fleet


async def _until_committed(cluster: KafkaCluster, records: list[ConsumerRecord[bytes, bytes]]) -> int:
    """Wait until everything is committed, within bounds; return how many records are not."""
    ends = {(record.topic, record.partition): record.offset + 1 for record in records}
    left = len(records)
    deadline = time.monotonic() + _CATCH_UP_SECONDS
    while left and time.monotonic() < deadline:
        await asyncio.sleep(_POLL_SECONDS)
        with contextlib.suppress(KafkaError):
            async with cluster.admin() as admin:
                offsets = await admin.list_consumer_group_offsets(APP)
            committed = {(tp.topic, tp.partition): found.offset for tp, found in offsets.items()}
            left = sum(end - max(0, committed.get(partition, 0)) for partition, end in ends.items())
    return left


def expected_totals(records: list[ConsumerRecord[bytes, bytes]]) -> Totals:
    """What its own rules come to when each record is taken once, in the order of its partition."""
    entities: defaultdict[tuple[str, int, str], Facts] = defaultdict(dict)
    totals: defaultdict[tuple[str | int, ...], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for record in records:
        event = orjson.loads(record.value or b"")
        entity = entities[record.topic, record.partition, event["subject"]]
        for key, amount, duration in changes(RULES[record.topic], entity, event, record.partition):
            count, total = totals[key]
            totals[key] = count + amount, total + duration
    return dict(totals)


async def _totals(address: str) -> Totals:
    """What its changelog holds, and so what it would restore."""
    totals: Totals = {}
    async for record in read_whole(address, TOTALS_CHANGELOG):
        count, duration = orjson.loads(record.value or b"[0,0]")
        totals[tuple(orjson.loads(record.key or b"[]"))] = count, duration
    return totals
