"""A way to the brokers that can be cut: TCP proxies between one client and every broker of a cluster."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Final

from stream.feeds.loopback import LOOPBACK, ReservedPort
from tests.kafka.properties import Listener

_CHUNK: Final = 256 * 1024


class Link:
    """All connections of one client to the brokers.

    The client bootstraps at ``address``, and the brokers advertise the proxies' ports to whoever came through
    them, so the client has no connection that does not pass here. ``name`` is in capital letters.
    """

    def __init__(self, name: str, brokers: int) -> None:
        self.name = name
        self._proxies = [_Proxy() for _ in range(brokers)]

    @property
    def address(self) -> str:
        """The bootstrap servers, separated by commas."""
        return ",".join(proxy.entrance.address for proxy in self._proxies)

    def listener(self, broker: int) -> Listener:
        """The listener that the broker of this index needs for this link."""
        proxy = self._proxies[broker]
        listener = Listener(self.name, proxy.entrance.address)
        proxy.target = listener.port.number
        return listener

    async def heal(self) -> None:
        """Let the client connect, at first or again."""
        for proxy in self._proxies:
            await proxy.open()

    async def cut(self) -> None:
        """Break all connections and refuse new ones."""
        for proxy in self._proxies:
            await proxy.close()

    def release(self) -> None:
        """Give the ports back; the link must be cut."""
        for proxy in self._proxies:
            proxy.entrance.release()


class _Proxy:
    """Passes on what comes in at ``entrance`` to the port ``target``, and back."""

    def __init__(self) -> None:
        self.entrance = ReservedPort()
        self.target = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(
                self._connected, LOOPBACK, self.entrance.number, reuse_address=True
            )

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in tuple(self._writers):
            writer.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            broker_reader, broker_writer = await asyncio.open_connection(LOOPBACK, self.target)
        except OSError:
            self._drop(writer)
            return
        self._writers.add(broker_writer)
        if self._server is None:
            writer.transport.abort()
        await self._pass_on(((reader, broker_writer), (broker_reader, writer)))

    async def _pass_on(self, ways: Sequence[tuple[asyncio.StreamReader, asyncio.StreamWriter]]) -> None:
        pumps = [asyncio.create_task(_pump(reader, writer)) for reader, writer in ways]
        try:
            # Kafka's connections have no half-closed state: one end gone is both gone.
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            for _, writer in ways:
                self._drop(writer)

    def _drop(self, writer: asyncio.StreamWriter) -> None:
        self._writers.discard(writer)
        writer.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()
