"""The final numbers of agents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from stream.desks.agents.agent_hour import AgentState
from stream.state.numbers import ratio
from stream.state.stock import StockLevels, WindowStocks
from stream.windows.moments import to_seconds

_STATES: Final = tuple(state.name.lower() for state in AgentState if state is not AgentState.OFFLINE)


def occupancy(stocks: WindowStocks) -> dict[str, Any]:
    """Over a window: the seconds in each state, and what share of those on queue were busy or in wrap-up."""
    integrals = {
        name: {values: total.integral for values, total in found.items()} for name, found in stocks.totals.items()
    }
    occupied, on_queue = (sum(integrals.get(name, {}).values()) for name in ("agents_occupied", "agents_on_queue"))
    by_state = _by_state(integrals.get("agents", {}))
    return {
        "agent_state_seconds": {state: to_seconds(amount) for state, amount in by_state.items()},
        "occupancy_ratio": ratio(occupied, on_queue),
    }


def agents_by_state(levels: StockLevels) -> dict[str, int]:
    """How many agents are in each state now."""
    return _by_state(levels.get("agents", {}))


def _by_state(amounts: Mapping[tuple[str, ...], int]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for (state, *_), amount in amounts.items():
        found[state] += amount
    return {state: found[state] for state in _STATES}
