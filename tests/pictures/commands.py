"""Commands that are run to their end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from pathlib import Path
from typing import Final

_TOLD: Final = 2_000


class CommandError(Exception):
    """A command failed; the message says which, and ends with what it said."""


async def run(*command: str | Path, seconds: float, cwd: Path | None = None) -> str:
    """Run a command and return what it printed. Raises ``CommandError`` if it fails or takes longer."""
    process = await asyncio.create_subprocess_exec(
        *map(str, command),
        cwd=cwd,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,  # so that its children, such as those of a browser, end with it
    )
    try:
        printed, said = await asyncio.wait_for(process.communicate(), seconds)
    except TimeoutError:
        raise CommandError(f"{command[0]} took longer than {seconds:.0f} s") from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    if process.returncode:
        text = (said or printed).decode(errors="replace").strip()
        raise CommandError(
            f"{' '.join(map(str, command[:3]))} ended with status {process.returncode}:\n{text[-_TOLD:]}"
        )
    return printed.decode(errors="replace")
