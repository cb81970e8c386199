"""The connections of the web port: how many there may be, and how long one may do nothing."""

from __future__ import annotations

import asyncio
import logging
import resource
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from aiohttp import hdrs, web

from stream.settings.web import WebSettings
from stream.web.access import OPEN_PATHS, Handler
from stream.web.seldom import SeldomWarning

logger = logging.getLogger(__name__)

SPARE: Final = 32
"""Connections beyond the limit: those that cannot be closed yet, and those of probes while all others are busy."""

_SWEEP_SECONDS: Final = 0.25


class Connection(asyncio.Protocol):
    """Hands on what happens on a connection, and knows since when it has waited for a request."""

    def __init__(self, connections: Connections, http: asyncio.Protocol) -> None:
        self._connections = connections
        self._http = http
        self.is_answering = False
        self.was_answered = False
        self.waits_since = asyncio.get_running_loop().time()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - as of every connected socket
        self.transport = transport
        self._connections.made(self)
        self._http.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """A part of a request came."""
        self._http.data_received(data)

    def eof_received(self) -> bool | None:
        """Nothing more will come."""
        return self._http.eof_received()

    def pause_writing(self) -> None:
        """Its reader is slow."""
        self._http.pause_writing()

    def resume_writing(self) -> None:
        """Its reader has caught up."""
        self._http.resume_writing()

    def connection_lost(self, error: Exception | None) -> None:
        """It is closed."""
        self._connections.discard(self)
        self._http.connection_lost(error)
        # It refers back to the transport. Without that cycle a connection leaves nothing to the garbage collector.
        vars(self.transport).pop("_read_ready_cb", None)


class Connections:
    """All that are open. Belongs to the event loop that serves them.

    A connection waits if no request on it is being answered. One that waits for too long is closed. When there are
    as many as there may be, the one that has waited longest is closed for a new one. When on so many a request is
    being answered, another one gets a 503 unless it is a probe's. So whoever only holds connections open keeps nobody
    out, and nobody keeps probes out.
    """

    def __init__(self, settings: WebSettings, new_http: Callable[[], asyncio.Protocol]) -> None:
        self._header_seconds = settings.header_seconds
        self._idle_seconds = settings.idle_seconds
        self._new_http = new_http
        self.most = most_connections(settings.connections)
        self._open: set[Connection] = set()
        self._sweeping: asyncio.TimerHandle | None = None
        self._warn_closed = SeldomWarning(logger)
        self._warn_refused = SeldomWarning(logger)

    def __len__(self) -> int:
        return len(self._open)

    def start(self) -> None:
        """Begin to close what waits for too long."""
        now = asyncio.get_running_loop().time()
        for connection in tuple(self._open):
            patience = self._idle_seconds if connection.was_answered else self._header_seconds
            if not connection.is_answering and now - connection.waits_since >= patience:
                self._close(connection)
        self._sweeping = asyncio.get_running_loop().call_later(_SWEEP_SECONDS, self.start)

    def stop(self) -> None:
        """Close nothing more."""
        if self._sweeping is not None:
            self._sweeping.cancel()

    def new(self) -> Connection | None:
        """The protocol for a new connection, ``None`` if there is no room for it."""
        if len(self._open) >= self.most + SPARE:
            self._warn_refused(f"All connections of the web port are busy, {len(self._open)} of them: closed a new one")
            return None
        connection = Connection(self, self._new_http())
        self._open.add(connection)
        return connection

    def made(self, connection: Connection) -> None:
        """A connection is there, and another one has to go if they are too many."""
        if len(self._open) > self.most and self.make_room(connection):
            self._warn_closed(f"All {self.most} connections of the web port were taken: closed the one idle longest")

    def make_room(self, newest: Connection | None = None) -> bool:
        """Close the connection that has waited longest, but not the newest; ``False`` if none waits."""
        waiting = [
            found
            for found in self._open
            if found.transport is not None and not found.is_answering and found is not newest
        ]
        if waiting:
            self._close(min(waiting, key=lambda found: found.waits_since))
        return bool(waiting)

    def discard(self, connection: Connection) -> None:
        """A connection is closed, or was never made."""
        self._open.discard(connection)

    @web.middleware
    async def attend(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Note that a request is answered; beyond the limit only a probe's is. A middleware for the application."""
        transport = request.transport
        connection = next((found for found in self._open if found.transport is transport), None)
        if transport is None or connection is None:
            return await handler(request)
        if request.path not in OPEN_PATHS and sum(found.is_answering for found in self._open) >= self.most:
            self._warn_refused(
                f"On all {self.most} connections of the web port requests are answered: refused one more"
            )
            return _refusal(self.most)
        connection.is_answering = True
        try:
            return await handler(request)
        finally:
            connection.is_answering = False
            connection.was_answered = True
            connection.waits_since = asyncio.get_running_loop().time()

    def _close(self, connection: Connection) -> None:
        self._open.discard(connection)
        if connection.transport is not None:
            # What is left to be written has a reader that does not read.
            connection.transport.abort()


def most_connections(wanted: int) -> int:
    """How many connections there may be: not more than half of the files that the process may open."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if files == resource.RLIM_INFINITY else max(1, min(wanted, files // 2))
    if most < wanted:
        logger.warning(
            "web.connections = %d, but this process may open only %d files: the web port takes %d connections",
            *(wanted, files, most),
        )
    return most


def _refusal(most: int) -> web.Response:
    text = f"all {most} connections are taken; ask again later, or raise web.connections\n"
    response = web.Response(text=text, status=HTTPStatus.SERVICE_UNAVAILABLE, headers={hdrs.RETRY_AFTER: "1"})
    response.force_close()
    return response
