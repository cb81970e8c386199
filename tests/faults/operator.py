"""What an operator does between two shifts of workers: brings back lost state, and gives topics more partitions."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from stream.desks.kinds import SOURCE_TOPICS
from stream.runtime.kafka.consumer_group import BusyGroupError
from stream.runtime.kafka.rebuild import plan_rebuild, rebuild
from stream.settings.kafka import KafkaSettings
from tests.faults.setting import GROWN_PARTITIONS, SETTLE_SECONDS

_PATIENCE_SECONDS: Final = 180.0
_RETRY_SECONDS: Final = 1.0


class OperatorError(Exception):
    """What the operator was to do cannot be done; the message says why."""


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody with the workers' settings, who calls the commands in ``home``."""

    kafka: KafkaSettings
    settings: Mapping[str, str]
    home: Path
    say: Callable[[str], None]

    async def rebuild(self) -> None:
        """Bring back the state of a changelog that is gone, once Kafka knows that no worker runs any more.

        In the middle of a rebalance it waits for those that were there for longer than a session.
        """
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                plan = await plan_rebuild(self.kafka, SOURCE_TOPICS)
            except BusyGroupError:
                if time.monotonic() > deadline:
                    raise
            else:
                await rebuild(self.kafka, plan)
                return

    async def grow(self, killed_after: float) -> None:
        """Give the source topics more partitions; the first attempt is killed after so many seconds.

        What fails is done again, as it says itself. Raises ``OperatorError`` if it fails for too long.
        """
        deadline = time.monotonic() + _PATIENCE_SECONDS
        status, last_line = await self._try_to_grow(killed_after)
        while status != 0:
            self.say(f"topics grow ended with status {status} and is run again: {last_line}")
            if time.monotonic() > deadline:
                raise OperatorError(f"the topics do not grow: {last_line}")
            await asyncio.sleep(_RETRY_SECONDS)
            status, last_line = await self._try_to_grow(deadline - time.monotonic())
        self.say(last_line)

    async def _try_to_grow(self, seconds: float) -> tuple[int | None, str]:
        """The exit status and the last line of the command, which is killed after so many seconds."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "stream", "topics", "grow", "--yes"),
            *("--partitions", str(GROWN_PARTITIONS), "--settle", f"{SETTLE_SECONDS:g}"),
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith("DESKPULSE_")},
                **self.settings,
                "DESKPULSE_KAFKA__BOOTSTRAP_SERVERS": self.kafka.bootstrap_servers,
                "DESKPULSE_KAFKA__GROUP": self.kafka.group,
            },
            cwd=self.home,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        killing = asyncio.get_running_loop().call_later(max(0.0, seconds), process.kill)
        try:
            printed, _ = await process.communicate()
        finally:
            killing.cancel()
            if process.returncode is None:
                process.kill()
                await process.wait()
        return process.returncode, (printed.decode(errors="replace").strip().splitlines() or ["nothing"])[-1]
