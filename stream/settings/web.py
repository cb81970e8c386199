"""The settings of the web port."""

from __future__ import annotations

import re
from ipaddress import ip_address
from pathlib import Path
from typing import Self

from pydantic import Field, PrivateAttr, SecretStr, model_validator

from stream.settings.secret import read_secret
from stream.settings.section import Seconds, Section

_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{16,}=*", re.ASCII)


class WebSettings(Section):
    """Where the numbers are served."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(6066, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    token: SecretStr | None = Field(
        None,
        description="What callers must send as `Authorization: Bearer …`, except to `/livez`, `/readyz` and `/metrics`."
        " Required if `web.host` is not a loopback address.",
    )
    token_file: Path | None = Field(None, description="A file that holds the token, instead of `token`.")
    metrics_token: SecretStr | None = Field(
        None, description="What Prometheus must send for `/metrics`. Default: nothing. `token` is accepted too."
    )
    metrics_token_file: Path | None = Field(
        None, description="A file that holds the token for `/metrics`, instead of `metrics_token`."
    )
    connections: int = Field(
        100,
        ge=1,
        description="Most connections at once, and never more than half of the files that the process may open. Beyond"
        " it the one that has waited longest for a request is closed; if none waits, only probes are answered.",
    )
    header_seconds: Seconds = Field(
        10, description="A connection that has not sent its first request after this time is closed."
    )
    idle_seconds: Seconds = Field(
        75, description="A connection that has not sent another request after this time is closed."
    )
    write_seconds: Seconds = Field(60, description="A client that has not read an answer after this time is cut off.")
    _token: SecretStr | None = PrivateAttr(None)
    _metrics_token: SecretStr | None = PrivateAttr(None)

    @property
    def bearer_token(self) -> SecretStr | None:
        """The token for all but the open addresses, from the settings or its file; ``None`` if all are open."""
        return self._token

    @property
    def bearer_metrics_token(self) -> SecretStr | None:
        """The token for ``/metrics``, from the settings or its file; ``None`` if that is open."""
        return self._metrics_token

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the port."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def url(self) -> str:
        """Where callers on this machine find the port, which is that of the settings."""
        return url_of(self.host, self.port)

    @model_validator(mode="after")
    def _read_tokens(self) -> Self:
        self._token = _read_token("web.token", self.token, self.token_file)
        self._metrics_token = _read_token("web.metrics_token", self.metrics_token, self.metrics_token_file)
        return self


def url_of(host: str, port: int) -> str:
    """The base of all URLs of a host and port."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _read_token(key: str, value: SecretStr | None, file: Path | None) -> SecretStr | None:
    token = read_secret(key, value, file)
    if token is not None and not _TOKEN.fullmatch(token.get_secret_value()):
        raise ValueError(
            f"{key}: must be at least 16 letters, digits or any of ._~+/-, such as `openssl rand -hex 32` makes"
        )
    return token
