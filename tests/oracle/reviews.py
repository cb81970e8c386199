"""The oracle's computation of reviews: their events go into tables, their part of the snapshot comes out."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any, Final, cast

from tests.oracle.kind import Answer, OracleKind, Rows
from tests.oracle.numbers import Numbers, ratio
from tests.oracle.shapes import Shape, attribute, identifier, one_of, or_null, text
from tests.oracle.windows import Window, windows_at

_RANKS: Final = ("submitted", "disputed", "dispute_settled", "deleted")
_POINTS: Final = 1_000_000
_LARGEST_ON_A_SCALE: Final = 1_000_000
_MOST_CATEGORIES: Final = 50
_LONGEST_CATEGORY: Final = 80
_OUTCOMES: Final = ("accepted", "rejected")
_OF_REVIEW: Final = {"reviewee": identifier, "reviewer": identifier}
_USUAL_PAIR: Final = {"reviewee": "amara", "reviewer": "quinn"}
_RATING: Final = re.compile(r"(\w+):(-?\d+|-)/(-?\d+)\.\.(-?\d+)(?:x(\d+))?(!?)")
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


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewSettings:
    """Which of the documented definitions of reviews apply."""

    self_reviews: bool = False


def _is_on_scales(value: object) -> bool:
    return type(value) is int and abs(value) <= _LARGEST_ON_A_SCALE


_RATED: Final = Shape(
    {
        "category": text(_LONGEST_CATEGORY),
        "score": or_null(_is_on_scales),
        "lowest": _is_on_scales,
        "highest": _is_on_scales,
    },
    {
        "weight": lambda value: _is_on_scales(value) and cast("int", value) >= 0,
        "critical": lambda value: type(value) is bool,
    },
)


def _is_scorecard(value: object) -> bool:
    if not isinstance(value, list) or len(value) > _MOST_CATEGORIES:
        return False
    if not all(isinstance(rated, dict) and _RATED.fits(rated) for rated in value):
        return False
    on_scales = (
        rated["lowest"] < rated["highest"]
        and (rated["score"] is None or rated["lowest"] <= rated["score"] <= rated["highest"])
        for rated in value
    )
    return all(on_scales) and len({rated["category"] for rated in value}) == len(value)


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


class Reviews(OracleKind[ReviewSettings]):
    """Internal quality reviews of conversations."""

    name = "reviews"
    one = "review"
    settings_type = ReviewSettings
    events = {
        "submitted": Shape(_OF_REVIEW | {"categories": _is_scorecard}, {"team": or_null(attribute)}),
        "disputed": Shape(_OF_REVIEW),
        "dispute_settled": Shape(_OF_REVIEW | {"outcome": one_of(*_OUTCOMES)}),
        "deleted": Shape(_OF_REVIEW),
    }
    letters = "R"
    details = dict.fromkeys(_OUTCOMES, "outcome")
    said = {"self_reviews": ("self_reviews", bool)}

    def event_said(self, word: str) -> tuple[str, dict[str, Any]]:
        """The event, of a review of ``amara`` by ``quinn`` whose scorecard is empty."""
        return word, _USUAL_PAIR | ({"categories": []} if word == "submitted" else {})

    def add_value(self, data: dict[str, Any], name: str, value: str) -> None:
        """Add a detail.

        ``rating=tone:4/1..5x2!`` is a category with its score (``-`` for none), its scale, its weight and whether it is
        critical.
        """
        if name == "rating":
            data["categories"].append(_rating_of(value))
        else:
            super().add_value(data, name, value)

    def numbers(self, rows: Mapping[str, Rows], settings: ReviewSettings, now: int) -> Answer:
        """The state and the windows of reviews."""
        with closing(sqlite3.connect(":memory:")) as tables:
            tables.create_aggregate("weighted_mean", 4, _WeightedMean)  # type: ignore[arg-type]
            _load(tables, rows[self.name], settings)
            tables.executescript(Path(__file__).with_name("reviews.sql").read_text(encoding="utf-8"))
            (in_dispute,) = tables.execute("SELECT count(*) FROM in_dispute").fetchone()
            (without,) = tables.execute("SELECT count(*) FROM without_submission").fetchone()
            state = {"reviews_in_dispute": in_dispute, "reviews_without_submission": without}
            return state, {window.name: _window(tables, window) for window in windows_at(now)}


def _rating_of(said: str) -> dict[str, Any]:
    found = _RATING.fullmatch(said)
    assert found is not None, said
    category, score, lowest, highest, weight, critical = found.groups()
    rating = {"category": category.replace("_", " "), "lowest": int(lowest), "highest": int(highest)}
    rating["score"] = None if score == "-" else int(score)
    return rating | ({"weight": int(weight)} if weight else {}) | ({"critical": True} if critical else {})


def _load(tables: sqlite3.Connection, rows: Rows, settings: ReviewSettings) -> None:
    tables.execute("CREATE TABLE chosen AS SELECT ? AS self_reviews", [settings.self_reviews])
    tables.execute(
        "CREATE TABLE events "
        "(number, conversation, reviewee, reviewer, kind, moment, sequence, rank, tie, team, outcome)"
    )
    tables.execute("CREATE TABLE ratings (number, category, score, lowest, highest, weight, critical)")
    distinct = {(row["source"], row["id"]): row for row in rows}
    for number, row in enumerate(distinct.values()):
        data = row["data"]
        kind = row["type"].split(".")[2]
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


def _window(tables: sqlite3.Connection, window: Window) -> Numbers:
    condition, bounds = window.condition
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
    return {
        **counts,
        "internal_quality_score": _score(counts["review_points"], counts["review_points_possible"]),
        "failed_reviews_ratio": ratio(counts["reviews_failed"], counts["reviews_scored"]),
        "internal_quality_score_by_team": {team: _score(*points) for team, points in teams.items()},
        "review_category_scores": {category: _score(*points) for category, points in categories.items()},
        "parts": parts,
    }


def _score(points: int, possible: int) -> float | None:
    return float(Fraction(100 * points, possible)) if possible else None
