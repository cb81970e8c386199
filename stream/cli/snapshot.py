"""``deskpulse snapshot``: a worker's final numbers as a table for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from http.client import HTTPException
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import orjson
from rich.console import Console, Group
from rich.markup import escape
from rich.table import Table

from stream.metrics.view import WINDOW_NAMES
from stream.windows.clock import WallClock
from stream.windows.sliding import LIFETIME

Numbers = Mapping[str, Any]
Cell = Callable[[Numbers], str]

DEFAULT_WINDOWS: Final = tuple(name for name in WINDOW_NAMES if name != LIFETIME)

_TIMEOUT_SECONDS: Final = 10
_NOTHING: Final = "-"
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
    """What the worker at ``url`` serves as JSON, by default its final numbers, to who has the ``token`` if one is set.

    It is waited for ``timeout`` seconds.
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
                problem = "wants a token" if token is None else "does not know this token"
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
    """The numbers as tables: one for the windows, one for the state now."""
    flows = Table(title=f"Customer service at {numbers['now']} ({numbers['clock']} clock)", title_justify="left")
    flows.add_column("metric", no_wrap=True)
    for window in windows:
        flows.add_column(window, justify="right")
    for section, rows in _ROWS.items():
        flows.add_section()
        flows.add_row(f"[bold]{section}[/bold]")
        for name, cell in rows.items():
            flows.add_row(f"  {name}", *(cell(numbers["windows"][window]) for window in windows))
    return Group(flows, _state_table(numbers["state"]))


def _state_table(state: Numbers) -> Table:
    table = Table(title="Now", title_justify="left")
    for column in ("open tickets", "open cases", "backlog", "backlog from", "oldest open ticket"):
        table.add_column(column, justify="right")
    table.add_row(
        str(state["open_tickets"]),
        str(state["open_cases"]),
        str(state["backlog_tickets"]),
        duration_text(state["backlog_threshold_seconds"]),
        state["oldest_open_ticket"] or _NOTHING,
    )
    return table


def duration_text(seconds: float | None) -> str:
    """A duration in the two largest units that fit, for instance ``2d 4h``."""
    if seconds is None:
        return _NOTHING
    if seconds < 60:  # noqa: PLR2004 - seconds in a minute
        return f"{seconds:.1f}s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days}d {hours}h"
    return f"{hours}h {minutes}m" if hours else f"{minutes}m {rest}s"


def _count(name: str) -> Cell:
    return lambda window: str(window[name])


def _mean(name: str) -> Cell:
    return lambda window: duration_text(window[name]["mean"])


def _spread(name: str) -> Cell:
    def cell(window: Numbers) -> str:
        numbers = window[name]
        if not numbers["count"]:
            return _NOTHING
        return " / ".join(duration_text(numbers[share]) for share in ("p50", "p90"))

    return cell


def _percent(value: float | None, factor: float = 100) -> str:
    return _NOTHING if value is None else f"{value * factor:.1f} %"


def _ratio(name: str) -> Cell:
    return lambda window: _percent(window[name])


def _survey(survey: str, name: str, *, factor: float = 1) -> Cell:
    return lambda window: _percent(window[survey][name], factor)


def _top(name: str, most: int = 2) -> Cell:
    def cell(window: Numbers) -> str:
        return ", ".join(f"{escape(value)} {count}" for value, count in list(window[name].items())[:most]) or _NOTHING

    return cell


def _nps(window: Numbers) -> str:
    score = window["nps"]["score"]
    return _NOTHING if score is None else f"{score:+.1f}"


_ROWS: Final[dict[str, dict[str, Cell]]] = {
    "Replies": {
        "first reply time, mean": _mean("first_reply_seconds"),
        "first reply time, p50 / p90": _spread("first_reply_seconds"),
        "next reply time, mean": _mean("next_reply_seconds"),
    },
    "Resolution": {
        "resolution time, mean": _mean("resolution_seconds"),
        "resolution time, p50 / p90": _spread("resolution_seconds"),
        "first resolution time, mean": _mean("first_resolution_seconds"),
        "complaint resolution time, mean": _mean("complaint_resolution_seconds"),
        "requester wait time, mean": _mean("requester_wait_seconds"),
        "agent work time, mean": _mean("agent_work_seconds"),
        "on-hold time, mean": _mean("on_hold_seconds"),
        "resolution rate": _ratio("resolution_ratio"),
        "first contact resolution": _ratio("first_contact_resolution_ratio"),
        "reopen rate": _ratio("reopen_ratio"),
        "escalation rate": _ratio("escalation_ratio"),
        "reassignments": _count("ticket_reassignments"),
    },
    "Set aside": {
        "events before the opening": _count("ticket_events_before_opening"),
        "pending or hold after the end": _count("ticket_events_after_resolution"),
    },
    "SLA": {
        "compliance": _ratio("sla_compliance_ratio"),
        "ended in time": _count("sla_ended_in_time"),
        "ended late": _count("sla_ended_late"),
    },
    "Volume": {
        "tickets opened": _count("tickets_opened"),
        "tickets resolved": _count("tickets_resolved"),
        "abandonment": _ratio("abandonment_ratio"),
        "top channels": _top("tickets_opened_by_channel"),
        "top categories": _top("tickets_opened_by_category"),
    },
    "Surveys": {
        "CSAT": _survey("csat", "percent"),
        "NPS": _nps,
        "CES, low effort": _survey("ces", "percent"),
        "CSAT response rate": _survey("csat", "response_ratio", factor=100),
    },
}
