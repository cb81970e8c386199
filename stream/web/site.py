"""The HTTP application on its port."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Final

from aiohttp import web

from stream.settings.web import WebSettings
from stream.web.access import Gatekeeper, add_headers
from stream.web.connections import Connections
from stream.web.listener import Listener, listening_sockets
from stream.web.shared_answers import Workshop

_LINGER_SECONDS: Final = 1.0
_SHUTDOWN_SECONDS: Final = 1.0


class Site:
    """Serves the routes. Opened and closed on the event loop that serves."""

    def __init__(self, settings: WebSettings, routes: Iterable[web.RouteDef], workshop: Workshop) -> None:
        self._settings = settings
        self._routes = routes
        self._workshop = workshop
        self._runner: web.AppRunner | None = None
        self._connections = Connections(settings, self._new_http)
        self._listener: Listener | None = None

    async def open(self) -> int:
        """Begin to serve; returns the port. Raises ``OSError``."""
        sockets = listening_sockets(self._settings.host, self._settings.port)
        application = web.Application(middlewares=[self._connections.attend, Gatekeeper(self._settings).admit])
        application.on_response_prepare.append(add_headers)
        application.add_routes(self._routes)
        self._runner = web.AppRunner(
            application,
            access_log=None,
            shutdown_timeout=_SHUTDOWN_SECONDS,
            lingering_time=_LINGER_SECONDS,
            handler_cancellation=True,
        )
        await self._runner.setup()
        self._connections.start()
        self._listener = Listener(sockets, self._connections)
        self._listener.start()
        port: int = sockets[0].getsockname()[1]
        return port

    async def close(self) -> None:
        """Serve no more."""
        if self._listener is not None:
            self._listener.stop()
        self._connections.stop()
        if self._runner is not None:
            await self._runner.cleanup()
        self._workshop.close()

    def _new_http(self) -> asyncio.Protocol:
        assert self._runner is not None  # noqa: S101 - connections come to an open site
        assert self._runner.server is not None  # noqa: S101 - as above
        return self._runner.server()
