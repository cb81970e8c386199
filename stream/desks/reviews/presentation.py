"""What people are shown of reviews."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from stream.state.presentation import Cell, count, share

ROWS: Final[Mapping[str, Mapping[str, Cell]]] = {
    "Reviews": {
        "reviews": count("reviews"),
        "internal quality score": share("internal_quality_score", factor=1),
        "failed on a critical category": share("failed_reviews_ratio"),
        "disputed": count("reviews_disputed"),
    },
}
