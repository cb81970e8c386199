"""A server in a process of its own, started, asked whether it is ready, and ended by its id."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import aiohttp

START_SECONDS: Final = 30.0
STOP_SECONDS: Final = 10.0


class ServerStartError(Exception):
    """A server did not become ready; the message ends with the last lines of its log."""


class Server:
    """A command that serves HTTP on ``address`` and answers ``/-/ready`` once it is ready."""

    def __init__(self, command: Sequence[str], address: str, log: Path) -> None:
        self.url = f"http://{address}"
        self._command = tuple(command)
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start and wait until it is ready; raises ``ServerStartError``."""
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                cwd=self._log.parent,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=asyncio.subprocess.STDOUT,
            )
        for _ in range(round(START_SECONDS / 0.1)):
            if self._process.returncode is not None:
                raise ServerStartError(f"{self._command[0]} ended while it started:\n{self.last_words()}")
            if await self._is_ready():
                return
            await asyncio.sleep(0.1)
        raise ServerStartError(f"{self._command[0]} is not ready after {START_SECONDS:.0f} s:\n{self.last_words()}")

    async def stop(self) -> None:
        """End it, and kill it if that takes more than 10 s."""
        if self._process is None or self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    def last_words(self) -> str:
        """The last lines that it printed."""
        return "\n".join(self._log.read_text("utf-8", errors="replace").splitlines()[-30:])

    async def _is_ready(self) -> bool:
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(2)) as session,
                session.get(f"{self.url}/-/ready") as response,
            ):
                return response.ok
        return False
