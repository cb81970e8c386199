"""Asks the worker on this machine whether it is ready: a health check for containers, which have no curl.

``python -m stream.web.probe`` exits with 0 if the worker is ready, otherwise with 1 and a line that says why not.
``python -m stream.web.probe /livez`` asks only whether it lives.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import Final

_READY: Final = "/readyz"
_DEFAULT_PORT: Final = "6066"
_SECONDS: Final = 4.0


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Ask for the path that is given, by default whether the worker is ready; the exit status."""
    path = arguments[0] if arguments else _READY
    # Not from the settings: reading them takes a second, every few seconds.
    port = environment.get("DESKPULSE_WEB__PORT") or environment.get("WEB_PORT") or _DEFAULT_PORT
    try:
        with closing(HTTPConnection("127.0.0.1", int(port), timeout=_SECONDS)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace").strip()
    except (OSError, HTTPException, ValueError) as error:
        sys.stdout.write(f"no answer on port {port}: {error}\n")
        return 1
    sys.stdout.write(f"{text}\n")
    return 0 if answer.status == HTTPStatus.OK else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
