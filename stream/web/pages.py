"""What the web port answers to which address."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any, Final, Protocol, TypeVar

import orjson
from aiohttp import hdrs, web
from prometheus_client.registry import Collector

from stream.metrics.collector import Vitals
from stream.metrics.final_numbers import daily_numbers, final_numbers
from stream.metrics.view import WINDOW_NAMES, WorkerView
from stream.state.kind import Kind
from stream.state.resource import QueryError, Resource, UnknownEntityError
from stream.web.access import METRICS_PATH
from stream.web.exposition import Exposition, Look
from stream.web.pulse import STILL_SECONDS
from stream.web.readers import Readers
from stream.web.shared_answers import SharedAnswers, Workshop
from stream.windows.moments import to_text
from stream.windows.sliding import WINDOWS

_JSON: Final = "application/json"

Result = TypeVar("Result")


class Worker(Protocol):
    """The worker that is served, as its own event loop sees it."""

    @property
    def kinds(self) -> Sequence[Kind]:
        """The kinds of entities that it serves."""

    def view(self) -> WorkerView:
        """What it knows now."""

    def vitals(self) -> Vitals:
        """How it is doing now."""

    def is_ready(self) -> bool:
        """Whether its partitions are assigned and restored. Asked from another thread, so it only reads."""


class OnWorkerLoop(Protocol):
    """Calls a function on the worker's loop, where it comes between two batches."""

    def __call__(self, function: Callable[[], Result], /) -> Awaitable[Result]:
        """Wait for its result."""


class Pages:
    """The handlers. A look at the worker is taken on its loop; what is long is made of it in the workshop."""

    def __init__(
        self, worker: Worker, on_loop: OnWorkerLoop, workshop: Workshop, readers: Readers, others: Iterable[Collector]
    ) -> None:
        self._worker = worker
        self._on_loop = on_loop
        self._readers = readers

        def expose(look: Look, form: Exposition) -> bytes:
            return form.of(look, others)

        windows = [shape.name for shape in WINDOWS]
        self._scrapes = SharedAnswers(workshop, self._look_at(windows), expose)
        self._numbers = SharedAnswers(workshop, self._look_at(WINDOW_NAMES), _numbers)
        self._days = SharedAnswers(workshop, self._look_at(days=True), _days)
        self._resources = [
            (kind, resource, SharedAnswers(workshop, self._look_for(kind, resource), _content_of(resource)))
            for kind in worker.kinds
            for resource in kind.resources
        ]

    def routes(self) -> list[web.RouteDef]:
        """Those of what the worker knows."""
        return [
            web.get(METRICS_PATH, self._scrape),
            web.get("/api/v1/metrics", self._get_numbers),
            web.get("/api/v1/days", self._get_days),
            web.get("/api/v1/worker", self._get_worker),
            *(
                web.get(f"/api/v1/{resource.name}", partial(self._get_resource, kind, resource, answers))
                for kind, resource, answers in self._resources
            ),
        ]

    async def _scrape(self, request: web.Request) -> web.StreamResponse:
        form = Exposition.wanted_by(request.headers.get(hdrs.ACCEPT, ""))
        return await self._send(request, self._scrapes, form, form.content_type)

    async def _get_numbers(self, request: web.Request) -> web.StreamResponse:
        return await self._send(request, self._numbers, request.query.get("parts") == "true")

    async def _get_days(self, request: web.Request) -> web.StreamResponse:
        return await self._send(request, self._days, None)

    async def _get_worker(self, _request: web.Request) -> web.Response:
        vitals = await self._soon(self._on_loop(self._worker.vitals))
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
        return _json({"ready": self._worker.is_ready(), "topics": topics})

    async def _get_resource(
        self, kind: Kind, resource: Resource, answers: SharedAnswers[Any, Any], request: web.Request
    ) -> web.StreamResponse:
        find = resource.find
        if find is not None and resource.asks_for_one(request.query):

            def found() -> dict[str, Any]:
                view = self._worker.view()
                return find(view.desks(kind.name), view, request.query)

            try:
                return _json(await self._soon(self._on_loop(found)))
            except UnknownEntityError as error:
                return _json({"error": str(error), **error.asked}, HTTPStatus.NOT_FOUND)
        try:
            form = resource.form_of(request.query)
        except QueryError as error:
            return _json({"error": str(error)}, HTTPStatus.BAD_REQUEST)
        return await self._send(request, answers, form)

    async def _send(
        self, request: web.Request, answers: SharedAnswers[Any, Any], form: object, content_type: str = _JSON
    ) -> web.StreamResponse:
        headers: dict[str, str] = {hdrs.CONTENT_TYPE: content_type, hdrs.VARY: f"{hdrs.ACCEPT}, {hdrs.ACCEPT_ENCODING}"}
        compressed = accepts_gzip(request.headers.get(hdrs.ACCEPT_ENCODING, ""))
        if compressed:
            headers[hdrs.CONTENT_ENCODING] = "gzip"
        body = await self._soon(answers.get(form, compressed=compressed))
        return await self._readers.send(request, body, headers)

    async def _soon(self, made: Awaitable[Result]) -> Result:
        try:
            async with asyncio.timeout(STILL_SECONDS):
                return await made
        except TimeoutError as error:
            text = f"the worker was too busy for {STILL_SECONDS:g} s to answer this; ask again later\n"
            raise web.HTTPServiceUnavailable(text=text) from error

    def _look_at(self, windows: Collection[str] = (), *, days: bool = False) -> Callable[[], Awaitable[Look]]:
        def look() -> Look:
            view = self._worker.view()
            view.detach(windows, days=days)
            return Look(view, self._worker.vitals())

        return lambda: self._on_loop(look)

    def _look_for(self, kind: Kind, resource: Resource) -> Callable[[], Awaitable[Any]]:
        def look() -> Any:  # noqa: ANN401 - what the kind makes of its own entities
            view = self._worker.view()
            desks = view.desks(kind.name)
            found = resource.look(desks, view)
            view.detach()
            return found

        return lambda: self._on_loop(look)


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether a request's header ``Accept-Encoding`` names gzip, and does not rule it out by a quality of zero."""
    for accepted in accept_encoding.lower().split(","):
        coding, _, quality = accepted.partition(";")
        if coding.strip() == "gzip":
            return quality.replace(" ", "").rstrip("0.") != "q="
    return False


def _numbers(look: Look, parts: bool) -> bytes:  # noqa: FBT001 - the form of an answer
    return _dumped(final_numbers(look.view, parts=parts))


def _days(look: Look, _form: None) -> bytes:
    return _dumped(daily_numbers(look.view))


def _content_of(resource: Resource) -> Callable[[Any, Any], bytes]:
    return lambda look, form: _dumped(resource.content(look, form))


def _json(content: dict[str, Any], status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    return web.Response(body=_dumped(content), content_type=_JSON, status=status)


def _dumped(content: dict[str, Any]) -> bytes:
    return orjson.dumps(content, option=orjson.OPT_INDENT_2)
