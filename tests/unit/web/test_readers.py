from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from stream.settings.web import WebSettings
from stream.web import readers
from stream.web.pages import accepts_gzip
from stream.web.server import WebServer
from tests.unit.web.raw_http import RawClient, connected
from tests.unit.web.served_worker import LONG_BYTES, LongMetrics, ServedWorker

MOST_BYTES_A_READER = 1_000_000


@asynccontextmanager
async def serving(**settings: float) -> AsyncIterator[WebServer]:
    """A server whose scrapes are long."""
    server = WebServer(WebSettings.model_validate({"port": 0, **settings}), ServedWorker(), [LongMetrics()])
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


async def slow_reader(server: WebServer) -> RawClient:
    """One who asks for a scrape and reads no more of it than its first byte."""
    client = await connected(server)
    await client.ask("/metrics")
    await client.receive(1)
    return client


def waiting_to_be_read(server: WebServer) -> list[int]:
    """How many bytes the server keeps for each connection until they are read."""
    assert server._site is not None
    made = [connection.transport for connection in tuple(server._site._connections._open)]
    return [transport.get_write_buffer_size() for transport in made if transport is not None]


async def comes_to(server: WebServer, clients: list[RawClient]) -> bool:
    """Whether in the end just these clients are left with a connection."""
    assert server._site is not None
    wanted = {client.socket.getsockname() for client in clients}
    for _ in range(400):
        made = [connection.transport for connection in tuple(server._site._connections._open)]
        if {transport.get_extra_info("peername") for transport in made if transport is not None} == wanted:
            return True
        await asyncio.sleep(0.05)
    return False


async def test_slow_readers_hold_no_copies_of_the_answer() -> None:
    async with serving() as server:
        slow = [await slow_reader(server) for _ in range(4)]

        kept = waiting_to_be_read(server)
        assert len(kept) == len(slow)
        assert max(kept) < MOST_BYTES_A_READER

        for client in slow:
            client.close()


async def test_a_reader_who_is_too_slow_is_cut_off_and_the_log_tells_of_it(caplog: pytest.LogCaptureFixture) -> None:
    async with serving(write_seconds=0.2) as server:
        slow = await slow_reader(server)
        assert await comes_to(server, [])
        slow.close()

    assert caplog.messages == [
        "Cut off a reader of the web port that was too slow (1 times since this was logged last)"
    ]


async def test_readers_of_old_answers_are_cut_off_when_too_many_answers_are_being_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(readers, "MOST_ANSWERS", 2)
    async with serving() as server:
        slow = [await slow_reader(server) for _ in range(3)]

        assert await comes_to(server, slow[1:])

        for client in slow:
            client.close()


async def test_a_long_answer_comes_whole_and_packed_if_that_is_wanted() -> None:
    async with serving() as server:
        plain, packed = RawClient(narrow=False), RawClient(narrow=False)
        for client, coding in ((plain, "identity"), (packed, "gzip")):
            await client.connect(server)
            await client.ask("/metrics", f"Accept-Encoding: {coding}", "Connection: close")
        (_, text), (head, compressed) = [
            (await client.receive_all()).split(b"\r\n\r\n", 1) for client in (plain, packed)
        ]
        for client in (plain, packed):
            client.close()

    assert len(text) > LONG_BYTES
    assert b"Content-Encoding: gzip" in head
    assert stable(gzip.decompress(compressed)) == stable(text)


def stable(text: bytes) -> list[bytes]:
    """The lines of a scrape, but for what it took to make it."""
    return [line for line in text.splitlines() if b"collect_duration" not in line]


@pytest.mark.parametrize(
    "header, accepted",
    [
        ("", False),
        ("identity", False),
        ("gzip", True),
        ("deflate, GZIP;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("gzip;q=1.0", True),
        ("x-gzip-like", False),
    ],
)
def test_gzip_is_sent_to_who_accepts_it(header: str, *, accepted: bool) -> None:
    assert accepts_gzip(header) is accepted
