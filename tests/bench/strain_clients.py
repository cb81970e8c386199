"""Those who strain the web port, and one who feels its pulse, each in a process of its own.

``python -m tests.bench.strain_clients probe|crowd URL SECONDS`` prints a JSON object at its end.
"""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

import msgspec

from tests.bench.scrape import series_in

IDLE_CONNECTIONS: Final = 900
SCRAPERS: Final = 20

_IDLE_EVERY_SECONDS: Final = 0.002
_PROBE_EVERY_SECONDS: Final = 0.02
_PROBE_SECONDS: Final = 5.0
_SCRAPE_SECONDS: Final = 60.0
_LIVE: Final = b"live\n"


class Probes(msgspec.Struct):
    """How long ``/livez`` took each time, in seconds, and how often it did not say that the worker lives."""

    seconds: list[float] = []
    failures: int = 0


class Crowd(msgspec.Struct):
    """How many connections were opened and not used, how long each scrape took and how many failed."""

    opened: int = 0
    scrape_seconds: list[float] = []
    failures: int = 0
    series: int = 0


async def get(url: str, path: str, limit_seconds: float) -> bytes:
    """The body of an answer on a connection of its own, as a probe asks. Raises ``OSError`` if it is not a 200."""
    address = urlsplit(url)
    async with asyncio.timeout(limit_seconds):
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        try:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\nConnection: close\r\n\r\n".encode())
            head, _, body = (await reader.read(-1)).partition(b"\r\n\r\n")
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
    if not head.startswith(b"HTTP/1.1 200 "):
        raise OSError(head[:100])
    return body


async def probe(url: str, seconds: float) -> Probes:
    """Ask for ``/livez`` again and again."""
    probes = Probes()
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        began = time.monotonic()
        try:
            probes.failures += await get(url, "/livez", _PROBE_SECONDS) != _LIVE
        except OSError:
            probes.failures += 1
        probes.seconds.append(time.monotonic() - began)
        await asyncio.sleep(_PROBE_EVERY_SECONDS)
    return probes


async def crowd(url: str, seconds: float) -> Crowd:
    """Open connections that ask for nothing, and scrape with many at once, one burst after the other."""
    met = Crowd()
    address = urlsplit(url)
    ends_at = time.monotonic() + seconds
    idle: list[socket.socket] = []
    opening = asyncio.create_task(_open_idle((str(address.hostname), address.port or 0), idle))
    try:
        while time.monotonic() < ends_at:
            await asyncio.gather(*(_scrape(url, met) for _ in range(SCRAPERS)))
    finally:
        opening.cancel()
        met.opened = len(idle)
        for connection in idle:
            connection.close()
    return met


async def _open_idle(address: tuple[str, int], idle: list[socket.socket]) -> None:
    while len(idle) < IDLE_CONNECTIONS:
        connection = socket.socket()
        connection.setblocking(False)
        idle.append(connection)
        # The backlog may be full; the system goes on trying, which is strain enough.
        with suppress(BlockingIOError):
            connection.connect(address)
        await asyncio.sleep(_IDLE_EVERY_SECONDS)


async def _scrape(url: str, met: Crowd) -> None:
    began = time.monotonic()
    try:
        text = await get(url, "/metrics", _SCRAPE_SECONDS)
    except OSError:
        met.failures += 1
    else:
        met.scrape_seconds.append(time.monotonic() - began)
        # Counting takes long enough to strain the machine instead of the worker.
        met.series = met.series or series_in(text)


def main(arguments: Sequence[str]) -> None:
    """Do what the arguments say."""
    role, url, seconds = arguments
    met = asyncio.run((probe if role == "probe" else crowd)(url, float(seconds)))
    print(msgspec.json.encode(met).decode())


if __name__ == "__main__":
    main(sys.argv[1:])
