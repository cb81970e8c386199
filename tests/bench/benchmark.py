"""The course of a benchmark: one broker, one pair of filled topics, one measurement after the other."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from tests.bench.changelog_stamps import BROKER_STAMPS
from tests.bench.equality import ResultsDifferError, check_plain_faust, check_raw_loop, check_worker
from tests.bench.filled_topics import FilledTopics
from tests.bench.gauge_delay import measure_delays
from tests.bench.plain_faust import RESULT, PlainFaustResult
from tests.bench.processes import REPOSITORY, running
from tests.bench.raw_loop import RawLoopResult
from tests.bench.results import Results
from tests.bench.scrape import measure_scrapes
from tests.bench.sla import measure_sla
from tests.bench.worker_process import started_worker
from tests.kafka.broker import KafkaBroker

LIMIT_SECONDS: Final = 270.0
"""How long a benchmark may take; it is given up then."""

_RAW_LOOP_SECONDS: Final = 60.0
_FAUST_START_SECONDS: Final = 60.0
_FAUST_POLL_SECONDS: Final = 0.5

Measured = TypeVar("Measured")
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How many ``events`` and ``rounds``; the seconds of plain Faust and of steady events."""

    events: int = 200_000
    rounds: int = 3
    faust_seconds: float = 25.0
    delay_seconds: float = 15.0


async def measure_all(plan: Plan, say: Say) -> Results:
    """Measure everything. Raises ``ResultsDifferError``, ``ProcessFailedError`` and ``TimeoutError``."""
    return await on_filled_topics(plan.events, say, lambda topics, folder: _measure(plan, say, topics, folder))


async def on_filled_topics(
    events: int, say: Say, measure: Callable[[FilledTopics, Path], Awaitable[Measured]]
) -> Measured:
    """Run ``measure`` on topics of a broker of its own and in a folder of its own, within the limit of time."""
    with tempfile.TemporaryDirectory(prefix="deskpulse-bench-") as name:
        folder = Path(name)
        say("starting Kafka")
        with KafkaBroker(folder / "kafka", BROKER_STAMPS) as broker:
            async with asyncio.timeout(LIMIT_SECONDS):
                topics = FilledTopics(broker.address)
                say(f"publishing {events:,} events")
                await topics.fill(events)
                return await measure(topics, folder)


async def _measure(plan: Plan, say: Say, topics: FilledTopics, folder: Path) -> Results:
    results = Results(events=topics.total)
    snapshots: list[Mapping[str, Any]] = []
    say("warming up")
    await _run_raw_loop(topics, folder)
    await _run_worker(topics, folder, "warm-up")
    for number in range(1, plan.rounds + 1):
        say(f"round {number} of {plan.rounds}: raw loop, worker with and without SLA")
        raw_loop = await _run_raw_loop(topics, folder)
        check_raw_loop(topics, raw_loop)
        results.raw_loop.append(raw_loop.events / raw_loop.seconds)
        speed, snapshot = await _run_worker(topics, folder, f"round-{number}")
        results.worker.append(speed)
        snapshots.append(snapshot)
        speed, _ = await _run_worker(topics, folder, f"round-{number}-without-sla", sla=False)
        results.worker_without_sla.append(speed)
    say("comparing the results with the oracle's")
    check_worker(topics, snapshots)
    say(f"plain Faust for {plan.faust_seconds:g} s")
    plain_faust = await _run_plain_faust(topics, folder, plan.faust_seconds)
    results.plain_faust = plain_faust.events / plain_faust.seconds
    results.plain_faust_events = plain_faust.events
    check_plain_faust(topics, plain_faust)
    say("scrapes")
    results.scrapes = measure_scrapes()
    say("timer and deadlines of the SLA")
    results.sla = measure_sla()
    say(f"steady events for {plan.delay_seconds:g} s")
    results.delays = await _measure_delays(topics, folder, plan.delay_seconds)
    return results


async def _run_worker(
    topics: FilledTopics, folder: Path, group: str, *, sla: bool = True
) -> tuple[float, dict[str, Any]]:
    async with started_worker(topics, group, folder, sla=sla) as worker:
        await worker.until_committed()
        return await worker.events_per_second(), await worker.numbers()


async def _measure_delays(topics: FilledTopics, folder: Path, seconds: float) -> list[float]:
    async with started_worker(topics, "delay", folder) as worker:
        await worker.until_committed()
        before = topics.total
        opened_before = (await worker.numbers())["windows"]["lifetime"]["tickets_opened"]
        delays = await measure_delays(worker, seconds)
        opened = (await worker.numbers())["windows"]["lifetime"]["tickets_opened"]
    if opened - opened_before != topics.total - before:
        raise ResultsDifferError(f"{topics.total - before} tickets were opened, the worker counts {opened}")
    return delays


async def _run_raw_loop(topics: FilledTopics, folder: Path) -> RawLoopResult:
    log = folder / "raw_loop.log"
    command = [sys.executable, "-m", "tests.bench.raw_loop", topics.address]
    async with running(command, log, folder=REPOSITORY) as process:
        await process.succeed(_RAW_LOOP_SECONDS)
    return msgspec.json.decode(log.read_bytes(), type=RawLoopResult)


async def _run_plain_faust(topics: FilledTopics, folder: Path, seconds: float) -> PlainFaustResult:
    data = folder / "plain-faust"
    data.mkdir()
    command = [sys.executable, "-m", "tests.bench.plain_faust"]
    command += [topics.address, str(data), str(seconds), str(topics.total)]
    async with running(command, folder / "plain_faust.log", folder=REPOSITORY) as process:
        async with process.within(_FAUST_START_SECONDS + seconds, "to process enough"):
            while not (data / RESULT).exists():
                process.check()
                await asyncio.sleep(_FAUST_POLL_SECONDS)
        # Its agents rest in the middle of an event, for which an orderly stop would wait.
        process.kill()
    return msgspec.json.decode((data / RESULT).read_bytes(), type=PlainFaustResult)
