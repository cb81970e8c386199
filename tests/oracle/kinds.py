"""The kinds that the oracle computes: the one list of them."""

from __future__ import annotations

from typing import Any, Final

from tests.oracle.agents import Agents
from tests.oracle.calls import Calls
from tests.oracle.customers import Customers
from tests.oracle.kind import OracleKind
from tests.oracle.mentions import Mentions
from tests.oracle.reviews import Reviews
from tests.oracle.surveys import Surveys
from tests.oracle.tickets import Tickets

KINDS: Final[tuple[OracleKind[Any], ...]] = (
    Tickets(),
    Surveys(),
    Calls(),
    Agents(),
    Mentions(),
    Customers(),
    Reviews(),
)
