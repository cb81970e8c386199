"""Health, metrics and final numbers over HTTP, served by a thread that nothing else can hold up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from http import HTTPStatus
from typing import TypeVar

from aiohttp import web
from prometheus_client.registry import Collector

from stream.settings.web import WebSettings, url_of
from stream.web.access import check_exposure
from stream.web.loop_thread import LoopThread, call_on
from stream.web.pages import Pages, Worker
from stream.web.pulse import Pulse
from stream.web.readers import Readers
from stream.web.shared_answers import Workshop
from stream.web.site import Site

Result = TypeVar("Result")


class PortTakenError(Exception):
    """The address to serve on cannot be had."""


class WebServer:
    """Serves a worker. Starts before the worker is connected, so that its health can be asked for.

    ``others`` are collectors of what is exported beside the worker's own metrics, callable from any thread.
    """

    def __init__(self, settings: WebSettings, worker: Worker, others: Iterable[Collector] = ()) -> None:
        self._settings = settings
        self._worker = worker
        self._others = tuple(others)
        self._thread: LoopThread | None = None
        self._site: Site | None = None
        self._pulse = Pulse()
        self._routes: list[web.RouteDef] = []
        self.stopping = False
        self.port = settings.port
        """The port served on; known after the start if the setting is 0."""

    async def start(self) -> None:
        """Begin to serve the worker, whose loop is the one that runs this.

        Raises ``PortTakenError``, and ``ExposedPortError`` without a token on an open address.
        """
        check_exposure(self._settings)
        worker_loop = asyncio.get_running_loop()

        def on_worker_loop(function: Callable[[], Result], /) -> Awaitable[Result]:
            return call_on(worker_loop, function)

        self._pulse.start()
        self._thread = LoopThread("web")
        self._thread.start()
        workshop = Workshop()
        pages = Pages(self._worker, on_worker_loop, workshop, Readers(self._settings.write_seconds), self._others)
        self._routes = [
            web.get("/", self._index),
            web.get("/livez", self._live),
            web.get("/readyz", self._ready),
            *pages.routes(),
        ]
        self._site = Site(self._settings, self._routes, workshop)
        try:
            self.port = await self._thread.run(self._site.open())
        except OSError as error:
            await self.stop()
            message = f"cannot serve on {self._settings.host}:{self._settings.port}: {error.strerror}; set web.port"
            raise PortTakenError(message) from error

    async def stop(self) -> None:
        """Stop serving."""
        self._pulse.stop()
        thread, self._thread = self._thread, None
        if thread is not None and self._site is not None:
            await thread.run(self._site.close())
            await thread.stop()

    @property
    def address(self) -> str:
        """The base of all URLs."""
        return url_of(self._settings.host, self.port)

    async def _index(self, _request: web.Request) -> web.Response:
        paths = sorted(route.path for route in self._routes)
        return web.Response(text="".join(f"{self.address}{path}\n" for path in paths))

    async def _live(self, _request: web.Request) -> web.Response:
        return web.Response(text="live\n") if self._pulse.is_felt else self._hung()

    async def _ready(self, _request: web.Request) -> web.Response:
        if not self._pulse.is_felt:
            return self._hung()
        if self._worker.is_ready() and not self.stopping:
            return web.Response(text="ready\n")
        return web.Response(text="not ready: partitions are being restored\n", status=HTTPStatus.SERVICE_UNAVAILABLE)

    def _hung(self) -> web.Response:
        text = f"hung: the worker's event loop has stood still for {self._pulse.still_seconds:.0f} s\n"
        return web.Response(text=text, status=HTTPStatus.SERVICE_UNAVAILABLE)
