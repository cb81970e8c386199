"""Processes that run as in containers, where there is no engine for containers: roots of their own, one network.

What a container sees is the root of this machine with an image's files laid over it, read-only if so asked. It runs
as the user that is asked for, without any capability. Needs root and Linux.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final, Self

SETUP_COMMANDS: Final = ("unshare", "nsenter", "setpriv", "chroot", "mount", "ip")

_CALL_SECONDS: Final = 60.0
_ASK: Final = """
import sys, urllib.request
headers = {"Authorization": "Bearer " + sys.argv[2]} if sys.argv[2] else {}
with urllib.request.urlopen(urllib.request.Request(sys.argv[1], headers=headers), timeout=10) as answer:
    sys.stdout.write(answer.read().decode())
"""


@dataclass(frozen=True, slots=True)
class Container:
    """What to run, and in which surroundings.

    ``mounts`` are (host's path, path in the container, whether it is read-only), ``temporary`` the folders that are
    empty, writable and in memory. ``image`` is a folder with what the image adds to this machine's files.
    """

    name: str
    image: Path | None
    user: tuple[int, int]
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: str = "/"
    hostname: str | None = None
    mounts: Sequence[tuple[Path, PurePosixPath, bool]] = ()
    temporary: Sequence[str] = ()
    read_only: bool = True


@dataclass(slots=True)
class RunningContainer:
    """A container that was started, and where its output goes."""

    container: Container
    process: subprocess.Popen[bytes]
    log: Path

    def said(self) -> str:
        """All that it printed."""
        return self.log.read_text("utf-8", errors="replace")

    def call(self, command: Sequence[str]) -> tuple[int, str]:
        """Run a command in it, as its user; the exit status, and what was printed."""
        inside = ("nsenter", f"--target={self.process.pid}", "--mount", "--net", "--uts", "--root", "--wd")
        result = subprocess.run(
            (*inside, *as_user(self.container, command)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_CALL_SECONDS,
            check=False,
        )
        return result.returncode, result.stdout

    def status(self) -> dict[str, str]:
        """What the kernel says of its process."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text("utf-8").splitlines()
        return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}

    def stop(self, seconds: float) -> int:
        """SIGTERM; the exit status. Kills it, and raises ``TimeoutExpired``, if it takes longer."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(seconds)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()


@dataclass(slots=True)
class Machine:
    """A network of its own, which has nothing but the loopback address, and the containers on it.

    ``names`` are host names that lead to that address.
    """

    folder: Path
    names: Iterable[str] = ()
    running: list[RunningContainer] = field(default_factory=list)
    _network: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._network = subprocess.Popen(
            ("unshare", "--net", "sh", "-c", "ip link set lo up && echo up && exec sleep infinity"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
        assert self._network.stdout is not None
        assert self._network.stdout.readline() == b"up\n"
        return self

    def __exit__(self, *_: object) -> None:
        for container in reversed(self.running):
            if container.process.poll() is None:
                container.process.kill()
                container.process.wait()
        assert self._network is not None
        assert self._network.stdout is not None
        self._network.kill()
        self._network.wait()
        self._network.stdout.close()

    def start(self, container: Container) -> RunningContainer:
        """Start a container."""
        home = self.folder / f"{container.name}-{len(self.running)}"
        for name in ("root", "work"):
            (home / name).mkdir(parents=True)
        if container.image is None:
            (home / "upper").mkdir()
        else:
            # An image below this machine's root cannot be one layer beside it; its files are shared, and only read.
            subprocess.run(("cp", "--archive", "--link", str(container.image), str(home / "upper")), check=True)
        log = home / "log"
        script = "\n".join(["set -e", *self._mounting(home, container), _entering(home, container)])
        with log.open("wb") as output:
            process = subprocess.Popen(
                ("nsenter", f"--net={self._namespace}", "unshare", "--mount", "--uts", "sh", "-c", script),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        running = RunningContainer(container, process, log)
        self.running.append(running)
        return running

    def ask(self, url: str, token: str = "") -> str | None:
        """What is answered at an address on this network, ``None`` if nothing but an error is."""
        result = subprocess.run(
            ("nsenter", f"--net={self._namespace}", sys.executable, "-c", _ASK, url, token),
            capture_output=True,
            text=True,
            timeout=_CALL_SECONDS,
            check=False,
        )
        return result.stdout if result.returncode == 0 else None

    @property
    def _namespace(self) -> str:
        assert self._network is not None
        return f"/proc/{self._network.pid}/ns/net"

    def _mounting(self, home: Path, container: Container) -> list[str]:
        root = home / "root"
        lines = [
            f"mount -t overlay overlay -o lowerdir=/,upperdir={home}/upper,workdir={home}/work {root}",
            f"printf '127.0.0.1 localhost {' '.join(self.names)}\\n' > {root}/etc/hosts",
            *(f"mount --rbind /{name} {root}/{name}" for name in ("proc", "sys", "dev")),
        ]
        for place in container.temporary:
            lines += [f"mkdir -p {root}{place}", f"mount -t tmpfs -o mode=1777 tmpfs {root}{place}"]
        for source, target, read_only in container.mounts:
            lines += [
                f"mkdir -p {root}{target if source.is_dir() else target.parent}",
                *([] if source.is_dir() else [f"touch {root}{target}"]),
                f"mount --bind {source} {root}{target}",
                *([f"mount -o remount,bind,ro {root}{target}"] if read_only else []),
            ]
        if container.hostname is not None:
            lines.append(f"hostname {container.hostname}")
        if container.read_only:
            lines.append(f"mount -o remount,ro {root}")
        return lines


def _entering(home: Path, container: Container) -> str:
    entering = ("sh", "-c", f'cd {shlex.quote(container.folder)} && exec "$@"', "sh")
    return f"exec chroot {home}/root {shlex.join((*entering, *as_user(container, container.command)))}"


def as_user(container: Container, command: Sequence[str]) -> tuple[str, ...]:
    """The command under the container's user, without any privilege, with no other variables than the container's."""
    user, group = container.user
    privileges = ("--clear-groups", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs")
    variables = [f"{name}={value}" for name, value in {"PATH": os.defpath, **container.environment}.items()]
    return ("setpriv", f"--reuid={user}", f"--regid={group}", *privileges, "env", "-i", *variables, *command)
