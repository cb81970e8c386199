"""The kinds that the oracle computes: the one list of them."""

from __future__ import annotations

from pkgutil import resolve_name
from typing import Any, Final

from tests.oracle.kind import OracleKind

_DEFINITIONS: Final = (
    "tests.oracle.tickets:Tickets",
    "tests.oracle.surveys:Surveys",
    "tests.oracle.calls:Calls",
    "tests.oracle.agents:Agents",
    "tests.oracle.mentions:Mentions",
    "tests.oracle.customers:Customers",
    "tests.oracle.reviews:Reviews",
)

KINDS: Final[tuple[OracleKind[Any], ...]] = tuple(resolve_name(definition)() for definition in _DEFINITIONS)
