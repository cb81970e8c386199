"""An Apache Kafka broker of a test's own, started from jars, which can be stopped, killed and started again."""

from __future__ import annotations

import shutil
import signal
import socket
import struct
import subprocess
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from stream.feeds.loopback import LOOPBACK
from tests.kafka.jars import java, resolve_jars
from tests.kafka.properties import Node, server_properties

START_TIMEOUT: Final = 60.0
STOP_TIMEOUT: Final = 30.0
HEAP: Final = "256m"

_LOGGING: Final = Path(__file__).with_name("log4j2.xml")
# A request of its own kind: ApiVersions, version 0, correlation 1, client "t", is answered by every Kafka.
_API_VERSIONS: Final = struct.pack(">ihhih1s", 11, 18, 0, 1, 1, b"t")


class KafkaStartError(Exception):
    """The broker did not come up; the message ends with the last lines of its log."""


def cluster_id() -> str:
    """A fresh id of a cluster, in the form in which Kafka writes its ids; none begins with a dash, as options do."""
    identifier = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    return f"K{identifier[1:]}" if identifier.startswith("-") else identifier


class KafkaBroker:
    """One node of a cluster, by default the only one, with its data below ``directory``.

    A context manager: started on entry, stopped on exit. Ports and data stay the same through ``stop``, ``kill``,
    ``start`` and ``restart``. ``overrides`` are broker settings that win over those in ``properties.py``. For a
    cluster of more, give each broker its ``node``, all ``nodes`` and one ``cluster`` id, ``launch`` all of them
    and then ``wait_until_ready`` for each. ``format_arguments`` are more arguments for formatting the storage.
    """

    def __init__(
        self,
        directory: Path,
        overrides: Mapping[str, object] | None = None,
        *,
        node: Node | None = None,
        nodes: Sequence[Node] = (),
        cluster: str | None = None,
        format_arguments: Sequence[str] = (),
    ) -> None:
        self.directory = directory
        self.log = directory / "broker.log"
        self.node = node or Node(1)
        self._nodes = tuple(nodes) or (self.node,)
        self._cluster = cluster or cluster_id()
        self._overrides = overrides
        self._format_arguments = tuple(format_arguments)
        self._process: subprocess.Popen[bytes] | None = None
        self._formatted = False

    @property
    def address(self) -> str:
        """The bootstrap server, as ``host:port``."""
        return self.node.clients.address

    @property
    def running(self) -> bool:
        """Whether the process is alive."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The id of the broker's process; raises ``RuntimeError`` if it does not run."""
        if self._process is None or not self.running:
            raise RuntimeError("the broker does not run")
        return self._process.pid

    def start(self) -> None:
        """Start the process and wait until it serves clients; does nothing if it runs.

        Raises ``KafkaUnavailableError`` without Java or jars, and ``KafkaStartError``.
        """
        self.launch()
        try:
            self.wait_until_ready()
        except BaseException:
            self.kill()
            raise

    def launch(self) -> None:
        """Start the process if it does not run, and do not wait for it; raises as ``start`` does."""
        if self.running:
            return
        self.format()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command("kafka.Kafka", str(self._settings)),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def wait_until_ready(self, timeout: float = START_TIMEOUT) -> None:
        """Return once clients are served; raises ``KafkaStartError`` if that takes more than ``timeout`` seconds."""
        deadline = time.monotonic() + timeout
        while not self._answers():
            if not self.running:
                raise KafkaStartError(f"Kafka ended while it started:\n{self._last_words()}")
            if time.monotonic() > deadline:
                raise KafkaStartError(f"Kafka did not answer within {timeout:.0f} s:\n{self._last_words()}")
            time.sleep(0.05)

    def format_like(self, other: KafkaBroker) -> None:
        """Take over the storage of a broker of the same cluster that was formatted and never started.

        That saves a process: what Kafka writes differs in the node's number and the directory's id only.
        """
        self._write_settings()
        data = self.directory / "data"
        shutil.copytree(other.directory / "data", data)
        meta = data / "meta.properties"
        lines = [line for line in meta.read_text("utf-8").splitlines() if not line.startswith(("node.id", "directory"))]
        lines += [f"node.id={self.node.number}", f"directory.id={cluster_id()}"]
        meta.write_text("\n".join(lines) + "\n", "utf-8")
        self._formatted = True

    def stop(self) -> None:
        """End the broker as an operator would, and kill it if that takes more than 30 s."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End the broker without a chance to tidy up (``kill -9``)."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def restart(self) -> None:
        """Stop the broker if it runs and start it on the same ports and data."""
        self.stop()
        self.start()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop the broker and give its ports back; it cannot be started again."""
        self.stop()
        self.node.release()

    @property
    def _settings(self) -> Path:
        return self.directory / "server.properties"

    def _write_settings(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        properties = server_properties(self.node, self._nodes, self.directory / "data", self._overrides)
        self._settings.write_text(properties, "utf-8")

    def format(self) -> None:
        """Make the storage if that was not done yet; ``launch`` does it by itself. Raises as ``start`` does."""
        if self._formatted:
            return
        self._write_settings()
        arguments = ("-t", self._cluster, "-c", str(self._settings), *self._format_arguments)
        command = self._command("kafka.tools.StorageTool", "format", *arguments)
        with self.log.open("ab") as log:
            result = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                timeout=START_TIMEOUT,
                check=False,
            )
        if result.returncode != 0:
            raise KafkaStartError(f"Kafka's storage could not be formatted:\n{self._last_words()}")
        self._formatted = True

    def _command(self, *arguments: str) -> list[str]:
        return [
            java(),
            f"-Xms{HEAP}",
            f"-Xmx{HEAP}",
            # Started often and run briefly: what pays off after minutes only costs time here.
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            f"-Dlog4j2.configurationFile={_LOGGING}",
            "-cp",
            f"{resolve_jars()}/*",
            *arguments,
        ]

    def _answers(self) -> bool:
        # Kafka opens this port only when its controller has let it take part.
        try:
            with socket.create_connection((LOOPBACK, self.node.clients.number), 1) as connection:
                connection.sendall(_API_VERSIONS)
                return len(connection.recv(4)) > 0
        except OSError:
            return False

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text("utf-8", errors="replace").splitlines()[-30:])
