from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import orjson
import pytest
from aiohttp import ClientSession

from stream.cli.snapshot import TokenRefusedError, fetch
from stream.settings.loading import SettingsError, load_settings
from stream.settings.web import WebSettings
from stream.web.access import METRICS_PATH, OPEN_PATHS, ExposedPortError
from stream.web.server import WebServer
from tests.unit.web.served_worker import ServedWorker

TOKEN = "0123456789abcdef0123456789abcdef"  # noqa: S105 - of a server that lives as long as its test
SCRAPE_TOKEN = "fedcba9876543210fedcba9876543210"  # noqa: S105 - as TOKEN


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith("DESKPULSE_") or name in {"BROKER_URL", "WEB_PORT"}:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def new_server(**settings: object) -> WebServer:
    return WebServer(WebSettings.model_validate({"port": 0, **settings}), ServedWorker())


@asynccontextmanager
async def serving(**settings: object) -> AsyncIterator[WebServer]:
    server = new_server(**settings)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


async def status_of(url: str, authorization: str | None = None) -> int:
    headers = {} if authorization is None else {"Authorization": authorization}
    async with ClientSession() as session, session.get(url, headers=headers) as response:
        return response.status


def paths_of(server: WebServer) -> set[str]:
    """All that the server has a route for, taken from the server itself, so that none can be forgotten."""
    paths = {route.path for route in server._routes}
    assert {"/", METRICS_PATH, "/api/v1/comments"} | OPEN_PATHS <= paths
    return paths


class TestToken:
    async def test_without_one_on_the_loopback_everything_is_open(self) -> None:
        async with serving() as server:
            for path in paths_of(server):
                assert await status_of(server.address + path) == 200, path

    async def test_with_one_every_route_but_the_named_ones_wants_it(self) -> None:
        async with serving(token=TOKEN) as server:
            for path in paths_of(server) - OPEN_PATHS - {METRICS_PATH}:
                assert await status_of(server.address + path) == 401, path
                assert await status_of(server.address + path, f"Bearer {TOKEN}") == 200, path
            for path in OPEN_PATHS | {METRICS_PATH}:
                assert await status_of(server.address + path) == 200, path

    async def test_with_one_for_metrics_only_the_probes_are_open(self) -> None:
        async with serving(token=TOKEN, metrics_token=SCRAPE_TOKEN) as server:
            for path in paths_of(server) - OPEN_PATHS:
                assert await status_of(server.address + path) == 401, path
                assert await status_of(server.address + path, f"Bearer {TOKEN}") == 200, path
            for path in OPEN_PATHS:
                assert await status_of(server.address + path) == 200, path

    async def test_the_one_for_metrics_opens_nothing_else(self) -> None:
        async with serving(token=TOKEN, metrics_token=SCRAPE_TOKEN) as server:
            assert await status_of(server.address + METRICS_PATH, f"Bearer {SCRAPE_TOKEN}") == 200
            for path in paths_of(server) - OPEN_PATHS - {METRICS_PATH}:
                assert await status_of(server.address + path, f"Bearer {SCRAPE_TOKEN}") == 401, path

    async def test_what_does_not_exist_is_not_told_from_what_does(self) -> None:
        async with serving(token=TOKEN) as server:
            assert await status_of(server.address + "/api/v1/nothing") == 401
            assert await status_of(server.address + "/livez/../api/v1/comments") == 401
            assert await status_of(server.address + "/api/v1/nothing", f"Bearer {TOKEN}") == 404

    @pytest.mark.parametrize("method", ["HEAD", "POST", "OPTIONS", "DELETE", "PATCH"])
    async def test_no_method_gets_past_it(self, method: str) -> None:
        async with (
            serving(token=TOKEN) as server,
            ClientSession() as session,
            session.request(method, server.address + "/api/v1/comments") as response,
        ):
            assert response.status == 401

    @pytest.mark.parametrize(
        "authorization",
        [
            "",
            "Bearer",
            "Bearer ",
            f"Bearer {TOKEN[:-1]}",
            f"Bearer {TOKEN}0",
            f"Bearer {TOKEN.upper()}",
            f"Basic {TOKEN}",
            TOKEN,
            "Bearer \u00e9\u00e9\u00e9\u00e9",
        ],
    )
    async def test_anything_but_the_token_is_refused(self, authorization: str) -> None:
        async with serving(token=TOKEN) as server:
            assert await status_of(server.address + "/api/v1/metrics", authorization) == 401

    async def test_the_scheme_may_be_written_in_any_case(self) -> None:
        async with serving(token=TOKEN) as server:
            assert await status_of(server.address + "/api/v1/metrics", f"bearer {TOKEN}") == 200

    async def test_a_refusal_says_what_is_wanted(self) -> None:
        async with serving(token=TOKEN) as server, ClientSession() as session:
            async with session.get(server.address + "/api/v1/metrics") as response:
                assert response.headers["WWW-Authenticate"] == 'Bearer realm="deskpulse"'
                assert "Authorization: Bearer" in (await response.json())["error"]
            async with session.get(server.address + "/") as response:
                assert response.headers["WWW-Authenticate"] == 'Bearer realm="deskpulse"'
                assert (await response.text()).count("\n") == 1


async def snapshot() -> tuple[int | None, str, str]:
    """Exit status and what ``deskpulse snapshot --json`` prints, on standard output and error."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "stream", "snapshot", "--json"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, refused = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode, printed.decode(), refused.decode()


class TestExposure:
    @pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.0.2.7", "helpdesk.example.com"])  # noqa: S104 - refused
    async def test_an_open_address_without_a_token_is_refused(self, host: str) -> None:
        with pytest.raises(ExposedPortError, match=r"^web\.host = .* set web\.token, .* or web\.token_file"):
            await new_server(host=host, metrics_token=SCRAPE_TOKEN).start()

    @pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
    def test_a_loopback_address_needs_none(self, host: str) -> None:
        assert WebSettings(host=host).is_loopback

    async def test_on_an_open_address_strangers_are_refused(self) -> None:
        async with serving(host="0.0.0.0", token=TOKEN) as server:  # noqa: S104 - with a token
            base = f"http://{own_address()}:{server.port}"
            for path in paths_of(server) - OPEN_PATHS - {METRICS_PATH}:
                assert await status_of(base + path) == 401, path
            assert await status_of(base + "/readyz") == 200
            assert await status_of(base + "/api/v1/comments", f"Bearer {TOKEN}") == 200


def own_address() -> str:
    """An address of this machine that is not the loopback's."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        # Nothing is sent: it only makes the system choose the interface towards an address for documentation.
        probe.connect(("192.0.2.1", 9))
        address: str = probe.getsockname()[0]
    assert not address.startswith("127.")
    return address


class TestHeaders:
    @pytest.mark.parametrize("path", ["/", "/livez", "/metrics", "/api/v1/comments", "/nothing"])
    @pytest.mark.parametrize("token", [None, TOKEN])
    async def test_browsers_are_told_to_keep_guess_and_embed_nothing(self, path: str, token: str | None) -> None:
        async with (
            serving(token=token) as server,
            ClientSession() as session,
            session.get(server.address + path) as response,
        ):
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["Cache-Control"] == "no-store"
            assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
            assert response.headers["Server"] == "deskpulse"


class TestSettings:
    def test_tokens_come_from_files(self) -> None:
        Path("token").write_text(f"{TOKEN}\n", encoding="utf-8")
        Path("scrape").write_text(SCRAPE_TOKEN, encoding="utf-8")

        settings = load_settings(web={"token_file": "token", "metrics_token_file": "scrape"}).web
        assert settings.bearer_token is not None
        assert settings.bearer_token.get_secret_value() == TOKEN
        assert settings.bearer_metrics_token is not None
        assert settings.bearer_metrics_token.get_secret_value() == SCRAPE_TOKEN
        assert TOKEN not in repr(settings)

    @pytest.mark.parametrize("key", ["token", "metrics_token"])
    @pytest.mark.parametrize(
        "value", ["", "short", "with a space in the middle", "t\u00f6ken-t\u00f6ken-t\u00f6ken", f"{TOKEN}\n"]
    )
    def test_a_token_that_is_weak_or_fits_in_no_header_is_refused_and_not_shown(self, key: str, value: str) -> None:
        with pytest.raises(SettingsError, match=rf"^web\.{key}: [^\n]+$") as caught:
            load_settings(web={key: value})
        assert not value or value not in str(caught.value)


class TestAddress:
    async def test_the_server_answers_at_the_address_that_it_names(self) -> None:
        async with serving() as server:
            assert await status_of(server.address + "/livez") == 200
            assert server.address == WebSettings(port=server.port).url

    @pytest.mark.parametrize(
        "host, url",
        [("127.0.0.1", "http://127.0.0.1:6066"), ("::1", "http://[::1]:6066"), ("desk", "http://desk:6066")],
    )
    def test_an_address_is_written_as_a_url_wants_it(self, host: str, url: str) -> None:
        assert WebSettings(host=host).url == url


class TestSnapshot:
    async def test_the_command_sends_the_token_of_the_settings(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async with serving(token=TOKEN) as server:
            monkeypatch.setenv("DESKPULSE_WEB__PORT", str(server.port))
            status, _, refused = await snapshot()
            assert status == 1
            assert refused == (
                f"deskpulse: the worker at {server.address} requires a token; set web.token or web.token_file"
                " as it is set there\n"
            )
            monkeypatch.setenv("DESKPULSE_WEB__TOKEN", TOKEN)
            status, printed, _ = await snapshot()
            assert status == 0
            assert "windows" in orjson.loads(printed)

    async def test_it_sends_the_token(self) -> None:
        async with serving(token=TOKEN) as server:
            numbers = await asyncio.to_thread(fetch, server.address, "/api/v1/metrics", TOKEN)
        assert "windows" in numbers

    @pytest.mark.parametrize("token, words", [(None, "requires a token"), (SCRAPE_TOKEN, "does not know this token")])
    async def test_a_refusal_names_the_setting(self, token: str | None, words: str) -> None:
        async with serving(token=TOKEN) as server:
            with pytest.raises(TokenRefusedError, match=rf"{words}; set web\.token or web\.token_file") as caught:
                await asyncio.to_thread(fetch, server.address, "/api/v1/metrics", token)
        assert SCRAPE_TOKEN not in str(caught.value)
