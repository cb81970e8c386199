"""The oracle's computation of calls: their events go into tables, their part of the snapshot comes out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from tests.oracle.case_text import hours_of, seconds_of
from tests.oracle.kind import Answer, OracleKind, Rows
from tests.oracle.moments import HOUR, SECOND, text_of
from tests.oracle.numbers import Numbers, distribution, ratio
from tests.oracle.shapes import Shape, attribute, identifier, one_of, or_null
from tests.oracle.windows import LENGTHS, Window, windows_at

_EVENT: Final = "helpdesk.call."
_RANKS: Final = (
    "queued",
    "blocked",
    "answered",
    "abandoned",
    "callback_requested",
    "evicted",
    "held",
    "resumed",
    "transferred",
    "ended",
    "wrapped_up",
)
_LABELS: Final = ("queue", "channel", "team", "within")
_COUNTS: Final = (
    "calls_queued",
    "calls_offered",
    "calls_abandoned",
    "calls_abandoned_short",
    "calls_evicted",
    "callbacks_requested",
    "calls_blocked",
    "calls_transferred",
    "service_level_met",
    "service_level_counted",
)
_DURATIONS: Final = (
    "speed_of_answer_seconds",
    "call_abandon_seconds",
    "call_handle_seconds",
    "call_talk_seconds",
    "call_hold_seconds",
    "call_wrap_up_seconds",
)
_STOCKS: Final = ("calls_waiting", "calls_in_service")
_PLACE: Final = {
    "contact": or_null(identifier),
    "queue": or_null(attribute),
    "channel": or_null(attribute),
    "team": or_null(attribute),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class CallSettings:
    """Which of the documented definitions of calls apply."""

    within: tuple[int, ...] = (10, 20, 30, 60, 120)
    headline: int = 20
    abandoned: Literal["ignored", "against", "for"] = "ignored"
    short_abandon_seconds: float = 5
    cut_off_hours: float = 24


class Calls(OracleKind[CallSettings]):
    """Calls and chats in queues."""

    name = "calls"
    one = "call"
    settings_type = CallSettings
    events = {
        "queued": Shape({}, _PLACE),
        "blocked": Shape({}, _PLACE | {"reason": or_null(attribute)}),
        "answered": Shape({}, {"agent": or_null(identifier)}),
        "evicted": Shape({}, {"reason": or_null(attribute)}),
        "transferred": Shape({}, {"to": or_null(attribute)}),
        "ended": Shape({}, {"by": or_null(one_of("customer", "agent"))}),
        **dict.fromkeys(("abandoned", "callback_requested", "held", "resumed", "wrapped_up"), Shape()),
    }
    letters = "C"
    said = {
        "within": ("within", tuple),
        "headline": ("headline", int),
        "abandoned": ("abandoned", str),
        "short_abandon": ("short_abandon_seconds", seconds_of),
        "cut_off": ("cut_off_hours", hours_of),
    }

    def numbers(self, rows: Mapping[str, Rows], settings: CallSettings, now: int) -> Answer:
        """The state and the windows of calls."""
        with closing(sqlite3.connect(":memory:")) as tables:
            _load(tables, rows[self.name], settings, now)
            tables.executescript(Path(__file__).with_name("calls.sql").read_text(encoding="utf-8"))
            state = _state(tables, now, round(settings.cut_off_hours * HOUR))
            found = {window.name: _window(tables, window) for window in windows_at(now)}
            for name, length in LENGTHS.items():
                numbers, parts = _stocks(tables, now, length)
                found[name] |= numbers | {"parts": found[name]["parts"] | parts}
        return state, found


def _load(tables: sqlite3.Connection, rows: Rows, settings: CallSettings, now: int) -> None:
    tables.execute("CREATE TABLE events (visit, kind, rank, moment, sequence, tie, queue, channel, team)")
    tables.execute("CREATE TABLE rules (now, headline, abandoned, short_abandon, cut_off)")
    tables.execute("CREATE TABLE thresholds (seconds, threshold)")
    distinct = {(row["source"], row["id"]): row for row in rows}
    tables.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", map(_event, distinct.values()))
    rules = now, settings.headline, settings.abandoned, round(settings.short_abandon_seconds * SECOND)
    tables.execute("INSERT INTO rules VALUES (?, ?, ?, ?, ?)", (*rules, round(settings.cut_off_hours * HOUR)))
    tables.executemany(
        "INSERT INTO thresholds VALUES (?, ?)", [(seconds, seconds * SECOND) for seconds in settings.within]
    )


def _event(row: Mapping[str, Any]) -> tuple[Any, ...]:
    kind = row["type"].removeprefix(_EVENT).removesuffix(".v1")
    places = (row["data"].get(label) for label in ("queue", "channel", "team"))
    # As text, for the numbers may be too large for an integer of SQLite.
    tie = f"{row['tie']:020}"
    return row["subject"], kind, _RANKS.index(kind), row["moment"], row["sequence"], tie, *places


def _state(tables: sqlite3.Connection, now: int, cut_off: int) -> Numbers:
    (longest,) = tables.execute(
        "SELECT min(queued_at) FROM visits WHERE left_at IS NULL AND queued_at <= ? AND ? < queued_at + ?",
        (now, now, cut_off),
    ).fetchone()
    (without,) = tables.execute("SELECT count(*) FROM places WHERE queued IS NULL AND blocked IS NULL").fetchone()
    parts: dict[str, list[Numbers]] = {stock: [] for stock in _STOCKS}
    for stock, level, *values in tables.execute(
        "SELECT stock, sum(delta) AS level, queue, channel, team FROM steps WHERE moment <= ? "
        "GROUP BY stock, queue, channel, team HAVING level <> 0",
        (now,),
    ):
        parts[stock].append({"labels": _labels(values), "level": level})
    levels = {stock: sum(part["level"] for part in found) for stock, found in parts.items()}
    return levels | {
        "longest_waiting_call": None if longest is None else text_of(longest),
        "calls_without_queueing": without,
        "parts": parts,
    }


def _stocks(tables: sqlite3.Connection, now: int, length: int) -> tuple[Numbers, dict[str, list[Numbers]]]:
    """How much there was over the window that ends at ``now``, over all labels and by them."""
    parts: dict[str, list[Numbers]] = {}
    totals = dict.fromkeys(_STOCKS, 0)
    for stock, integral, *values in tables.execute(
        "SELECT stock, sum(delta * min(? - moment, ?)) AS integral, queue, channel, team FROM steps WHERE moment <= ? "
        "GROUP BY stock, queue, channel, team HAVING integral <> 0",
        (now, length, now),
    ):
        totals[stock] += integral
        parts.setdefault(stock, []).append({"labels": _labels(values), "seconds": integral / SECOND})
    numbers = {stock: {"seconds": total / SECOND, "mean": total / length} for stock, total in totals.items()}
    return numbers, parts


def _window(tables: sqlite3.Connection, window: Window) -> Numbers:
    condition, bounds = window.condition
    found = tables.execute(
        f"SELECT measure, value, queue, channel, team, within FROM contributions WHERE {condition}",  # noqa: S608 - one of the two conditions above
        bounds,
    )
    values: dict[str, list[int]] = {measure: [] for measure in _DURATIONS}
    by_labels: dict[tuple[str, tuple[str | None, ...]], list[int]] = {}
    for measure, value, *labels in found:
        by_labels.setdefault((measure, tuple(labels)), []).append(value or 0)
        if measure in values:
            values[measure].append(value)
    counts = dict.fromkeys(_COUNTS, 0)
    parts: dict[str, list[Numbers]] = {}
    for (measure, labels), amounts in by_labels.items():
        part: Numbers = {"labels": _labels(labels), "count": len(amounts)}
        if measure in values:
            part["sum"] = sum(amounts) / SECOND
        elif measure in counts:
            counts[measure] += len(amounts)
        parts.setdefault(measure, []).append(part)
    return {
        **counts,
        **{measure: distribution(durations) for measure, durations in values.items()},
        "call_abandonment_ratio": ratio(counts["calls_abandoned"], counts["calls_offered"]),
        "call_blocking_ratio": ratio(counts["calls_blocked"], counts["calls_queued"] + counts["calls_blocked"]),
        "service_level_ratio": ratio(counts["service_level_met"], counts["service_level_counted"]),
        "service_levels": dict(_service_levels(parts)),
        "parts": parts,
    }


def _service_levels(parts: Mapping[str, Iterable[Numbers]]) -> Iterator[tuple[str, Numbers]]:
    classes = ("answered_in_time", "abandoned_in_time", "late")
    counts: dict[str, dict[str, int]] = {}
    for name in classes:
        for part in parts.get(f"calls_{name}", ()):
            found = counts.setdefault(part["labels"]["within"], dict.fromkeys(classes, 0))
            found[name] += part["count"]
    for within, found in counts.items():
        answered, abandoned, late = (found[name] for name in classes)
        yield (
            within,
            {
                **found,
                "abandoned_ignored_ratio": ratio(answered, answered + late),
                "abandoned_against_ratio": ratio(answered, answered + abandoned + late),
                "abandoned_for_ratio": ratio(answered + abandoned, answered + abandoned + late),
            },
        )


def _labels(values: Iterable[str | None]) -> dict[str, str]:
    return {label: value for label, value in zip(_LABELS, values, strict=False) if value is not None}
