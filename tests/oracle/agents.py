"""The oracle's computation of agents: their events go into tables, their part of the snapshot comes out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.oracle.case_text import hours_of
from tests.oracle.kind import Answer, OracleKind, Rows
from tests.oracle.moments import HOUR, SECOND
from tests.oracle.numbers import Numbers, ratio
from tests.oracle.shapes import Shape, attribute, one_of, or_null
from tests.oracle.windows import LENGTHS

_STATES: Final = ("available", "busy", "wrap_up", "away", "offline")
_SIGNED_ON: Final = _STATES[:-1]
_STOCKS: Final = ("agents", "agents_on_queue", "agents_occupied", "queue_members")
_LABELS: Final = ("state", "queue", "team", "channel")
_MOST_QUEUES: Final = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentSettings:
    """Which of the documented definitions of agents apply."""

    silence_hours: float = 8


def _are_queues(value: object) -> bool:
    return isinstance(value, list) and len(value) <= _MOST_QUEUES and all(map(attribute, value))


class Agents(OracleKind[AgentSettings]):
    """Agents: what they do."""

    name = "agents"
    one = "agent"
    settings_type = AgentSettings
    events = {
        "state_changed": Shape(
            {"state": one_of(*_STATES)},
            {"team": or_null(attribute), "channel": or_null(attribute), "queues": _are_queues},
        ),
    }
    letters = "A"
    own_words = frozenset(_STATES)
    said = {"silence": ("silence_hours", hours_of)}

    def event_said(self, word: str) -> tuple[str, dict[str, Any]]:
        """A state is changed to what the word says."""
        return "state_changed", {"state": word}

    def add_value(self, data: dict[str, Any], name: str, value: str) -> None:
        """Add a detail, such as ``queues=billing,technical``."""
        if name == "queues":
            data[name] = value.split(",")
        else:
            super().add_value(data, name, value)

    def numbers(self, rows: Mapping[str, Rows], settings: AgentSettings, now: int) -> Answer:
        """The state and the windows of agents; nothing is said of all time."""
        with closing(sqlite3.connect(":memory:")) as tables:
            _load(tables, rows[self.name], settings)
            tables.executescript(Path(__file__).with_name("agents.sql").read_text(encoding="utf-8"))
            return _state(tables, now), {name: _window(tables, now, length) for name, length in LENGTHS.items()}


def _load(tables: sqlite3.Connection, rows: Rows, settings: AgentSettings) -> None:
    tables.execute("CREATE TABLE events (agent, state, rank, moment, sequence, tie, team, channel, post)")
    tables.execute("CREATE TABLE queues (post, queue)")
    tables.execute("CREATE TABLE rules (silence)")
    tables.execute("INSERT INTO rules VALUES (?)", (round(settings.silence_hours * HOUR),))
    distinct = {(row["source"], row["id"]): row for row in rows}
    for post, row in enumerate(distinct.values()):
        data = row["data"]
        state, told = data["state"], (row["moment"], row["sequence"], f"{row['tie']:020}")
        places = data.get("team"), data.get("channel"), post
        tables.execute(
            "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (row["subject"], state, _STATES.index(state), *told, *places),
        )
        queues = {(post, queue) for queue in data.get("queues", ())}
        tables.executemany("INSERT INTO queues VALUES (?, ?)", queues)


def _state(tables: sqlite3.Connection, now: int) -> Numbers:
    parts: dict[str, list[Numbers]] = {stock: [] for stock in _STOCKS}
    for stock, level, *values in tables.execute(
        "SELECT stock, count(*), state, queue, team, channel FROM levels WHERE begins <= ? AND ? < ends "
        "GROUP BY stock, state, queue, team, channel",
        (now, now),
    ):
        parts[stock].append({"labels": _labels(values), "level": level})
    by_state = _by_state((part["labels"]["state"], part["level"]) for part in parts["agents"])
    totals = {stock: sum(part["level"] for part in found) for stock, found in parts.items()}
    return totals | {"agents_by_state": by_state, "parts": parts}


def _window(tables: sqlite3.Connection, now: int, length: int) -> Numbers:
    """How much there was over the window that ends at ``now``, over all labels and by them."""
    parts: dict[str, list[Numbers]] = {}
    totals = dict.fromkeys(_STOCKS, 0)
    seconds_by_state: list[tuple[str, int]] = []
    for stock, integral, *values in tables.execute(
        "SELECT stock, sum(min(ends, ?) - max(begins, ?)), state, queue, team, channel FROM levels "
        "WHERE min(ends, ?) > max(begins, ?) GROUP BY stock, state, queue, team, channel",
        (now, now - length, now, now - length),
    ):
        totals[stock] += integral
        parts.setdefault(stock, []).append({"labels": _labels(values), "seconds": integral / SECOND})
        if stock == "agents":
            seconds_by_state.append((values[0], integral))
    on_queue = totals["agents_on_queue"]
    return {
        **{stock: {"seconds": total / SECOND, "mean": total / length} for stock, total in totals.items()},
        "agent_state_seconds": {state: amount / SECOND for state, amount in _by_state(seconds_by_state).items()},
        "occupancy_ratio": ratio(totals["agents_occupied"], on_queue),
        "parts": parts,
    }


def _by_state(amounts: Iterable[tuple[str, int]]) -> dict[str, int]:
    found = dict.fromkeys(_SIGNED_ON, 0)
    for state, amount in amounts:
        found[state] += amount
    return found


def _labels(values: Iterable[str | None]) -> dict[str, str]:
    return {label: value for label, value in zip(_LABELS, values, strict=True) if value is not None}
