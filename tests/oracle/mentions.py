"""The oracle's computation of mentions: their events go into tables, their part of the snapshot comes out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from tests.oracle.sentiment import estimator

_EVENT: Final = "helpdesk.mention."
_LABELS: Final = ("channel", "category", "sentiment", "estimated")
_SENTIMENTS: Final = ("positive", "neutral", "negative")
_COUNTS: Final = (
    "mentions",
    "mentions_with_sentiment",
    *(f"mentions_{sentiment}" for sentiment in _SENTIMENTS),
    "mentions_estimated",
)

Numbers = dict[str, Any]
WindowRow = tuple[str, int | None, int | None, int | None]
"""A window's name, its pane in microseconds, and the first and the last pane that it covers."""


def is_of_mention(row: Mapping[str, Any]) -> bool:
    """Whether a row of a record is of an event of a mention."""
    return str(row["type"]).startswith(_EVENT)


def mentions_of(
    rows: Iterable[Mapping[str, Any]], model: bytes | None, windows: Sequence[WindowRow]
) -> tuple[Numbers, dict[str, Numbers]]:
    """The state and the windows of mentions as they stand in the snapshot; ``model`` is a file's bytes."""
    with closing(sqlite3.connect(":memory:")) as tables:
        _load(tables, rows, model)
        tables.executescript(Path(__file__).with_name("mentions.sql").read_text(encoding="utf-8"))
        (without,) = tables.execute("SELECT count(*) FROM without_posting").fetchone()
        return {"mentions_without_posting": without}, {row[0]: _window(tables, row) for row in windows}


def _load(tables: sqlite3.Connection, rows: Iterable[Mapping[str, Any]], model: bytes | None) -> None:
    estimate = None if model is None else estimator(model)
    tables.execute("CREATE TABLE events (mention, kind, moment, sequence, tie, sentiment, estimate, channel, category)")
    for row in {(row["source"], row["id"]): row for row in rows if is_of_mention(row)}.values():
        data = row["data"]
        text, sentiment = data.get("text"), data.get("sentiment")
        is_estimated = estimate is not None and sentiment is None and text is not None and text.strip()
        estimated = estimate(text) if estimate is not None and is_estimated else None
        kind = row["type"].removeprefix(_EVENT).removesuffix(".v1")
        # As text, for the numbers may be too large for an integer of SQLite.
        place = row["moment"], row["sequence"], f"{row['tie']:020}"
        tables.execute(
            "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (row["subject"], kind, *place, sentiment, estimated, data.get("channel"), data.get("category")),
        )


def _window(tables: sqlite3.Connection, window: WindowRow) -> Numbers:
    _, pane, first, last = window
    condition, bounds = ("1", ()) if pane is None else ("moment / ? BETWEEN ? AND ?", (pane, first, last))
    counts = dict.fromkeys(_COUNTS, 0)
    parts: dict[str, list[Numbers]] = {}
    by_category: dict[str, dict[str, int]] = {}
    for measure, count, *values in tables.execute(
        "SELECT measure, count(*), channel, category, sentiment, estimated FROM contributions "  # noqa: S608 - one of the two conditions above
        f"WHERE {condition} GROUP BY measure, channel, category, sentiment, estimated",
        bounds,
    ):
        labels = {label: value for label, value in zip(_LABELS, values, strict=True) if value is not None}
        counts[measure] += count
        parts.setdefault(measure, []).append({"labels": labels, "count": count})
        found = by_category.setdefault(labels["category"], dict.fromkeys(_COUNTS, 0))
        found[measure] += count
    every = counts["mentions_with_sentiment"]
    return {
        **counts,
        **{
            f"{name}_mentions_ratio": counts[f"mentions_{name}"] / every if every else None
            for name in (*_SENTIMENTS, "estimated")
        },
        "net_sentiment": _net(counts),
        "net_sentiment_by_category": {
            category: _net(found) for category, found in by_category.items() if found["mentions_with_sentiment"]
        },
        "parts": parts,
    }


def _net(counts: Mapping[str, int]) -> float | None:
    every = counts["mentions_with_sentiment"]
    return 100 * (counts["mentions_positive"] - counts["mentions_negative"]) / every if every else None
