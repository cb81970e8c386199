"""The real worker in a process of its own, and how fast it works off what lies in the topics.

``deskpulse worker`` runs with its default settings, but for the broker, the port, and a consumer group of
its own for each run, so that every run starts from nothing. Its speed is measured from outside:

* The start is when ``/readyz`` was last asked, every 5 ms, and said no. The worker becomes ready in the
  moment in which it begins to fetch, so the start is at most some milliseconds too early, to the worker's
  disadvantage. Nothing is asked from then on until everything is committed.
* The end is the time stamp of the last append to the worker's changelogs. The broker stamps appends with its
  own clock (``LogAppendTime``, in whole milliseconds), so the worker's share in it is nil. A batch leaves an
  append even if nothing but its offset changed, so the last append means that all events are durable.
* That the end has come is told by the offsets that the group has committed. These are Kafka's to tell.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import aiohttp
from aiokafka.admin import AIOKafkaAdminClient

from stream.cli.demo import free_port
from stream.cli.snapshot import fetch
from stream.feeds.loopback import LOOPBACK
from tests.bench.changelog_stamps import last_append
from tests.bench.filled_topics import FilledTopics
from tests.bench.processes import MeasuredProcess, running

_START_SECONDS: Final = 40.0
_CATCH_UP_SECONDS: Final = 60.0
_READY_POLL_SECONDS: Final = 0.005
_COMMIT_POLL_SECONDS: Final = 0.2


class Worker:
    """A worker that was started: its consumer group and the base of its URLs."""

    def __init__(self, topics: FilledTopics, group: str, url: str, process: MeasuredProcess) -> None:
        self.topics = topics
        self.group = group
        self.url = url
        self.process = process
        self.started_at = 0.0
        """When its first fetch became possible, in seconds since the epoch."""

    async def until_ready(self) -> None:
        """Wait until it fetches. Raises ``ProcessFailedError``."""
        async with self.process.within(_START_SECONDS, "to get ready"), aiohttp.ClientSession() as session:
            while True:
                self.process.check()
                asked_at = time.time()
                try:
                    async with session.get(f"{self.url}/readyz") as response:
                        if response.ok:
                            return
                except aiohttp.ClientConnectionError:
                    pass
                self.started_at = asked_at
                await asyncio.sleep(_READY_POLL_SECONDS)

    async def until_committed(self) -> None:
        """Wait until everything in the topics is taken in, durable and committed. Raises ``ProcessFailedError``."""
        # Of a partition without records nothing is committed.
        wanted = {partition: end for partition, end in self.topics.ends.items() if end}
        admin = AIOKafkaAdminClient(bootstrap_servers=self.topics.address)
        await admin.start()
        try:
            async with self.process.within(_CATCH_UP_SECONDS, "to take everything in"):
                while await self._committed(admin) != wanted:
                    self.process.check()
                    await asyncio.sleep(_COMMIT_POLL_SECONDS)
        finally:
            await admin.close()

    async def events_per_second(self) -> float:
        """How fast it was, from its first fetch to its last append. Call it when everything is committed."""
        ended_at = await last_append(self.topics.address, self.group)
        return self.topics.total / (ended_at - self.started_at)

    async def numbers(self) -> dict[str, Any]:
        """Its final numbers with their parts."""
        return await asyncio.to_thread(fetch, self.url, "/api/v1/metrics?parts=true")

    async def _committed(self, admin: AIOKafkaAdminClient) -> Mapping[tuple[str, int], int]:
        offsets = await admin.list_consumer_group_offsets(self.group)
        return {tuple(tp): committed.offset for tp, committed in offsets.items() if committed.offset >= 0}


@asynccontextmanager
async def started_worker(
    topics: FilledTopics,
    group: str,
    folder: Path,
    python_options: Sequence[str] = (),
    *,
    sla: bool = True,
    files: int | None = None,
) -> AsyncIterator[Worker]:
    """Run a worker in a consumer group of its own, with the default policies or without any SLA.

    It may open so many ``files`` if that is given.
    """
    port = free_port(LOOPBACK, 0)
    command = [] if files is None else ["/bin/sh", "-c", f'ulimit -n {files} && exec "$@"', "sh"]
    command += [sys.executable, *python_options, "-m", "stream", "worker"]
    command += ["--broker", topics.address, "--port", str(port), "--log-level", "warning"]
    environment = {"DESKPULSE_KAFKA__GROUP": group, "DESKPULSE_SLA__ENABLED": str(sla).lower()}
    async with running(command, folder / f"{group}.log", folder=folder, environment=environment) as process:
        worker = Worker(topics, group, f"http://{LOOPBACK}:{port}", process)
        await worker.until_ready()
        yield worker
