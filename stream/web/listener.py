"""Listens on the web port.

asyncio accepts until there is no file left to be opened, then tries in vain without end; here a connection is
given up for each new one.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Final

from stream.web.connections import Connection, Connections
from stream.web.seldom import SeldomWarning

logger = logging.getLogger(__name__)

_BACKLOG: Final = 1_024
_ACCEPTED_AT_ONCE: Final = 8
_RETRY_SECONDS: Final = 1.0


def listening_sockets(host: str, port: int) -> list[socket.socket]:
    """A socket for each address of the host, all with the same port. Raises ``OSError``."""
    found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    with ExitStack() as stack:
        sockets: list[socket.socket] = []
        for family, address in dict.fromkeys((family, address) for family, _, _, _, address in found):
            at = (address[0], port, *address[2:])
            sockets.append(stack.enter_context(socket.create_server(at, family=family, backlog=_BACKLOG)))
            sockets[-1].setblocking(False)
            port = sockets[-1].getsockname()[1]
        stack.pop_all()
    return sockets


class Listener:
    """Accepts connections on the event loop that it is started on."""

    def __init__(self, sockets: Sequence[socket.socket], connections: Connections) -> None:
        self._sockets = sockets
        self._connections = connections
        self._loop = asyncio.get_running_loop()
        self._connecting: set[asyncio.Task[None]] = set()
        self._resuming: set[asyncio.TimerHandle] = set()
        self._warn = SeldomWarning(logger)

    def start(self) -> None:
        """Begin to accept."""
        for listening in self._sockets:
            self._loop.add_reader(listening, self._accept, listening)

    def stop(self) -> None:
        """Accept no more, and close the sockets."""
        for timer in self._resuming:
            timer.cancel()
        for listening in self._sockets:
            self._loop.remove_reader(listening)
            listening.close()

    def _accept(self, listening: socket.socket) -> None:
        for _ in range(_ACCEPTED_AT_ONCE):
            try:
                accepted, _ = listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                self._warn(f"Cannot accept a connection on the web port: {error.strerror}")
                if not self._connections.make_room():
                    self._pause(listening)
                return
            self._admit(accepted)

    def _pause(self, listening: socket.socket) -> None:
        def resume() -> None:
            self._resuming.discard(timer)
            self._loop.add_reader(listening, self._accept, listening)

        # The socket stays readable, and would call again at once.
        self._loop.remove_reader(listening)
        timer = self._loop.call_later(_RETRY_SECONDS, resume)
        self._resuming.add(timer)

    def _admit(self, accepted: socket.socket) -> None:
        connection = self._connections.new()
        if connection is None:
            accepted.close()
            return
        task = self._loop.create_task(self._connect(accepted, connection))
        self._connecting.add(task)
        task.add_done_callback(self._connecting.discard)

    async def _connect(self, accepted: socket.socket, connection: Connection) -> None:
        accepted.setblocking(False)
        try:
            await self._loop.connect_accepted_socket(lambda: connection, accepted)
        except OSError:
            self._connections.discard(connection)
            accepted.close()
