"""A mail server that keeps what it is sent, for as much of SMTP as Alertmanager speaks."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from stream.feeds.loopback import LOOPBACK


@dataclass(slots=True)
class MailServer:
    """Collects ``messages`` on ``address``, a free loopback port that is known after the start."""

    messages: list[EmailMessage] = field(default_factory=list)
    address: str = ""
    _server: asyncio.Server | None = None

    async def start(self) -> None:
        """Begin to serve."""
        self._server = await asyncio.start_server(self._talk, LOOPBACK, 0)
        self.address = f"{LOOPBACK}:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        """Stop; the messages stay."""
        if self._server is not None:
            self._server.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(b"220 ready\r\n")
            async for line in reader:
                command = line[:4].strip().upper()
                if command == b"DATA":
                    writer.write(b"354 go on\r\n")
                    content = await reader.readuntil(b"\r\n.\r\n")
                    self.messages.append(message_from_bytes(content[:-3], policy=policy.default))
                writer.write(b"221 bye\r\n" if command == b"QUIT" else b"250 ok\r\n")
                await writer.drain()
                if command == b"QUIT":
                    return
        finally:
            writer.close()
