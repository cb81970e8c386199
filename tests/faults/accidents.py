"""What happens to a worker's machine rather than to its processes: its clock, its disk, its network, its scrapers."""

from __future__ import annotations

import asyncio
import contextlib
import random
import resource
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import aiohttp

from stream.feeds.loopback import LOOPBACK
from tests.e2e.machine_clock import MachineClock

_SCRAPERS: Final = 20
_SMALLEST_FILE: Final = 1_024
# Less than the options that the store writes down whenever it is opened.
_LARGEST_FILE: Final = 2_048


class SilentAddress:
    """A broker's address at which nobody listens or, while it ``hangs``, somebody who never answers."""

    def __init__(self) -> None:
        self._socket = self._bound(0)
        self.port: int = self._socket.getsockname()[1]

    @property
    def address(self) -> str:
        """As ``host:port``."""
        return f"{LOOPBACK}:{self.port}"

    def hang(self) -> None:
        """Take connections from now on and never say a word."""
        self._socket.listen(64)

    def heal(self) -> None:
        """Refuse connections again."""
        self._socket.close()
        self._socket = self._bound(self.port)

    def release(self) -> None:
        """Let go of the address."""
        self._socket.close()

    @staticmethod
    def _bound(port: int) -> socket.socket:
        made = socket.socket()
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((LOOPBACK, port))
        return made


@dataclass(slots=True)
class Machine:
    """What a worker runs on: ``home`` for its files, its clock, and a broker's address beside the right one."""

    home: Path
    clock: MachineClock = field(init=False)
    silent: SilentAddress = field(default_factory=SilentAddress)

    def __post_init__(self) -> None:
        """Set the clock right."""
        self.clock = MachineClock(self.home)

    def damage_state(self, which: float) -> str | None:
        """Flip a byte of a file of the state on disk, which nobody may use; ``None`` if there is no such file."""
        files = [path for path in self._state_files() if path.stat().st_size >= _SMALLEST_FILE]
        if not files:
            return None
        file = files[int(which * len(files))]
        content = bytearray(file.read_bytes())
        content[random.Random(which).randrange(len(content))] ^= 0x40
        file.write_bytes(content)
        return file.name

    def _state_files(self) -> list[Path]:
        return sorted(path for path in self.home.rglob("*.sst") if "helpdesk" in str(path.relative_to(self.home)))


def fill_disk(process: int) -> None:
    """Let a process write next to nothing into files from now on, as on a full disk; its log is one of them."""
    resource.prlimit(process, resource.RLIMIT_FSIZE, (_LARGEST_FILE, _LARGEST_FILE))


async def scrape_storm(url: str, seconds: float) -> int:
    """Scrape a worker from many clients at once for so long; return how many answers came."""
    answers = 0

    async def scrape(session: aiohttp.ClientSession) -> None:
        nonlocal answers
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                async with session.get(f"{url}/metrics") as response:
                    await response.read()
                    answers += 1
            await asyncio.sleep(0.05)

    timeout = aiohttp.ClientTimeout(total=seconds + 10)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        await asyncio.gather(*(scrape(session) for _ in range(_SCRAPERS)))
    return answers
