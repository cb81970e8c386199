"""Who may ask the web port for what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from hmac import compare_digest
from http import HTTPStatus
from typing import Final

import orjson
from aiohttp import hdrs, web
from pydantic import SecretStr

from stream.settings.web import WebSettings

OPEN_PATHS: Final = frozenset({"/livez", "/readyz"})
"""What needs no token: probes have none."""

METRICS_PATH: Final = "/metrics"

_SCHEME: Final = "bearer"
_API: Final = "/api/"

_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Server": "deskpulse",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class ExposedPortError(Exception):
    """The numbers and comments would be open to a network."""


def check_exposure(settings: WebSettings) -> None:
    """Raise ``ExposedPortError`` if others than this machine could ask, and no token is set."""
    if settings.bearer_token is None and not settings.is_loopback:
        raise ExposedPortError(
            f"web.host = {settings.host!r} is open to the network: set web.token, such as `openssl rand -hex 32` makes,"
            " or web.token_file; or set web.host to 127.0.0.1"
        )


class Gatekeeper:
    """Lets requests through that need no token or have the right one.

    Whatever is not known to be open needs the token, also what does not exist.
    """

    def __init__(self, settings: WebSettings) -> None:
        token, metrics_token = settings.bearer_token, settings.bearer_metrics_token
        self._tokens = _encoded(token)
        self._metrics_tokens = _encoded(metrics_token, token) if metrics_token is not None else ()

    @web.middleware
    async def admit(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer, or refuse with 401: a middleware for the application."""
        needed = self._needed(request)
        if needed and not _is_known(request.headers.get(hdrs.AUTHORIZATION, ""), needed):
            return _refusal(request)
        return await handler(request)

    def _needed(self, request: web.Request) -> tuple[bytes, ...]:
        resource = request.match_info.route.resource
        path = resource.canonical if resource is not None else None
        if path in OPEN_PATHS:
            return ()
        return self._metrics_tokens if path == METRICS_PATH else self._tokens


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Tell browsers to keep, guess and embed nothing: a signal handler for all responses."""
    response.headers.update(_HEADERS)


def _encoded(*tokens: SecretStr | None) -> tuple[bytes, ...]:
    return tuple(token.get_secret_value().encode() for token in tokens if token is not None)


def _is_known(header: str, tokens: tuple[bytes, ...]) -> bool:
    scheme, _, given = header.partition(" ")
    candidate = given.strip().encode(errors="surrogateescape")
    # All are compared, each in a time that tells nothing of where it differs.
    matches = [compare_digest(candidate, token) for token in tokens]
    return scheme.lower() == _SCHEME and any(matches)


def _refusal(request: web.Request) -> web.Response:
    headers = {hdrs.WWW_AUTHENTICATE: 'Bearer realm="deskpulse"'}
    text = "send the header `Authorization: Bearer <token>` with the token of this worker's settings"
    if request.path.startswith(_API):
        body = orjson.dumps({"error": text})
        return web.Response(body=body, content_type="application/json", status=HTTPStatus.UNAUTHORIZED, headers=headers)
    return web.Response(text=text + "\n", status=HTTPStatus.UNAUTHORIZED, headers=headers)
