"""Processes that a command starts, keeps an eye on and ends."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Final

STOP_SECONDS: Final = 30
_LAST_LINES: Final = 5


class ChildEndedError(Exception):
    """A process ended that should have gone on; the message ends with the last lines of its log."""


class ChildProcess:
    """A running process; ``name`` is what people call it, ``log`` has what it prints."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self._name = name
        self._process = process
        self._log = log

    def check_alive(self) -> None:
        """Raise ``ChildEndedError`` if it has ended."""
        if self._process.returncode is not None:
            raise ChildEndedError(f"{self._name} ended with status {self._process.returncode}:\n{self.last_lines()}")

    def last_lines(self) -> str:
        """The end of its log."""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-_LAST_LINES:])


@contextlib.asynccontextmanager
async def child_process(
    name: str, command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
) -> AsyncIterator[ChildProcess]:
    """A process in the folder of its log, ended with the context, by force if it does not go within 30 s."""
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
            cwd=log.parent,
            start_new_session=True,  # Ctrl-C is for the command, which ends its processes itself
        )
    try:
        yield ChildProcess(name, process, log)
    finally:
        await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
