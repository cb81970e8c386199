"""Processes of their own for what is measured, each ended by its id."""

from __future__ import annotations

import asyncio
import contextlib
import os
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).parents[2]
"""The folder from which ``tests`` can be imported."""

STOP_SECONDS: Final = 20.0
"""How long a process may take to end before it is killed."""

_LAST_WORDS_LINES: Final = 15
_FOREIGN_SETTINGS: Final = ("DESKPULSE_", "BROKER_URL", "WEB_PORT", "APP_DATADIR", "FAUST_")


class ProcessFailedError(Exception):
    """A measured process ended too early or took too long; the message has its last words."""


class MeasuredProcess:
    """A process in a session of its own, with the end of its log for when it fails."""

    def __init__(self, process: Process, log: Path) -> None:
        self._process = process
        self._log = log

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    def check(self) -> None:
        """Raise ``ProcessFailedError`` if it has ended."""
        if self._process.returncode is not None:
            raise self._failure(f"ended with status {self._process.returncode}")

    @contextlib.asynccontextmanager
    async def within(self, seconds: float, doing: str) -> AsyncIterator[None]:
        """Raise ``ProcessFailedError`` if what is done in the meantime takes longer."""
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError as error:
            raise self._failure(f"took more than {seconds:g} s {doing}") from error

    async def succeed(self, seconds: float) -> None:
        """Wait for its end; raise ``ProcessFailedError`` if it fails or takes longer."""
        async with self.within(seconds, "to end"):
            status = await self._process.wait()
        if status != 0:
            self.check()

    def kill(self) -> None:
        """End it at once."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def end(self) -> None:
        """End it if it still runs, politely at first."""
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    def _failure(self, what: str) -> ProcessFailedError:
        last_words = "\n".join(self._log.read_text("utf-8", errors="replace").splitlines()[-_LAST_WORDS_LINES:])
        return ProcessFailedError(f"{self._log.stem} {what}; its last words:\n{last_words}")


@contextlib.asynccontextmanager
async def running(
    command: Sequence[str], log: Path, *, folder: Path, environment: Mapping[str, str] | None = None
) -> AsyncIterator[MeasuredProcess]:
    """Run ``command`` in ``folder``, with all settings of ours removed from the environment but those given."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN_SETTINGS)}
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env={**inherited, **(environment or {})},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the benchmark, which ends its processes itself
        )
    measured = MeasuredProcess(process, log)
    try:
        yield measured
    finally:
        await measured.end()
