"""Health, metrics and final numbers over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Final

import orjson
from aiohttp import web
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from stream.desk.surveys import COMMENTS_KEPT
from stream.metrics.collector import Vitals
from stream.metrics.final_numbers import daily_numbers, final_numbers
from stream.metrics.sla_explained import clocks_now
from stream.metrics.view import WorkerView
from stream.settings import WebSettings
from stream.web.access import METRICS_PATH, Gatekeeper, add_headers, check_exposure
from stream.web_settings import url_of
from stream.windows.moments import to_text

_MOST_DIGITS: Final = 9


class PortTakenError(Exception):
    """The address to serve on cannot be had."""


class WebServer:
    """Serves a worker. Starts before the worker is connected, so that its health can be asked for."""

    def __init__(
        self,
        settings: WebSettings,
        metrics: CollectorRegistry,
        view: Callable[[], WorkerView],
        vitals: Callable[[], Vitals],
        is_ready: Callable[[], bool],
    ) -> None:
        self._settings = settings
        self._metrics = metrics
        self._view = view
        self._vitals = vitals
        self._is_ready = is_ready
        self._runner: web.AppRunner | None = None
        self.stopping = False
        self.port = settings.port
        """The port served on; known after the start if the setting is 0."""

    async def start(self) -> None:
        """Begin to serve. Raises ``PortTakenError``, and ``ExposedPortError`` without a token on an open address."""
        check_exposure(self._settings)
        application = web.Application(middlewares=[Gatekeeper(self._settings).admit])
        application.on_response_prepare.append(add_headers)
        application.add_routes(
            [
                web.get("/", self._index),
                web.get("/livez", self._live),
                web.get("/readyz", self._ready),
                web.get(METRICS_PATH, self._scrape),
                web.get("/api/v1/metrics", self._numbers),
                web.get("/api/v1/days", self._days),
                web.get("/api/v1/comments", self._comments),
                web.get("/api/v1/worker", self._worker),
                web.get("/api/v1/sla", self._sla),
            ]
        )
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._settings.host, self._settings.port)
        try:
            await site.start()
        except OSError as error:
            await self._runner.cleanup()
            message = f"cannot serve on {self._settings.host}:{self._settings.port}: {error.strerror}; set web.port"
            raise PortTakenError(message) from error
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop serving."""
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def address(self) -> str:
        """The base of all URLs."""
        return url_of(self._settings.host, self.port)

    async def _index(self, request: web.Request) -> web.Response:
        routes = sorted({route.resource.canonical for route in request.app.router.routes() if route.resource})
        return web.Response(text="".join(f"{self.address}{route}\n" for route in routes))

    async def _live(self, _request: web.Request) -> web.Response:
        return web.Response(text="live\n")

    async def _ready(self, _request: web.Request) -> web.Response:
        if self._is_ready() and not self.stopping:
            return web.Response(text="ready\n")
        return web.Response(text="not ready: partitions are being restored\n", status=HTTPStatus.SERVICE_UNAVAILABLE)

    async def _scrape(self, request: web.Request) -> web.Response:
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        # The state may only be read between two batches; writing the text does not have to hold them up.
        collected = CollectorRegistry(auto_describe=False)
        collected.register(_Collected(list(self._metrics.collect())))
        body = await asyncio.to_thread(encode, collected)
        return web.Response(body=body, headers={"Content-Type": content_type})

    async def _numbers(self, request: web.Request) -> web.Response:
        return _json(final_numbers(self._view(), parts=request.query.get("parts") == "true"))

    async def _days(self, _request: web.Request) -> web.Response:
        return _json(daily_numbers(self._view()))

    async def _worker(self, _request: web.Request) -> web.Response:
        vitals = self._vitals()
        topics: dict[str, dict[str, Any]] = {
            topic: {"partitions": held, "records": {}, "lag": {}, "next_offset": {}, "horizon": {}}
            for topic, held in vitals.partitions.items()
        }
        for (topic, outcome), count in vitals.events.items():
            topics[topic]["records"][outcome] = count
        for (topic, partition), lag in vitals.lags.items():
            topics[topic]["lag"][str(partition)] = lag
        for (topic, partition), offset in vitals.next_offsets.items():
            topics[topic]["next_offset"][str(partition)] = offset
        for (topic, partition), horizon in vitals.horizons.items():
            topics[topic]["horizon"][str(partition)] = to_text(horizon)
        return _json({"ready": self._is_ready(), "topics": topics})

    async def _sla(self, request: web.Request) -> web.Response:
        ticket = request.query.get("ticket")
        if ticket is None:
            return _json(clocks_now(self._view()))
        found = self._view().explain_sla(ticket)
        if found is None:
            message = "this worker holds no ticket of that name, or no SLA is set up; ask the others"
            return _json({"error": message, "ticket": ticket}, HTTPStatus.NOT_FOUND)
        return _json(found)

    async def _comments(self, request: web.Request) -> web.Response:
        text = request.query.get("limit", str(COMMENTS_KEPT))
        if not text.isdecimal() or len(text) > _MOST_DIGITS:
            return _json({"error": f"limit is a number of comments, not {text[:100]!r}"}, HTTPStatus.BAD_REQUEST)
        comments = self._view().comments(int(text))
        return _json({"comments": [{**comment._asdict(), "at": to_text(comment.at)} for comment in comments]})


class _Collected(Collector):
    """What was collected before."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _json(content: dict[str, Any], status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    body = orjson.dumps(content, option=orjson.OPT_INDENT_2)
    return web.Response(body=body, content_type="application/json", status=status)
