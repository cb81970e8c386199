"""Retention, churn and money of any period as JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from stream.desks.customers.customer import Customer
from stream.desks.customers.desk import CustomerDesk
from stream.desks.customers.period import Period, numbers_of_period
from stream.desks.customers.rules import CustomerRules
from stream.state.desk import Desk
from stream.state.resource import Query, QueryError, Resource
from stream.state.rows import ENTITY
from stream.state.view import View
from stream.windows.moments import DAY, to_microseconds

Bound = date | datetime
"""A day, which begins in the time zone of the settings, or a moment."""

_USUAL: Final = 30 * DAY
"""How long the period is that ends now, if none is asked for."""

_EXAMPLE: Final = "?from=2026-01-01&to=2026-02-01"


class CustomerRows(NamedTuple):
    """The rows of all customers at the moment ``now`` (microseconds), and how to read them."""

    rows: list[bytes]
    read: Callable[[bytes], Customer]
    rules: CustomerRules
    now: int = 0


def all_rows(desks: Sequence[Desk[Any]], view: View | None = None) -> CustomerRows | None:
    """The rows of the customers of these desks, ``None`` without any desk."""
    found = [desk for desk in desks if isinstance(desk, CustomerDesk)]
    if not found:
        return None
    rows = [value for desk in found for _, value in desk.rows.scan(ENTITY)]
    return CustomerRows(rows, found[0].in_row, found[0].rules, 0 if view is None else view.now)


def _bounds(query: Query) -> tuple[Bound, Bound] | None:
    if "from" not in query and "to" not in query:
        return None
    bounds = _bound(query, "from"), _bound(query, "to")
    if _start_of(bounds[0], "UTC") >= _start_of(bounds[1], "UTC"):
        message = f"from must be before to, as in {_EXAMPLE}"
        raise QueryError(message)
    return bounds


def _bound(query: Query, name: str) -> Bound:
    text = query.get(name, "")
    try:
        found = datetime.fromisoformat(text)
        if len(text) == len("2026-01-01"):
            return found.date()
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        message = f"{name} is a day or a time with a zone, as in {_EXAMPLE}, not {text[:100]!r}"
        raise QueryError(message)
    return found


def _start_of(bound: Bound, zone: str) -> int:
    if isinstance(bound, datetime):
        return to_microseconds(bound)
    return to_microseconds(datetime(bound.year, bound.month, bound.day, tzinfo=ZoneInfo(zone)))


def _content(look: CustomerRows | None, bounds: tuple[Bound, Bound] | None) -> dict[str, Any]:
    rows = look or CustomerRows([], lambda _value: Customer(), CustomerRules())
    if bounds is None:
        period = Period(rows.now - _USUAL, rows.now)
    else:
        period = Period(*(_start_of(bound, rows.rules.zone) for bound in bounds))
    return numbers_of_period(map(rows.read, rows.rows), period, rows.rules)


RETENTION: Final = Resource("retention", all_rows, _content, _bounds)
