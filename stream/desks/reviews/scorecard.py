"""What a filled-in scorecard comes to, in whole points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import lcm
from typing import Final, NamedTuple

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
    def problem(self) -> str | None:
        """Why nobody can know what the rating means, ``None`` if it is right."""
        scale = f"{self.lowest} to {self.highest}"
        if self.lowest >= self.highest:
            return f"category {self.category!r} has a scale from {scale}: its lowest value must be below its highest"
        if self.score is not None and not self.lowest <= self.score <= self.highest:
            return f"category {self.category!r} has the score {self.score}, which is not on its scale from {scale}"
        return None

    @property
    def span(self) -> int:
        """How far the scale reaches."""
        return self.highest - self.lowest

    @property
    def points(self) -> int | None:
        """The points of the category, rounded half up; ``None`` if it is not applicable."""
        return None if self.score is None else _rounded(PERFECT * (self.score - self.lowest), self.span)

    @property
    def is_failure(self) -> bool:
        """Whether it fails the whole review: a critical category of which less than half of the scale was reached."""
        return self.critical and self.score is not None and 2 * (self.score - self.lowest) < self.span


Ratings = tuple[Rating, ...]


def problem_of(ratings: Sequence[Rating]) -> str | None:
    """Why nobody can know what a scorecard means, ``None`` if it is right."""
    seen: set[str] = set()
    for rating in ratings:
        if rating.category in seen:
            return f"category {rating.category!r} is rated twice in one review"
        seen.add(rating.category)
        if rating.problem is not None:
            return rating.problem
    return None


def is_failed(ratings: Iterable[Rating]) -> bool:
    """Whether a critical category fails the review."""
    return any(rating.is_failure for rating in ratings)


def points_of(ratings: Iterable[Rating]) -> int | None:
    """The points of a review: the weighted mean of its rated categories, or 0 if a critical one fails it.

    It is exact until it is rounded, once, half up. ``None`` if nothing that has a weight is rated.
    """
    rated = [(rating, rating.score - rating.lowest) for rating in ratings if rating.score is not None]
    if is_failed(rating for rating, _ in rated):
        return 0
    weights = sum(rating.weight for rating, _ in rated)
    if not weights:
        return None
    common = lcm(*(rating.span for rating, _ in rated))
    reached = sum(rating.weight * above * (common // rating.span) for rating, above in rated)
    return _rounded(PERFECT * reached, common * weights)


def _rounded(part: int, whole: int) -> int:
    return (2 * part + whole) // (2 * whole)
