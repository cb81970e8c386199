"""The rules by which reviews count."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReviewRules:
    """Whether self-reviews count like other reviews."""

    self_reviews: bool = False
