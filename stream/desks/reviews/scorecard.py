"""What a filled-in scorecard comes to, in whole points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import lcm
from typing import Final, NamedTuple

from schemas.events import RatedCategory

PERFECT: Final = 1_000_000
"""The points of a perfect review, and of a category that reached the top of its scale."""


class Rating(NamedTuple):
    """A category as it was rated, on a scale from ``lowest`` to ``highest``; no ``score`` if it is not applicable."""

    category: str
    score: int | None
    lowest: int
    highest: int
    weight: int
    critical: bool

    @property
    def span(self) -> int:
        """How far the scale reaches."""
        return self.highest - self.lowest

    @property
    def reached(self) -> int:
        """How far up the scale the score lies, 0 if there is none."""
        return 0 if self.score is None else self.score - self.lowest

    @property
    def points(self) -> int | None:
        """The points of the category, rounded half up; ``None`` if it is not applicable."""
        return None if self.score is None else _rounded(PERFECT * self.reached, self.span)

    @property
    def is_failure(self) -> bool:
        """Whether it fails the whole review: a critical category of which less than half of the scale was reached."""
        return self.critical and self.score is not None and 2 * self.reached < self.span


Ratings = tuple[Rating, ...]


def ratings_of(categories: Iterable[RatedCategory]) -> Ratings:
    """The ratings of a scorecard."""
    return tuple(
        Rating(one.category, one.score, one.lowest, one.highest, one.weight, one.critical) for one in categories
    )


def problem_of(categories: Sequence[RatedCategory]) -> str | None:
    """Why nobody can know what a scorecard means, ``None`` if it is right."""
    seen: set[str] = set()
    for rated in categories:
        name, score, lowest, highest = rated.category, rated.score, rated.lowest, rated.highest
        if name in seen:
            return f"category {name!r} is rated twice in one review; name each category once"
        seen.add(name)
        scale = f"{lowest} to {highest}"
        if lowest >= highest:
            return f"category {name!r} has a scale from {scale}: its lowest value must be below its highest"
        if score is not None and not lowest <= score <= highest:
            return f"category {name!r} has the score {score}, which is not on its scale from {scale}"
    return None


def is_failed(ratings: Iterable[Rating]) -> bool:
    """Whether a critical category fails the review."""
    return any(rating.is_failure for rating in ratings)


def points_of(ratings: Ratings) -> int | None:
    """The points of a review: the weighted mean of its rated categories, or 0 if a critical one fails it.

    It is exact until it is rounded, once, half up. ``None`` if nothing that has a weight is rated.
    """
    if is_failed(ratings):
        return 0
    rated = [rating for rating in ratings if rating.score is not None]
    weights = sum(rating.weight for rating in rated)
    if not weights:
        return None
    common = lcm(*(rating.span for rating in rated))
    reached = sum(rating.weight * rating.reached * (common // rating.span) for rating in rated)
    return _rounded(PERFECT * reached, common * weights)


def _rounded(part: int, whole: int) -> int:
    return (2 * part + whole) // (2 * whole)
