"""The rules by which reviews count."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReviewRules:
    """Whether reviews of oneself count as those of others do."""

    self_reviews: bool = False
