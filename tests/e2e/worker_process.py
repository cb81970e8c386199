"""A real worker in a process of its own, to be asked, killed and started again."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Self

import aiohttp
from aiokafka import AIOKafkaConsumer, TopicPartition

from stream.cli.snapshot import WorkerUnreachableError, fetch
from stream.feeds.loopback import ReservedPort

READY_SECONDS: Final = 120.0
STOP_SECONDS: Final = 120.0


class WorkerProcess:
    """``deskpulse worker`` on a free port, with settings given as environment variables.

    The port, and with it the worker's static membership, stays the same over restarts.
    """

    def __init__(
        self,
        broker: str,
        folder: Path,
        group: str,
        settings: Mapping[str, str] | None = None,
        arguments: Sequence[str] = (),
    ) -> None:
        self._port = ReservedPort()
        self._log = folder / f"worker-{group}.log"
        self._folder = folder
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DESKPULSE_")},
            "DESKPULSE_KAFKA__BOOTSTRAP_SERVERS": broker,
            "DESKPULSE_KAFKA__GROUP": group,
            "DESKPULSE_WEB__PORT": str(self._port.number),
            **(settings or {}),
        }
        self._arguments = tuple(arguments)
        self._process: asyncio.subprocess.Process | None = None
        self.url = f"http://127.0.0.1:{self._port.number}"

    async def start(self) -> float:
        """Start and wait until it is ready; return the seconds that took."""
        started = time.monotonic()
        await self.launch()
        while time.monotonic() < started + READY_SECONDS:
            if self.status is not None:
                raise AssertionError(f"the worker ended with status {self.status}: {self.log()[-3000:]}")
            if await self._is_ready():
                return time.monotonic() - started
            await asyncio.sleep(0.05)
        raise AssertionError(f"the worker is not ready after {READY_SECONDS} s: {self.log()[-3000:]}")

    async def launch(self) -> None:
        """Start without waiting."""
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command(),
                env=self._environment,
                cwd=self._home,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def status(self) -> int | None:
        """The exit status, ``None`` while it runs."""
        return None if self._process is None else self._process.returncode

    @property
    def pid(self) -> int | None:
        """The process's number, ``None`` before it was first started."""
        return None if self._process is None else self._process.pid

    async def kill(self) -> None:
        """``kill -9``."""
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    def freeze(self) -> None:
        """SIGSTOP: it does nothing any more, and its connections stay open."""
        self.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT: it goes on as if nothing had happened."""
        self.send_signal(signal.SIGCONT)

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal to the process if it runs."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(number)

    async def stop(self) -> int:
        """SIGTERM; return the exit status."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.terminate()
        return await asyncio.wait_for(self._process.wait(), STOP_SECONDS)

    async def wait(self) -> int:
        """Wait until it ends by itself; return the exit status."""
        assert self._process is not None
        return await asyncio.wait_for(self._process.wait(), STOP_SECONDS)

    async def get(self, path: str) -> dict[str, Any]:
        """What it serves as JSON at a path."""
        return await asyncio.to_thread(fetch, self.url, path)

    async def scrape(self) -> str:
        """What Prometheus would read from it."""
        async with aiohttp.ClientSession() as session, session.get(f"{self.url}/metrics") as response:
            return await response.text()

    async def numbers(self) -> dict[str, Any]:
        """The final numbers with their parts."""
        return await self.get("/api/v1/metrics?parts=true")

    async def until_caught_up(self, seconds: float = 240.0) -> None:
        """Wait until the lag of every partition is zero and stays so, and Kafka agrees.

        The worker knows the ends of its topics from its last fetch, which on a busy machine may be a while ago.
        """
        deadline = time.monotonic() + seconds
        calm = 0
        while time.monotonic() < deadline:
            if self.status is not None:
                raise AssertionError(f"the worker ended with status {self.status}: {self.log()[-3000:]}")
            calm = calm + 1 if await self._lag() == 0 else 0
            if calm == 4:
                if await self._has_all():
                    return
                calm = 0
            await asyncio.sleep(0.25)
        raise AssertionError(f"the worker did not catch up in {seconds} s: {self.log()[-3000:]}")

    def log(self) -> str:
        """All it has printed, which is nothing before its first start."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None and self._process.returncode is None:
            await self.kill()
        self._port.release()

    def _command(self) -> tuple[str, ...]:
        return sys.executable, "-m", "stream", "worker", *self._arguments

    @property
    def _home(self) -> Path:
        return self._folder

    async def _is_ready(self) -> bool:
        try:
            return bool((await self.get("/api/v1/worker"))["ready"])
        except WorkerUnreachableError:
            return False

    async def _has_all(self) -> bool:
        if "DESKPULSE_KAFKA__SECURITY_PROTOCOL" in self._environment:
            return True
        topics = (await self.get("/api/v1/worker"))["topics"]
        taken_in = {
            TopicPartition(topic, int(number)): offset
            for topic, found in topics.items()
            for number, offset in found["next_offset"].items()
        }
        async with AIOKafkaConsumer(
            bootstrap_servers=self._environment["DESKPULSE_KAFKA__BOOTSTRAP_SERVERS"]
        ) as client:
            ends = await client.end_offsets(list(taken_in))
        return all(ends[tp] <= offset for tp, offset in taken_in.items())

    async def _lag(self) -> int | None:
        try:
            worker = await self.get("/api/v1/worker")
        except WorkerUnreachableError:
            return None
        lags = [lag for topic in worker["topics"].values() for lag in topic["lag"].values()]
        held = sum(topic["partitions"] for topic in worker["topics"].values())
        return sum(lags) if worker["ready"] and held and len(lags) == held else None


async def partitions_held(worker: WorkerProcess) -> int:
    """How many partitions of all topics a worker holds."""
    return sum(topic["partitions"] for topic in (await worker.get("/api/v1/worker"))["topics"].values())


async def until_it_holds(worker: WorkerProcess, partitions: int, seconds: float = 120.0) -> None:
    """Wait until a worker holds so many partitions."""
    deadline = time.monotonic() + seconds
    while (held := await partitions_held(worker)) != partitions:
        if time.monotonic() > deadline:
            raise AssertionError(f"the worker holds {held} partitions, not {partitions}")
        await asyncio.sleep(0.2)
