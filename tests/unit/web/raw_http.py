"""Clients of the web port that are slower, lazier or greedier than any library lets them be."""

from __future__ import annotations

import asyncio
import socket
from typing import Final

from stream.web.server import WebServer

PATIENCE_SECONDS: Final = 20.0
"""After this a test gives up."""


class RawClient:
    """A connection to a server, with as small a buffer as the system grants if it is ``narrow``."""

    def __init__(self, *, narrow: bool = True) -> None:
        self.socket = socket.socket()
        self.socket.setblocking(False)
        if narrow:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1_024)

    async def connect(self, server: WebServer) -> RawClient:
        """Connect."""
        await asyncio.get_running_loop().sock_connect(self.socket, ("127.0.0.1", server.port))
        return self

    async def send(self, text: bytes) -> None:
        """Send bytes as they are."""
        await asyncio.get_running_loop().sock_sendall(self.socket, text)

    async def ask(self, path: str, *headers: str) -> None:
        """Send a request."""
        lines = [f"GET {path} HTTP/1.1", "Host: localhost", *headers, "", ""]
        await self.send("\r\n".join(lines).encode())

    async def receive(self, most: int = 65_536) -> bytes:
        """Some bytes; none if the server has closed the connection."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            try:
                return await asyncio.get_running_loop().sock_recv(self.socket, most)
            except ConnectionError:
                return b""

    async def receive_all(self) -> bytes:
        """All there is until the server closes the connection."""
        received = b""
        while some := await self.receive():
            received += some
        return received

    async def receive_until(self, end: bytes) -> bytes:
        """Everything up to some bytes, or until the server closes the connection."""
        received = b""
        while end not in received and (some := await self.receive()):
            received += some
        return received

    def close(self) -> None:
        """Close the connection."""
        self.socket.close()


async def connected(server: WebServer) -> RawClient:
    """A client with a connection."""
    return await RawClient().connect(server)
