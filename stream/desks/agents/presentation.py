"""What people are shown of agents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from stream.state.presentation import NOTHING, Cell, Numbers, count, duration_text, mean_level, percent_text


def _occupancy(numbers: Numbers) -> str:
    """The lifetime has none."""
    return percent_text(numbers.get("occupancy_ratio"))


def _time_in(state: str) -> Cell:
    def cell(numbers: Numbers) -> str:
        seconds = numbers.get("agent_state_seconds")
        return NOTHING if seconds is None else duration_text(seconds[state])

    return cell


def _now(state: Numbers) -> str:
    """Who is doing what."""
    found = (f"{agents} {name.replace('_', '-')}" for name, agents in state["agents_by_state"].items() if agents)
    return ", ".join(found) or NOTHING


ROWS: Final[Mapping[str, Mapping[str, Cell]]] = {
    "Agents": {
        "occupancy": _occupancy,
        "agents on queue, mean": mean_level("agents_on_queue"),
        "time available": _time_in("available"),
        "time busy": _time_in("busy"),
        "time in wrap-up": _time_in("wrap_up"),
        "time away": _time_in("away"),
    },
}

COLUMNS: Final[Mapping[str, Cell]] = {
    "agents on queue": count("agents_on_queue"),
    "agents by state": _now,
}
