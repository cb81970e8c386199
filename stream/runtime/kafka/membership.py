"""Which process a member of the consumer group is, and whether it may still run beside this one."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Self

_SIGN: Final = "deskpulse"
_AFTER_NAME: Final = 20
_ENDED: Final = frozenset({"Z", "X", "x"})


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the consumer group: its client id, its network address, and its static name if it has one."""

    client: str
    host: str
    instance: str | None


@dataclass(frozen=True, slots=True)
class Identity:
    """A process that is a member: its host's name, its web port, its number and when it began.

    ``started`` is in the system's ticks since it booted, 0 where the system does not tell.
    """

    host: str
    port: int
    process: int
    started: int

    @property
    def client_id(self) -> str:
        """What Kafka, and whoever asks it for the group's members, knows this process by."""
        return "/".join((_SIGN, self.host, str(self.port), str(self.process), str(self.started)))

    @classmethod
    def of(cls, client_id: str) -> Self | None:
        """The process with a client id, ``None`` if it is of another kind."""
        sign, _, rest = client_id.partition("/")
        host, *numbers = rest.rsplit("/", 3)
        if sign != _SIGN or len(numbers) != 3 or not all(number.isdecimal() for number in numbers):  # noqa: PLR2004
            return None
        return cls(host, *map(int, numbers))

    @classmethod
    def own(cls, port: int) -> Self:
        """The process that asks, which serves on ``port``."""
        return cls(socket.gethostname(), port, os.getpid(), started_at(os.getpid()) or 0)


class Standing(StrEnum):
    """What is known of a member that has this worker's static name."""

    GONE = "gone"
    RUNS = "runs"
    UNKNOWN = "unknown"


def standing_of(member: Member, own: Identity) -> Standing:
    """Whether the process of a member with our name runs, as far as can be told from here.

    One of this host that does not run any more was this worker's life before. In a container the process before had
    the same number as this one. What runs on another host cannot be seen.
    """
    other = Identity.of(member.client)
    if other is None or other.host != own.host:
        return Standing.UNKNOWN
    runs = other.process != own.process and started_at(other.process) == other.started
    return Standing.RUNS if runs else Standing.GONE


def started_at(process: int) -> int | None:
    """When a process of this host began, in ticks since the system booted, 0 if only that it runs is known.

    ``None`` if it does not run.
    """
    if not Path("/proc/self/stat").exists():
        return _started_without_proc(process)
    try:
        # The name in brackets may hold anything.
        fields = Path(f"/proc/{process}/stat").read_text("utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in _ENDED else int(fields[_AFTER_NAME - 1])


def _started_without_proc(process: int) -> int | None:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        return 0
    return 0


def described(member: Member) -> str:
    """A member, for people: where it is."""
    other = Identity.of(member.client)
    if other is None:
        return f"{member.client} at {member.host}"
    return f"the worker at {other.host}:{other.port} (process {other.process}, seen by Kafka at {member.host})"
