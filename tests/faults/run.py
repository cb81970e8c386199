"""The course of a run: cluster, workers, load and faults, then the verdict."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from schemas.events import SLA_TOPIC, TICKETS_TOPIC
from stream.cli.snapshot import WorkerUnreachableError
from stream.desks.kinds import SOURCE_TOPICS
from stream.runtime.kafka.broker import ensure_topics
from stream.runtime.kafka.topics import changelog_of
from stream.settings.kafka import KafkaSettings
from tests.e2e.worker_process import WorkerProcess
from tests.faults.accidents import Machine
from tests.faults.fleet import Fleet, Member, Say, supervised
from tests.faults.ground_truth import (
    GroundTruth,
    missing_dead_letters,
    read_dead_letters,
    read_ground_truth,
    read_values,
    wrong_dead_letters,
)
from tests.faults.injection import Injection
from tests.faults.load import CLOSING_TIME, disturbed_log, load_with_faults, publish_closing_events
from tests.faults.operator import Operator
from tests.faults.plan import FIRST_WORKERS, MOST_WORKERS, Plan
from tests.faults.setting import PARTITIONS, SESSION_SECONDS
from tests.faults.sla_events import SlaVerdict, in_order, judge_sla_events
from tests.faults.verdict import Verdict, additive_parts, compare, ownership_faults
from tests.kafka.cluster import KafkaCluster
from tests.oracle import OracleSettings, TicketSettings, compute, differences

BACKLOG_HOURS: Final = 24
GROUP: Final = "faults"

_CATCH_UP_SECONDS: Final = 180.0
_POLL_SECONDS: Final = 0.5
_MADE_ANEW: Final = "and rebuilt from the changelog"
_SETTINGS: Final = {
    "DESKPULSE_CLOCK__MODE": "event",
    "DESKPULSE_KAFKA__SESSION_TIMEOUT_SECONDS": str(SESSION_SECONDS),
    "DESKPULSE_KAFKA__PARTITIONS": str(PARTITIONS),
    "DESKPULSE_KAFKA__REPLICATION_FACTOR": "3",
    # The default follows from the mean resolution time, which is another one in each worker.
    "DESKPULSE_TICKETS__BACKLOG_HOURS": str(BACKLOG_HOURS),
    # Shorter than the log, so that entities leave meanwhile.
    "DESKPULSE_RETENTION__DAYS": "32",
}
_NAMES: Final = tuple(f"WORKER{number}" for number in range(1, MOST_WORKERS + 1))


class RunError(Exception):
    """A run did not come to a verdict; the message says why."""


@dataclass(slots=True)
class Result:
    """What came out of a run."""

    faults: int
    kinds: dict[str, int]
    events: int
    worker_failures: int
    stuck_workers: int
    dead_letters_missing: int
    copies_made_anew: int
    verdict: Verdict = field(default_factory=Verdict)
    sla: SlaVerdict = field(default_factory=SlaVerdict)


async def run(plan: Plan, folder: Path, say: Say) -> Result:
    """Carry out a plan. Raises `RunError`, ``KafkaUnavailableError``, ``KafkaStartError`` and ``KafkaError``."""
    say("starting three brokers")
    async with KafkaCluster(folder / "kafka", _NAMES) as cluster:
        settings = KafkaSettings(
            bootstrap_servers=cluster.address,
            group=GROUP,
            partitions=PARTITIONS,
            replication_factor=3,
            session_timeout_seconds=SESSION_SECONDS,
        )
        await ensure_topics(settings, SOURCE_TOPICS)
        await cluster.until_replicated()
        async with started_fleet(cluster, folder, plan.stores(), say) as fleet:
            injection = Injection(
                cluster,
                fleet,
                SOURCE_TOPICS[0],
                changelog_of(settings, SOURCE_TOPICS[0]),
                SESSION_SECONDS,
                say,
                Operator(settings, _SETTINGS, folder, say),
            )
            log = disturbed_log(plan.seed, plan.events)
            await load_with_faults(log, plan.events, plan, cluster.address, injection)
            say("all published and all faults over")
            partitions = await partitions_of(cluster)
            await publish_closing_events(cluster.address, partitions)
            truth = await read_ground_truth(cluster.address, SOURCE_TOPICS)
            if truth.records < plan.events + len(truth.ends):
                raise RunError(f"the topics hold {truth.records} records only, though all were acknowledged")
            say(f"{truth.records:,} records in the topics, {len(truth.poison):,} of them unreadable; waiting")
            await until_caught_up(cluster, fleet, truth, partitions)
            say("caught up; computing what is expected")
            terms = OracleSettings(TicketSettings(backlog_threshold_seconds=BACKLOG_HOURS * 3_600))
            expected = await asyncio.to_thread(compute, truth.events, settings=terms)
            verdict = await judge_fleet(fleet, expected)
            say("ending the workers; one new one restores all from the changelog")
            for member in fleet.running:
                await fleet.end(member)
        verdict.add(await judge_fresh_worker(cluster, folder, expected, partitions))
        say("reading the dead letters")
        letters = await read_dead_letters(cluster.address, SOURCE_TOPICS)
        missing = missing_dead_letters(truth.poison, letters)
        verdict.lines += [f"no dead letter of {place}" for place in missing]
        verdict.lines += wrong_dead_letters(truth.poison, letters)
        say("reading the events of SLA clocks")
        published = in_order(
            await read_values(cluster.address, SLA_TOPIC), list({PARTITIONS: 0, partitions[TICKETS_TOPIC]: 0})
        )
        sla = await asyncio.to_thread(judge_sla_events, truth.by_topic[TICKETS_TOPIC], published)
        verdict.lines += sla.lines
    return Result(
        injection.done.total(),
        {kind.name.lower(): count for kind, count in sorted(injection.done.items())},
        truth.records,
        len(fleet.failures),
        len(fleet.stuck),
        len(missing),
        sum(member.process.log().count(_MADE_ANEW) for member in fleet.members),
        verdict,
        sla,
    )


@contextlib.asynccontextmanager
async def started_fleet(cluster: KafkaCluster, folder: Path, stores: Sequence[str], say: Say) -> AsyncIterator[Fleet]:
    """A fleet whose first workers are ready, all of it ended at the end."""
    async with contextlib.AsyncExitStack() as stack:
        members = []
        for (name, link), store in zip(cluster.links.items(), stores, strict=True):
            home = folder / name.lower()
            home.mkdir()
            machine = Machine(home)
            stack.callback(machine.silent.release)
            settings = {**_SETTINGS, "DESKPULSE_STORE": store, **machine.clock.environment}
            brokers = f"{machine.silent.address},{link.address}"
            process = await stack.enter_async_context(WorkerProcess(brokers, home, GROUP, settings))
            members.append(Member(name.lower(), process, link, machine, on_disk=store == "rocksdb"))
        fleet = Fleet(members, say)
        say(f"starting {FIRST_WORKERS} workers")
        await asyncio.gather(*(worker_of(member).start() for member in members[:FIRST_WORKERS]))
        for member in members[:FIRST_WORKERS]:
            member.wanted = True
        async with supervised(fleet):
            yield fleet


def worker_of(member: Member) -> WorkerProcess:
    """The member's process, for what only a deskpulse worker has."""
    return cast("WorkerProcess", member.process)


def held_by(worker: Mapping[str, Any]) -> dict[str, list[int]]:
    """The partitions that a worker says it holds, by topic."""
    return {topic: list(map(int, found["next_offset"])) for topic, found in worker["topics"].items()}


async def partitions_of(cluster: KafkaCluster) -> dict[str, int]:
    """How many partitions each source topic has now."""
    return Counter(topic for topic, _ in await cluster.places(*SOURCE_TOPICS))


async def until_caught_up(
    cluster: KafkaCluster, fleet: Fleet, truth: GroundTruth, partitions: Mapping[str, int]
) -> None:
    """Wait until all is committed and every running worker is ready, has reached the closing time and its share."""
    problems: list[str] = []
    deadline = time.monotonic() + _CATCH_UP_SECONDS
    while time.monotonic() < deadline:
        problems = await _problems(cluster, fleet, truth, partitions)
        if not problems:
            return
        await asyncio.sleep(_POLL_SECONDS)
    raise RunError(f"the workers did not catch up in {_CATCH_UP_SECONDS:.0f} s:\n  " + "\n  ".join(problems))


async def _problems(
    cluster: KafkaCluster, fleet: Fleet, truth: GroundTruth, partitions: Mapping[str, int]
) -> list[str]:
    async with cluster.admin() as admin:
        offsets = await admin.list_consumer_group_offsets(GROUP)
    committed = {(tp.topic, tp.partition): found.offset for tp, found in offsets.items()}
    problems = [
        f"{topic}[{number}] is committed up to {committed.get((topic, number))} of {end}"
        for (topic, number), end in truth.ends.items()
        if committed.get((topic, number)) != end
    ]
    held: dict[str, dict[str, list[int]]] = {}
    for member in fleet.running:
        try:
            worker = await worker_of(member).get("/api/v1/worker")
            now = (await worker_of(member).get("/api/v1/metrics"))["now"]
        except WorkerUnreachableError as error:
            problems.append(f"{member.name}: {error}")
            continue
        held[member.name] = held_by(worker)
        if not worker["ready"]:
            problems.append(f"{member.name} is not ready")
        if now != CLOSING_TIME.isoformat().replace("+00:00", "Z"):
            problems.append(f"{member.name} has come to {now} only")
    return problems + ownership_faults(partitions, held)


async def judge_fleet(fleet: Fleet, expected: dict[str, Any]) -> Verdict:
    """Compare the sums over all workers."""
    snapshots = [await worker_of(member).numbers() for member in fleet.running]
    return compare("the fleet", additive_parts([expected]), additive_parts(snapshots))


async def judge_fresh_worker(
    cluster: KafkaCluster, folder: Path, expected: dict[str, Any], partitions: Mapping[str, int]
) -> Verdict:
    """Compare what a new worker restores from the changelog alone, to the last quantile."""
    home = folder / "fresh"
    home.mkdir()
    async with WorkerProcess(cluster.address, home, GROUP, _SETTINGS) as worker:
        await worker.start()
        deadline = time.monotonic() + _CATCH_UP_SECONDS
        while True:
            state = await worker.get("/api/v1/worker")
            problems = ownership_faults(partitions, {"the new worker": held_by(state)})
            if state["ready"] and not problems:
                break
            if time.monotonic() > deadline:
                raise RunError("the new worker did not restore everything:\n  " + "\n  ".join(problems))
            await asyncio.sleep(_POLL_SECONDS)
        numbers = await worker.numbers()
        verdict = compare("the new worker", additive_parts([expected]), additive_parts([numbers]))
        verdict.lines += [f"the new worker: {line}" for line in differences(expected, numbers)]
        for topic, found in state["topics"].items():
            if applied := found["records"].get("applied"):
                verdict.lines.append(f"the new worker took {applied} records of {topic} from the source")
        await worker.stop()
    return verdict
