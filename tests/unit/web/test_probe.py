from __future__ import annotations

import asyncio

import pytest

from stream.feeds.loopback import ReservedPort
from stream.settings.web import WebSettings
from stream.web.probe import main
from stream.web.server import WebServer
from tests.unit.web.served_worker import ServedWorker


async def asked(port: int, *arguments: str, variable: str = "DESKPULSE_WEB__PORT") -> int:
    return await asyncio.to_thread(main, arguments, {variable: str(port)})


@pytest.mark.parametrize("variable", ["DESKPULSE_WEB__PORT", "WEB_PORT"])
async def test_a_worker_that_is_ready_passes(variable: str, capsys: pytest.CaptureFixture[str]) -> None:
    server = WebServer(WebSettings(port=0), ServedWorker())
    await server.start()
    try:
        assert await asked(server.port, variable=variable) == 0
        assert capsys.readouterr().out == "ready\n"
    finally:
        await server.stop()


async def test_one_that_is_not_ready_fails_and_says_why_but_lives(capsys: pytest.CaptureFixture[str]) -> None:
    server = WebServer(WebSettings(port=0), ServedWorker())
    server.stopping = True
    await server.start()
    try:
        assert await asked(server.port) == 1
        assert capsys.readouterr().out == "not ready: partitions are being restored\n"
        assert await asked(server.port, "/livez") == 0
    finally:
        await server.stop()


async def test_where_nothing_listens_it_fails_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    port = ReservedPort()
    try:
        assert await asked(port.number) == 1
        assert capsys.readouterr().out.startswith(f"no answer on port {port.number}: ")
    finally:
        port.release()


def test_a_port_that_is_none_fails_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], {"DESKPULSE_WEB__PORT": "http"}) == 1
    assert capsys.readouterr().out.startswith("no answer on port http: ")
