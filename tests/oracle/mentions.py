"""The oracle's computation of mentions: their events go into tables, their part of the snapshot comes out."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.oracle.kind import Answer, OracleKind, Rows
from tests.oracle.numbers import Numbers, ratio
from tests.oracle.sentiment import estimator
from tests.oracle.shapes import Shape, attribute, one_of, or_null, text
from tests.oracle.windows import Window, windows_at

_LABELS: Final = ("channel", "category", "sentiment", "estimated")
_SENTIMENTS: Final = ("positive", "neutral", "negative")
_COUNTS: Final = (
    "mentions",
    "mentions_with_sentiment",
    *(f"mentions_{sentiment}" for sentiment in _SENTIMENTS),
    "mentions_estimated",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class MentionSettings:
    """Which of the documented definitions of mentions apply.

    ``model`` are the bytes of a file with a model of sentiment.
    """

    model: bytes | None = None


class Mentions(OracleKind[MentionSettings]):
    """Mentions of the brand."""

    name = "mentions"
    one = "mention"
    settings_type = MentionSettings
    events = {
        "posted": Shape(
            {},
            {
                "text": or_null(text(16384, 0)),
                "sentiment": or_null(one_of(*_SENTIMENTS)),
                "channel": or_null(attribute),
                "category": or_null(attribute),
            },
        ),
        "labelled": Shape({"sentiment": one_of(*_SENTIMENTS)}),
        "deleted": Shape(),
    }
    letters = "M"
    details = dict.fromkeys(_SENTIMENTS, "sentiment")

    def numbers(self, rows: Mapping[str, Rows], settings: MentionSettings, now: int) -> Answer:
        """The state and the windows of mentions."""
        with closing(sqlite3.connect(":memory:")) as tables:
            _load(tables, rows[self.name], settings.model)
            tables.executescript(Path(__file__).with_name("mentions.sql").read_text(encoding="utf-8"))
            (without,) = tables.execute("SELECT count(*) FROM without_posting").fetchone()
            windows = {window.name: _window(tables, window) for window in windows_at(now)}
        return {"mentions_without_posting": without}, windows


def _load(tables: sqlite3.Connection, rows: Rows, model: bytes | None) -> None:
    estimate = None if model is None else estimator(model)
    tables.execute("CREATE TABLE events (mention, kind, moment, sequence, tie, sentiment, estimate, channel, category)")
    for row in {(row["source"], row["id"]): row for row in rows}.values():
        data = row["data"]
        content, sentiment = data.get("text"), data.get("sentiment")
        is_estimated = estimate is not None and sentiment is None and content is not None and content.strip()
        estimated = estimate(content) if estimate is not None and is_estimated else None
        kind = row["type"].split(".")[2]
        # As text, for the numbers may be too large for an integer of SQLite.
        place = row["moment"], row["sequence"], f"{row['tie']:020}"
        tables.execute(
            "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (row["subject"], kind, *place, sentiment, estimated, data.get("channel"), data.get("category")),
        )


def _window(tables: sqlite3.Connection, window: Window) -> Numbers:
    condition, bounds = window.condition
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
        **{f"{name}_mentions_ratio": ratio(counts[f"mentions_{name}"], every) for name in (*_SENTIMENTS, "estimated")},
        "net_sentiment": _net(counts),
        "net_sentiment_by_category": {
            category: _net(found) for category, found in by_category.items() if found["mentions_with_sentiment"]
        },
        "parts": parts,
    }


def _net(counts: Mapping[str, int]) -> float | None:
    return ratio(100 * (counts["mentions_positive"] - counts["mentions_negative"]), counts["mentions_with_sentiment"])
