"""The workers of a run and their supervisor."""

from __future__ import annotations

import asyncio
import contextlib
import operator
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from tests.faults.accidents import Machine
from tests.kafka.link import Link

Say = Callable[[str], None]

_POLL_SECONDS: Final = 0.1
_RESTART_SECONDS: Final = 0.5
_LAST_WORDS: Final = 300


class FaultyProcess(Protocol):
    """A worker's process, as far as faults are concerned. Its membership stays the same over restarts."""

    @property
    def status(self) -> int | None:
        """The exit status, ``None`` while it runs."""

    @property
    def pid(self) -> int | None:
        """The process's number, ``None`` before it was first started."""

    @property
    def url(self) -> str:
        """Where it serves."""

    async def launch(self) -> None:
        """Start without waiting."""

    async def kill(self) -> None:
        """``kill -9``."""

    async def stop(self) -> int:
        """SIGTERM; return the exit status."""

    def freeze(self) -> None:
        """SIGSTOP."""

    def thaw(self) -> None:
        """SIGCONT."""

    def log(self) -> str:
        """All it has printed."""


@dataclass(slots=True, eq=False)
class Member:
    """A worker of the fleet: ``wanted`` if it should run, ``taken`` while a fault has it in hand.

    A worker that is not deskpulse's has no ``machine``, and nothing happens to it. One that is ``on_disk`` keeps its
    state there.
    """

    name: str
    process: FaultyProcess
    link: Link
    machine: Machine | None = None
    on_disk: bool = False
    wanted: bool = False
    taken: bool = False


@dataclass(slots=True)
class Fleet:
    """All workers, running or not. A worker that ends by itself is started again and counted in ``failures``."""

    members: Sequence[Member]
    say: Say
    failures: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    """Workers that had to be killed because they did not end on SIGTERM."""
    _gathering: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def running(self) -> list[Member]:
        """The workers that should run."""
        return [member for member in self.members if member.wanted]

    async def launch(self, member: Member) -> None:
        """Start a worker that does not run."""
        await member.process.launch()
        member.wanted = True

    async def end(self, member: Member) -> None:
        """End a worker politely, or with force if it does not comply."""
        member.wanted = False
        try:
            status = await member.process.stop()
        except TimeoutError:
            self.stuck.append(member.name)
            self.say(f"{member.name} does not end on SIGTERM and is killed")
            await member.process.kill()
        else:
            # Who is told to stop before it has begun to listen dies of the signal, as any process does.
            if status not in {0, -signal.SIGTERM}:
                self._note_failure(member, status)

    async def supervise(self) -> None:
        """Start again whoever ended by itself; runs until it is cancelled."""
        while True:
            for member in self.members:
                if member.wanted and not member.taken and member.process.status is not None:
                    await self._restart(member)
            await asyncio.sleep(_POLL_SECONDS)

    async def _restart(self, member: Member) -> None:
        # Taken meanwhile, lest a fault starts it too, and one of the two processes is forgotten.
        member.taken = True
        try:
            self._note_failure(member, member.process.status)
            await asyncio.sleep(_RESTART_SECONDS)
            await member.process.launch()
        finally:
            member.taken = False

    @contextlib.asynccontextmanager
    async def take(
        self, which: float, seconds: float, suits: Callable[[Member], bool] = operator.attrgetter("wanted")
    ) -> AsyncIterator[Member | None]:
        """Take one of the workers that suit and are in no fault's hand, the one at ``which`` of 0 to 1.

        Waits for one to become free; ``None`` if none does in so many seconds.
        """
        member = await self._free(which, seconds, suits)
        try:
            yield member
        finally:
            if member is not None:
                member.taken = False

    @contextlib.asynccontextmanager
    async def take_all(self, seconds: float) -> AsyncIterator[list[Member]]:
        """Take all workers, as soon as none is in another fault's hand; none if that does not come in so many seconds.

        No other fault takes one from now on. Those that are wanted are ended meanwhile and started again.
        """
        async with self._gathering:
            for _ in range(round(seconds / _POLL_SECONDS)):
                if not any(member.taken for member in self.members):
                    break
                await asyncio.sleep(_POLL_SECONDS)
            else:
                yield []
                return
            for member in self.members:
                member.taken = True
            ended = self.running
            try:
                await asyncio.gather(*(self.end(member) for member in ended))
                yield list(self.members)
                for member in ended:
                    await self.launch(member)
            finally:
                for member in self.members:
                    member.taken = False

    async def _free(self, which: float, seconds: float, suits: Callable[[Member], bool]) -> Member | None:
        for _ in range(round(seconds / _POLL_SECONDS)):
            free = [member for member in self.members if suits(member) and not member.taken]
            if free and not self._gathering.locked():
                member = free[int(which * len(free))]
                member.taken = True
                return member
            await asyncio.sleep(_POLL_SECONDS)
        return None

    def _note_failure(self, member: Member, status: int | None) -> None:
        reason = f"{member.name} ended with status {status}: {last_words(member)}"
        self.failures.append(reason)
        self.say(reason)


def last_words(member: Member) -> str:
    """The last line that a worker printed."""
    return (member.process.log().strip().splitlines() or ["nothing"])[-1][:_LAST_WORDS]


@contextlib.asynccontextmanager
async def supervised(fleet: Fleet) -> AsyncIterator[None]:
    """Supervise a fleet meanwhile."""
    supervision = asyncio.create_task(fleet.supervise())
    try:
        yield
    finally:
        supervision.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await supervision
