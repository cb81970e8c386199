"""What people are shown of reviews."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from stream.state.presentation import NOTHING, Cell, Numbers, count, share


def _quality(numbers: Numbers) -> str:
    score = numbers["internal_quality_score"]
    return NOTHING if score is None else f"{score:.1f}"


ROWS: Final[Mapping[str, Mapping[str, Cell]]] = {
    "Reviews": {
        "reviews": count("reviews"),
        "internal quality score": _quality,
        "failed by a critical category": share("failed_reviews_ratio"),
        "disputed": count("reviews_disputed"),
    },
}
