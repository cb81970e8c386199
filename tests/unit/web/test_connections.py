from __future__ import annotations

import asyncio
import gc
import os
import resource
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest

from stream.settings.web import WebSettings
from stream.web import listener
from stream.web.connections import SPARE, most_connections
from stream.web.server import WebServer
from tests.unit.web.raw_http import RawClient, connected
from tests.unit.web.served_worker import LongMetrics, ServedWorker

LONG = 1_000
CLOSED_FOR_A_NEW_ONE = "All 2 connections of the web port were taken: closed the one idle longest"


@asynccontextmanager
async def serving(**settings: float) -> AsyncIterator[WebServer]:
    """A server whose connections wait for as long as they like, unless told otherwise."""
    patient = {"header_seconds": LONG, "idle_seconds": LONG, "port": 0, **settings}
    server = WebServer(WebSettings.model_validate(patient), ServedWorker(), [LongMetrics()])
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@asynccontextmanager
async def clients(server: WebServer, number: int) -> AsyncIterator[list[RawClient]]:
    """Clients that have connected, one after the other."""
    made = [await connected(server) for _ in range(number)]
    try:
        yield made
    finally:
        for client in made:
            client.close()


async def status_of(server: WebServer, path: str) -> int:
    """The status of an answer on a new connection."""
    client = await connected(server)
    await client.ask(path, "Connection: close")
    head = await client.receive_all()
    client.close()
    return int(head.split()[1])


class TestTimeOuts:
    async def test_a_connection_that_asks_for_nothing_is_closed(self) -> None:
        async with serving(header_seconds=0.1) as server, clients(server, 1) as (idle,):
            assert await idle.receive() == b""

    async def test_a_connection_that_never_ends_its_header_is_closed(self) -> None:
        async with serving(header_seconds=0.5) as server, clients(server, 1) as (slow,):
            await slow.send(b"GET /livez HTTP/1.1\r\n")
            closed = asyncio.create_task(slow.receive())
            while not closed.done():
                await asyncio.sleep(0.05)
                try:
                    await slow.send(b"X-More: and more\r\n")
                except ConnectionError:
                    break

            assert await closed == b""

    async def test_a_connection_that_was_answered_may_wait_longer_for_its_next_request(self) -> None:
        async with serving(header_seconds=0.1) as server, clients(server, 2) as (answered, idle):
            await answered.ask("/livez")
            await answered.receive_until(b"live\n")
            assert await idle.receive() == b""

            await answered.ask("/livez")
            assert await answered.receive_until(b"live\n")

    async def test_a_connection_that_was_answered_and_asks_for_nothing_more_is_closed(self) -> None:
        async with serving(idle_seconds=0.1) as server, clients(server, 1) as (answered,):
            await answered.ask("/livez")
            assert b"live\n" in await answered.receive_until(b"live\n")
            assert await answered.receive() == b""


class TestLimit:
    async def test_the_connection_that_has_waited_longest_is_closed_for_a_new_one(self) -> None:
        async with serving(connections=3) as server, clients(server, 4) as (oldest, *others):
            assert await oldest.receive() == b""
            for client in others:
                await client.ask("/livez")
                assert b"live\n" in await client.receive_until(b"live\n")

    async def test_however_many_connections_wait_probes_are_answered(self) -> None:
        async with serving(connections=5) as server, clients(server, 100):
            assert await status_of(server, "/livez") == 200
            assert await status_of(server, "/api/v1/worker") == 200
            assert server._site is not None
            assert len(server._site._connections) <= 5 + SPARE

    async def test_when_all_are_being_answered_only_probes_are(self) -> None:
        async with serving(connections=2) as server, clients(server, 2) as readers:
            for reader in readers:
                await reader.ask("/metrics")
                await reader.receive(1)

            assert await status_of(server, "/livez") == 200
            assert await status_of(server, "/readyz") == 200
            assert await status_of(server, "/api/v1/worker") == 503

    async def test_connections_beyond_the_limit_that_ask_for_nothing_keep_no_probe_out(self) -> None:
        async with serving(connections=1) as server, clients(server, 1) as (reader,):
            await reader.ask("/metrics")
            await reader.receive(1)
            async with clients(server, 2 * SPARE):
                assert await status_of(server, "/livez") == 200

    async def test_the_log_tells_of_it_once_a_minute(self, caplog: pytest.LogCaptureFixture) -> None:
        async with serving(connections=2) as server, clients(server, 50):
            await status_of(server, "/livez")

        assert [text for text in caplog.messages if "connections of the web port" in text] == [
            f"{CLOSED_FOR_A_NEW_ONE} (1 times since this was logged last)"
        ]


class TestFiles:
    @pytest.mark.parametrize(
        "wanted, files, most", [(100, 1_024, 100), (100, 200, 100), (100, 64, 32), (100, 1, 1), (5, -1, 5)]
    )
    def test_connections_take_no_more_than_half_of_the_files_that_may_be_open(
        self, wanted: int, files: int, most: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(resource, "getrlimit", lambda _: (files, files))

        assert most_connections(wanted) == most
        assert bool(caplog.messages) == (most < wanted)

    async def test_when_no_file_is_left_a_connection_that_waits_is_given_up_for_a_new_one(self) -> None:
        async with serving() as server, clients(server, 3) as accepted:
            for client in accepted:
                await client.ask("/livez")
                await client.receive_until(b"live\n")
            oldest, fresh = accepted[0], RawClient()
            with no_file_left():
                await fresh.connect(server)
                await fresh.ask("/livez")
                assert await oldest.receive() == b""
                assert b"live\n" in await fresh.receive_until(b"live\n")
            fresh.close()

    async def test_when_no_file_is_left_the_log_tells_of_it_once_a_minute(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(listener, "_RETRY_SECONDS", 0.01)
        async with serving() as server:
            fresh = RawClient()
            with no_file_left():
                await fresh.connect(server)
                await asyncio.sleep(0.3)
            await fresh.ask("/livez")
            assert b"live\n" in await fresh.receive_until(b"live\n")
            fresh.close()

        assert caplog.messages == [
            "Cannot accept a connection on the web port: Too many open files (1 times since this was logged last)"
        ]

    async def test_when_no_file_is_left_and_nothing_can_be_given_up_it_is_tried_again_after_a_while(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(listener, "_RETRY_SECONDS", LONG)
        tries: list[str] = []
        async with serving() as server:
            assert server._site is not None
            monkeypatch.setattr(server._site._listener, "_warn", tries.append)
            fresh = RawClient()
            with no_file_left():
                await fresh.connect(server)
                await asyncio.sleep(0.3)
            fresh.close()

        assert len(tries) == 1


class TestGarbage:
    @pytest.fixture(autouse=True)
    def no_collection(self) -> Iterator[None]:
        """Let nothing be found but what goes by itself."""
        gc.collect()
        gc.disable()
        yield
        gc.enable()

    @pytest.mark.parametrize("path", ["/livez", "/api/v1/metrics", "/api/v1/worker"])
    async def test_a_connection_that_was_answered_leaves_nothing_to_the_garbage_collector(self, path: str) -> None:
        async with serving() as server:
            before = transports()
            for _ in range(3):
                assert await status_of(server, path)
            assert await left(before)

    async def test_a_connection_that_was_closed_for_a_new_one_leaves_nothing_to_the_garbage_collector(self) -> None:
        async with serving(connections=1) as server:
            before = transports()
            async with clients(server, 5) as accepted:
                assert [await client.receive() for client in accepted[:4]] == [b""] * 4
            assert await left(before)


def transports() -> int:
    """How many transports of connections are in memory."""
    return sum(type(found).__name__ == "_SelectorSocketTransport" for found in gc.get_objects())


async def left(number: int) -> bool:
    """Whether no more than so many transports are left soon."""
    for _ in range(100):
        if transports() <= number:
            return True
        await asyncio.sleep(0.05)
    return False


@contextmanager
def no_file_left() -> Iterator[None]:
    """Let this process open no more files."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest_free = os.dup(0)
    os.close(lowest_free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
