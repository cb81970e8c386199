"""``deskpulse snapshot``: a worker's final numbers as a table for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from http import HTTPStatus
from http.client import HTTPException
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import orjson
from rich.console import Console, Group
from rich.markup import escape
from rich.table import Table

from stream.desks.kinds import KINDS
from stream.metrics.view import WINDOW_NAMES
from stream.state.kind import Kind
from stream.state.presentation import Numbers
from stream.windows.clock import WallClock
from stream.windows.sliding import LIFETIME

DEFAULT_WINDOWS: Final = tuple(name for name in WINDOW_NAMES if name != LIFETIME)

_TIMEOUT_SECONDS: Final = 10
_WIDTH: Final = 150


class WorkerUnreachableError(Exception):
    """No worker answers at the address."""


class TokenRefusedError(WorkerUnreachableError):
    """The worker wants another token, or one at all."""


class UnknownTicketError(Exception):
    """The worker knows nothing of a ticket."""


class UnknownWindowError(Exception):
    """A window that does not exist."""


def fetch(
    url: str, path: str = "/api/v1/metrics", token: str | None = None, timeout: float = _TIMEOUT_SECONDS
) -> dict[str, Any]:
    """What the worker at ``url`` serves as JSON, by default its final numbers.

    ``token`` has to be given if one is set there. An answer is waited for ``timeout`` seconds.
    Raises ``WorkerUnreachableError``, of which ``TokenRefusedError`` is one, and ``UnknownTicketError``.
    """
    try:
        request = Request(url + path)  # noqa: S310 - the user's own address
        if token is not None:
            request.add_unredirected_header("Authorization", f"Bearer {token}")
        with urlopen(request, timeout=timeout) as response:  # noqa: S310 - the user's own address
            numbers: dict[str, Any] = orjson.loads(response.read())
    except HTTPError as error:
        with error:
            if error.code == HTTPStatus.UNAUTHORIZED:
                problem = "requires a token" if token is None else "does not know this token"
                message = f"the worker at {url} {problem}; set web.token or web.token_file as it is set there"
                raise TokenRefusedError(message) from error
            if error.code == HTTPStatus.NOT_FOUND and "ticket=" in path:
                message = f"the worker at {url} knows no such ticket"
                raise UnknownTicketError(message) from error
            message = f"no worker answers at {url} ({error}); start one with `deskpulse worker`, or give its --url"
            raise WorkerUnreachableError(message) from error
    except (URLError, OSError, ValueError, HTTPException) as error:
        message = f"no worker answers at {url} ({error}); start one with `deskpulse worker`, or give its --url"
        raise WorkerUnreachableError(message) from error
    return numbers


def windows_named(name: str | None) -> Sequence[str]:
    """The windows to show. Raises ``UnknownWindowError``."""
    if name is None:
        return DEFAULT_WINDOWS
    if name not in WINDOW_NAMES:
        message = f"there is no window {name!r}; take one of {', '.join(WINDOW_NAMES)}"
        raise UnknownWindowError(message)
    return (name,)


def with_lifetime(numbers: Numbers, windows: Sequence[str]) -> Sequence[str]:
    """The windows, and the lifetime too if it alone has anything to show."""
    content = numbers["windows"]
    if not any(_has_content(content[window]) for window in windows) and _has_content(content[LIFETIME]):
        return (*windows, LIFETIME)
    return windows


def reason_for_lifetime(numbers: Numbers) -> str:
    """Why all windows are empty while the lifetime is not, and what would fill them."""
    said = f"all windows are empty: whatever was counted happened more than 30 days before {numbers['now']}"
    if numbers["clock"] == WallClock.name:
        said += '; with clock.mode = "event" the worker\'s windows end at the last event, and not now'
    return said


def _has_content(numbers: Any) -> bool:  # noqa: ANN401 - JSON
    if isinstance(numbers, dict):
        return any(_has_content(value) for value in numbers.values())
    return bool(numbers)


def new_console() -> Console:
    """A console that folds nothing when what it prints goes to a file or a pipe."""
    console = Console()
    return console if console.is_terminal else Console(width=_WIDTH)


def table_of(numbers: Numbers, windows: Sequence[str]) -> Group:
    """The numbers as tables: one for the windows, one for each kind of the state now."""
    flows = Table(title=f"Customer service at {numbers['now']} ({numbers['clock']} clock)", title_justify="left")
    flows.add_column("metric", no_wrap=True)
    for window in windows:
        flows.add_column(window, justify="right")
    for section, rows in (item for kind in _served(numbers) for item in kind.rows.items()):
        flows.add_section()
        flows.add_row(f"[bold]{section}[/bold]")
        for name, cell in rows.items():
            flows.add_row(f"  {name}", *(escape(cell(numbers["windows"][window])) for window in windows))
    return Group(flows, *_state_tables(numbers))


def _served(numbers: Numbers) -> list[Kind]:
    """The kinds that the worker takes in, as far as its numbers tell."""
    known = numbers["windows"][LIFETIME].keys() | numbers["state"].keys()
    return [
        kind
        for kind in KINDS
        if {*kind.window_numbers({}), *(stock.name for stock in kind.stocks if not stock.windowed)} <= known
    ]


def _state_tables(numbers: Numbers) -> Iterator[Table]:
    for kind in _served(numbers):
        columns = kind.columns
        if columns:
            table = Table(title=f"{kind.name.capitalize()} now", title_justify="left")
            for name in columns:
                table.add_column(name, justify="right")
            table.add_row(*(escape(cell(numbers["state"])) for cell in columns.values()))
            yield table
