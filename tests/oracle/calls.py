"""The oracle's computation of calls: their events go into tables, their part of the snapshot comes out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from tests.oracle.records import EPOCH, MICROSECOND

_SECOND: Final = 1_000_000
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
_QUANTILES: Final = {"p50": 50, "p90": 90, "p95": 95, "p99": 99}

Numbers = dict[str, Any]
WindowRow = tuple[str, int | None, int | None, int | None]
"""A window's name, its pane in microseconds, and the first and the last pane that it covers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CallSettings:
    """Which of the documented definitions of calls apply."""

    within: tuple[int, ...] = (10, 20, 30, 60, 120)
    headline: int = 20
    abandoned: Literal["ignored", "against", "for"] = "ignored"
    short_abandon_seconds: float = 5
    cut_off_hours: float = 24


def is_of_call(row: Mapping[str, Any]) -> bool:
    """Whether a row of a record is of an event of a call."""
    return str(row["type"]).startswith(_EVENT)


def calls_of(
    rows: Iterable[Mapping[str, Any]],
    settings: CallSettings,
    now: int,
    windows: Sequence[WindowRow],
    lengths: Mapping[str, int],
) -> tuple[Numbers, dict[str, Numbers]]:
    """The state and the windows of calls at ``now`` (microseconds), as they stand in the snapshot.

    ``lengths`` are those of the windows that have one, in microseconds.
    """
    with closing(sqlite3.connect(":memory:")) as tables:
        _load(tables, rows, settings, now)
        tables.executescript(Path(__file__).with_name("calls.sql").read_text(encoding="utf-8"))
        state = _state(tables, now, round(settings.cut_off_hours * 3_600 * _SECOND))
        found = {row[0]: _window(tables, row) for row in windows}
        for name, length in lengths.items():
            numbers, parts = _stocks(tables, now, length)
            found[name] |= numbers | {"parts": found[name]["parts"] | parts}
    return state, found


def _load(tables: sqlite3.Connection, rows: Iterable[Mapping[str, Any]], settings: CallSettings, now: int) -> None:
    tables.execute("CREATE TABLE events (visit, kind, rank, moment, sequence, tie, queue, channel, team)")
    tables.execute("CREATE TABLE rules (now, headline, abandoned, short_abandon, cut_off)")
    tables.execute("CREATE TABLE thresholds (seconds, threshold)")
    distinct = {(row["source"], row["id"]): row for row in rows if is_of_call(row)}
    tables.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", map(_event, distinct.values()))
    rules = now, settings.headline, settings.abandoned, round(settings.short_abandon_seconds * _SECOND)
    tables.execute(
        "INSERT INTO rules VALUES (?, ?, ?, ?, ?)", (*rules, round(settings.cut_off_hours * 3_600 * _SECOND))
    )
    tables.executemany(
        "INSERT INTO thresholds VALUES (?, ?)", [(seconds, seconds * _SECOND) for seconds in settings.within]
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
        "longest_waiting_call": None if longest is None else _text(longest),
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
        parts.setdefault(stock, []).append({"labels": _labels(values), "seconds": integral / _SECOND})
    numbers = {stock: {"seconds": total / _SECOND, "mean": total / length} for stock, total in totals.items()}
    return numbers, parts


def _window(tables: sqlite3.Connection, window: WindowRow) -> Numbers:
    _, pane, first, last = window
    condition, bounds = ("1", ()) if pane is None else ("moment / ? BETWEEN ? AND ?", (pane, first, last))
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
            part["sum"] = sum(amounts) / _SECOND
        elif measure in counts:
            counts[measure] += len(amounts)
        parts.setdefault(measure, []).append(part)
    return {
        **counts,
        **{measure: _distribution(durations) for measure, durations in values.items()},
        "call_abandonment_ratio": _ratio(counts["calls_abandoned"], counts["calls_offered"]),
        "call_blocking_ratio": _ratio(counts["calls_blocked"], counts["calls_queued"] + counts["calls_blocked"]),
        "service_level_ratio": _ratio(counts["service_level_met"], counts["service_level_counted"]),
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
                "abandoned_ignored_ratio": _ratio(answered, answered + late),
                "abandoned_against_ratio": _ratio(answered, answered + abandoned + late),
                "abandoned_for_ratio": _ratio(answered + abandoned, answered + abandoned + late),
            },
        )


def _distribution(durations: list[int]) -> Numbers:
    ordered = sorted(durations)
    count, total = len(ordered), sum(ordered)
    quantiles = {
        name: ordered[-(-count * percent // 100) - 1] / _SECOND if ordered else None
        for name, percent in _QUANTILES.items()
    }
    return {"count": count, "sum": total / _SECOND, "mean": _ratio(total / _SECOND, count), **quantiles}


def _labels(values: Iterable[str | None]) -> dict[str, str]:
    return {label: value for label, value in zip(_LABELS, values, strict=False) if value is not None}


def _ratio(part: float, whole: int) -> float | None:
    return part / whole if whole else None


def _text(moment: int) -> str:
    return (EPOCH + moment * MICROSECOND).isoformat().replace("+00:00", "Z")
