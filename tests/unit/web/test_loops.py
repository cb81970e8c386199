"""The web port while the worker's loop is busy, and the worker's loop while the web port is."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from stream.metrics.final_numbers import final_numbers
from stream.metrics.view import WorkerView
from stream.settings.web import WebSettings
from stream.web import pages, pulse
from stream.web.server import WebServer
from tests.kinds.tickets import ticket
from tests.unit.web.raw_http import PATIENCE_SECONDS, connected
from tests.unit.web.served_worker import ServedWorker


class WatchedWorker(ServedWorker):
    """Notes which threads take a view of it."""

    threads: set[int]

    def view(self) -> WorkerView:
        self.threads.add(threading.get_ident())
        return super().view()


class Stuck(Collector):
    """A scrape that takes until it is let go."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.go = threading.Event()
        self.was_let_go = False

    def collect(self) -> Iterator[Metric]:
        """Nothing, in the end."""
        self.begun.set()
        self.was_let_go = self.go.wait(PATIENCE_SECONDS)
        return iter(())


@asynccontextmanager
async def serving(worker: ServedWorker, *others: Collector) -> AsyncIterator[WebServer]:
    server = WebServer(WebSettings(port=0), worker, others)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


class Asking(threading.Thread):
    """Asks for a path until its status is the wanted one."""

    def __init__(self, url: str, wanted: int) -> None:
        super().__init__(daemon=True)
        self._url = url
        self._wanted = wanted
        self.met = threading.Event()

    def run(self) -> None:
        """Ask."""
        while not self.met.is_set():
            try:
                with urlopen(self._url, timeout=PATIENCE_SECONDS) as response:  # noqa: S310 - our own server
                    status = response.status
            except HTTPError as error:
                with error:
                    status = error.code
            if status == self._wanted:
                self.met.set()


async def test_the_worker_is_live_although_its_loop_is_busy_for_a_while() -> None:
    async with serving(ServedWorker()) as server:
        asking = Asking(f"{server.address}/livez", 200)
        asking.start()

        # Not a pause: the loop stands still until the answer is there.
        assert asking.met.wait(PATIENCE_SECONDS)


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
async def test_the_worker_is_not_live_when_its_loop_stands_still_for_too_long(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulse, "STILL_SECONDS", 1.0)
    async with serving(ServedWorker()) as server:
        hung = Asking(server.address + path, 503)
        hung.start()
        assert hung.met.wait(PATIENCE_SECONDS)

        recovered = Asking(server.address + path, 200)
        recovered.start()
        assert await asyncio.to_thread(recovered.met.wait, PATIENCE_SECONDS)


async def test_a_scrape_that_takes_long_holds_up_neither_the_worker_nor_the_probes() -> None:
    stuck = Stuck()
    async with serving(ServedWorker(), stuck) as server:
        scraper, prober = await connected(server), await connected(server)
        await scraper.ask("/metrics")
        assert await asyncio.to_thread(stuck.begun.wait, PATIENCE_SECONDS)

        await prober.ask("/livez")
        assert b"live\n" in await prober.receive_until(b"live\n")
        stuck.go.set()
        assert b"200 OK" in await scraper.receive_until(b"helpdesk_build_info")
        scraper.close()
        prober.close()

    assert stuck.was_let_go


@pytest.mark.parametrize(
    "path",
    ["/metrics", "/api/v1/metrics", "/api/v1/metrics?parts=true", "/api/v1/days", "/api/v1/comments", "/api/v1/sla"],
)
async def test_the_state_is_looked_at_on_the_workers_own_loop(path: str) -> None:
    worker = WatchedWorker()
    worker.threads = set()
    async with serving(worker) as server:
        client = await connected(server)
        await client.ask(path, "Connection: close")
        assert b"200 OK" in await client.receive_all()
        client.close()

    assert worker.threads == {threading.get_ident()}


@pytest.mark.parametrize(
    "path", ["/api/v1/metrics", "/api/v1/metrics?parts=true", "/api/v1/days", "/api/v1/comments", "/api/v1/sla"]
)
async def test_long_answers_are_made_in_a_thread_that_holds_nothing_up(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: set[str] = set()
    dumped = pages._dumped

    def noting(content: dict[str, Any]) -> bytes:
        threads.add(threading.current_thread().name)
        return dumped(content)

    monkeypatch.setattr(pages, "_dumped", noting)
    async with serving(ServedWorker()) as server:
        client = await connected(server)
        await client.ask(path, "Connection: close")
        assert b"200 OK" in await client.receive_all()
        client.close()

    assert threads == {"web-answers_0"}


async def test_an_answer_is_of_the_moment_of_the_look_whatever_the_worker_takes_in_while_it_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, go = threading.Event(), threading.Event()

    def slowly(view: WorkerView, *, parts: bool) -> dict[str, Any]:
        begun.set()
        assert go.wait(PATIENCE_SECONDS)
        return final_numbers(view, parts=parts)

    monkeypatch.setattr(pages, "final_numbers", slowly)
    served = ServedWorker()
    served.worker.take(ticket("opened", 0))
    async with serving(served) as server:
        client = await connected(server)
        await client.ask("/api/v1/metrics", "Connection: close")
        assert await asyncio.to_thread(begun.wait, PATIENCE_SECONDS)
        served.worker.take(ticket("opened", 1, "T-2"))
        go.set()
        body = (await client.receive_all()).partition(b"\r\n\r\n")[2]
        client.close()

    assert json.loads(body)["windows"]["lifetime"]["tickets_opened"] == 1
