"""The oracle's computation of reviews: their events go into tables, their part of the snapshot comes out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any, Final

_EVENT: Final = "helpdesk.review."
_RANKS: Final = ("submitted", "disputed", "dispute_settled", "deleted")
_POINTS: Final = 1_000_000
_COUNTS: Final = (
    "reviews",
    "reviews_scored",
    "reviews_failed",
    "review_points",
    "review_points_possible",
    "review_ratings",
    "review_rating_points",
    "review_rating_points_possible",
    "self_reviews",
    "reviews_disputed",
    "review_disputes_accepted",
    "review_disputes_rejected",
)

Numbers = dict[str, Any]
WindowRow = tuple[str, int | None, int | None, int | None]
"""A window's name, its pane in microseconds, and the first and the last pane that it covers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewSettings:
    """Which of the documented definitions of reviews apply."""

    self_reviews: bool = False


class _WeightedMean:
    """The points of the weighted mean of scores on their scales, as a function of SQL; none where nothing weighs."""

    def __init__(self) -> None:
        self._sum = Fraction()
        self._weights = 0

    def step(self, score: int, lowest: int, highest: int, weight: int) -> None:
        self._sum += weight * Fraction(score - lowest, highest - lowest)
        self._weights += weight

    def finalize(self) -> int | None:
        return floor(_POINTS * self._sum / self._weights + Fraction(1, 2)) if self._weights else None


def is_of_review(row: Mapping[str, Any]) -> bool:
    """Whether a row of a record is of an event of a review."""
    return str(row["type"]).startswith(_EVENT)


def reviews_of(
    rows: Iterable[Mapping[str, Any]], settings: ReviewSettings, windows: Sequence[WindowRow]
) -> tuple[Numbers, dict[str, Numbers]]:
    """The state and the windows of reviews as they stand in the snapshot."""
    with closing(sqlite3.connect(":memory:")) as tables:
        tables.create_aggregate("weighted_mean", 4, _WeightedMean)  # type: ignore[arg-type]
        _load(tables, rows, settings)
        tables.executescript(Path(__file__).with_name("reviews.sql").read_text(encoding="utf-8"))
        (in_dispute,) = tables.execute("SELECT count(*) FROM in_dispute").fetchone()
        (without,) = tables.execute("SELECT count(*) FROM without_submission").fetchone()
        state = {"reviews_in_dispute": in_dispute, "reviews_without_submission": without}
        return state, {row[0]: _window(tables, row) for row in windows}


def _load(tables: sqlite3.Connection, rows: Iterable[Mapping[str, Any]], settings: ReviewSettings) -> None:
    tables.execute("CREATE TABLE chosen AS SELECT ? AS self_reviews", [settings.self_reviews])
    tables.execute(
        "CREATE TABLE events "
        "(number, conversation, reviewee, reviewer, kind, moment, sequence, rank, tie, team, outcome)"
    )
    tables.execute("CREATE TABLE ratings (number, category, score, lowest, highest, weight, critical)")
    distinct = {(row["source"], row["id"]): row for row in rows if is_of_review(row)}
    for number, row in enumerate(distinct.values()):
        data = row["data"]
        kind = row["type"].removeprefix(_EVENT).removesuffix(".v1")
        # As text, for the numbers may be too large for an integer of SQLite.
        place = row["moment"], row["sequence"], _RANKS.index(kind), f"{row['tie']:020}"
        pair = row["subject"], data["reviewee"], data["reviewer"]
        tables.execute(
            "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (number, *pair, kind, *place, data.get("team"), data.get("outcome")),
        )
        for rated in data.get("categories", ()):
            on_scale = rated["score"], rated["lowest"], rated["highest"]
            how = rated.get("weight", 1), rated.get("critical", False)
            tables.execute(
                "INSERT INTO ratings VALUES (?, ?, ?, ?, ?, ?, ?)", (number, rated["category"], *on_scale, *how)
            )


def _window(tables: sqlite3.Connection, window: WindowRow) -> Numbers:
    _, pane, first, last = window
    condition, bounds = ("1", ()) if pane is None else ("moment / ? BETWEEN ? AND ?", (pane, first, last))
    counts = dict.fromkeys(_COUNTS, 0)
    parts: dict[str, list[Numbers]] = {}
    teams: dict[str, list[int]] = {}
    categories: dict[str, list[int]] = {}
    for measure, team, category, amount in tables.execute(
        "SELECT measure, team, scorecard_category, sum(amount) FROM contributions "  # noqa: S608 - one of the two conditions above
        f"WHERE {condition} GROUP BY measure, team, scorecard_category",
        bounds,
    ):
        counts[measure] += amount
        if amount:
            labels = {"team": team} if category is None else {"scorecard_category": category, "team": team}
            parts.setdefault(measure, []).append({"labels": labels, "count": amount})
        table, label = (teams, team) if category is None else (categories, category)
        if measure.endswith("_points"):
            table.setdefault(label, [0, 0])[0] += amount
        elif measure.endswith("_points_possible"):
            table.setdefault(label, [0, 0])[1] += amount
    scored = counts["reviews_scored"]
    return {
        **counts,
        "internal_quality_score": _score(counts["review_points"], counts["review_points_possible"]),
        "failed_reviews_ratio": counts["reviews_failed"] / scored if scored else None,
        "internal_quality_score_by_team": {team: _score(*points) for team, points in teams.items()},
        "review_category_scores": {category: _score(*points) for category, points in categories.items()},
        "parts": parts,
    }


def _score(points: int, possible: int) -> float | None:
    return float(Fraction(100 * points, possible)) if possible else None
