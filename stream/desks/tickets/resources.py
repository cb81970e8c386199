"""The SLA clocks as JSON: how many there are now, and those of one ticket."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from stream.desks.tickets.desk import TicketDesk
from stream.desks.tickets.sla.explained import explained
from stream.desks.tickets.summary import clocks_now, clocks_of
from stream.state.desk import Desk
from stream.state.resource import Query, Resource, UnknownEntityError
from stream.state.view import View

_TICKET: Final = "ticket"


def _explain(desks: Sequence[Desk[Any]], view: View, query: Query) -> dict[str, Any]:
    ticket = query[_TICKET]
    for desk in desks:
        found = desk.find(ticket) if isinstance(desk, TicketDesk) and desk.sla is not None else None
        if found is not None and isinstance(desk, TicketDesk) and desk.sla is not None:
            readings, _ = desk.sla.read(found.timeline, found.history, found.series, view.now)
            return explained(ticket, found.attributes, desk.sla.policies, readings, view.now)
    raise UnknownEntityError(
        "this worker holds no ticket with this id, or has no SLA clocks; ask the other workers", ticket=ticket
    )


def _look(_desks: Sequence[Desk[Any]], view: View) -> View:
    return view


def _content(view: View, _form: None) -> dict[str, Any]:
    return clocks_now(clocks_of(view.readings("tickets")), view.now)


SLA: Final = Resource("sla", _look, _content, asks_for_one=lambda query: _TICKET in query, find=_explain)
