"""``deskpulse demo``: a broker, a worker and a busy helpdesk in one command."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from rich.console import Console
from rich.live import Live

from stream.cli.child_process import ChildProcess, child_process
from stream.cli.demo_prometheus import demo_prometheus, prometheus_command
from stream.cli.progress import tracked
from stream.cli.snapshot import DEFAULT_WINDOWS, WorkerUnreachableError, fetch, new_console, table_of
from stream.cli.topic_filter import TopicFilter
from stream.feeds.embedded_broker import EmbeddedBroker
from stream.feeds.live import in_real_time
from stream.feeds.publish import publish
from stream.feeds.simulator import Simulator, SimulatorSettings
from stream.runtime.kafka.broker import ensure_topics
from stream.settings.kafka import KafkaSettings
from stream.settings.settings import Settings

_HISTORY_DAYS: Final = 30
_HISTORY_TICKETS: Final = 6_000
_CATCH_UP_SECONDS: Final = 120
_REFRESH_SECONDS: Final = 1.0


class DemoError(Exception):
    """The demo cannot go on; the message says why."""


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """How long (``None``: until Ctrl-C), at which rate (events a second), from which seed.

    ``prometheus`` starts Prometheus as well.
    """

    seconds: float | None
    rate: float
    seed: int
    prometheus: bool = False


async def run_demo(plan: DemoPlan, settings: Settings) -> None:
    """Run the demo and print the snapshot at its end.

    Raises ``DemoError``, ``PrometheusUnavailableError`` before anything is started, and ``ChildEndedError``.
    """
    prometheus = prometheus_command() if plan.prometheus else None
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    console = new_console()
    port = free_port(settings.web.host, settings.web.port)
    url = f"http://{settings.web.host}:{port}"
    with tempfile.TemporaryDirectory(prefix="deskpulse-demo-") as folder:
        log = Path(folder) / "worker.log"
        async with EmbeddedBroker() as broker:
            kafka = KafkaSettings(bootstrap_servers=broker.address, group="deskpulse-demo")
            await ensure_topics(kafka, settings.source_topics)
            chosen = TopicFilter(settings.source_topics)
            now = datetime.now(UTC)
            simulator = Simulator(SimulatorSettings(), plan.seed)
            past = simulator.history(now - timedelta(days=_HISTORY_DAYS), now, _HISTORY_TICKETS)
            events = await publish(tracked(chosen.passing(past), "A month of history"), broker.address)
            async with contextlib.AsyncExitStack() as children:
                worker = await children.enter_async_context(_worker(broker.address, port, log, settings.desks))
                await _until_caught_up(url, events, worker, stop)
                console.print(_welcome(broker.address, url, events, plan), highlight=False)
                running = [worker]
                if prometheus is not None:
                    beside = demo_prometheus(prometheus, Path(folder), urlsplit(url).netloc, settings.monitoring)
                    watching = await children.enter_async_context(beside)
                    console.print(watching.lines(), highlight=False, soft_wrap=True)
                    running.append(watching.process)
                if plan.seconds is not None:
                    loop.call_later(plan.seconds, stop.set)
                live = in_real_time(chosen.passing(simulator.live(datetime.now(UTC), plan.rate)), stop)
                publishing = asyncio.create_task(publish(live, broker.address))
                try:
                    await _watch(url, stop, running, publishing, console)
                finally:
                    stop.set()
                    await publishing
                numbers = await asyncio.to_thread(fetch, url)
    console.print(table_of(numbers, DEFAULT_WINDOWS))


def free_port(host: str, wanted: int) -> int:
    """``wanted`` if nobody listens there, else some free port."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((host, port))
                free: int = probe.getsockname()[1]
                return free
    message = f"no port is free on {host}"
    raise DemoError(message)


def _welcome(broker: str, url: str, events: int, plan: DemoPlan) -> str:
    until = "until Ctrl-C" if plan.seconds is None else f"for {plan.seconds:g} s"
    return (
        f"deskpulse demo, {events} events of history, now {plan.rate:g} events a second {until}\n"
        f"  metrics    {url}/metrics\n"
        f"  numbers    {url}/api/v1/metrics\n"
        f"  comments   {url}/api/v1/comments\n"
        f"  Kafka      {broker}"
    )


def _worker(
    broker: str, port: int, log: Path, desks: Sequence[str]
) -> contextlib.AbstractAsyncContextManager[ChildProcess]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DESKPULSE_")}
    environment["DESKPULSE_KAFKA__GROUP"] = "deskpulse-demo"
    environment["DESKPULSE_DESKS"] = json.dumps(desks)
    # The embedded broker lets a member wait for half its session before it joins.
    environment["DESKPULSE_KAFKA__SESSION_TIMEOUT_SECONDS"] = "6"
    command = (sys.executable, "-m", "stream", "worker", "--broker", broker, "--port", str(port))
    return child_process("the worker", command, log, environment)


async def _until_caught_up(url: str, events: int, worker: ChildProcess, stop: asyncio.Event) -> None:
    """Wait until the worker has taken the history in."""
    deadline = asyncio.get_running_loop().time() + _CATCH_UP_SECONDS
    while asyncio.get_running_loop().time() < deadline and not stop.is_set():
        worker.check_alive()
        with contextlib.suppress(WorkerUnreachableError):
            if _taken_in(await asyncio.to_thread(fetch, url, "/api/v1/worker")) >= events:
                return
        await asyncio.sleep(0.2)
    if not stop.is_set():
        message = f"the worker did not take {events} events in within {_CATCH_UP_SECONDS} s:\n{worker.last_lines()}"
        raise DemoError(message)


def _taken_in(worker: dict[str, Any]) -> int:
    return sum(count for topic in worker["topics"].values() for count in topic["records"].values())


async def _watch(
    url: str,
    stop: asyncio.Event,
    running: Sequence[ChildProcess],
    publishing: asyncio.Task[int],
    console: Console,
) -> None:
    """Let time pass; on a terminal the table follows it."""
    with (
        Live(console=console, auto_refresh=False, transient=True)
        if console.is_terminal
        else contextlib.nullcontext() as live
    ):
        while not stop.is_set():
            for process in running:
                process.check_alive()
            if publishing.done():
                await publishing
            if live is not None:
                with contextlib.suppress(WorkerUnreachableError):
                    live.update(table_of(await asyncio.to_thread(fetch, url), DEFAULT_WINDOWS), refresh=True)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _REFRESH_SECONDS)
