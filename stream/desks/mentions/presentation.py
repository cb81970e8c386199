"""What people are shown of mentions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from stream.state.presentation import NOTHING, Cell, Numbers, count, share


def _net(numbers: Numbers) -> str:
    score = numbers["net_sentiment"]
    return NOTHING if score is None else f"{score:+.1f}"


ROWS: Final[Mapping[str, Mapping[str, Cell]]] = {
    "Mentions": {
        "mentions": count("mentions"),
        "net sentiment": _net,
        "positive": share("positive_mentions_ratio"),
        "negative": share("negative_mentions_ratio"),
        "estimated": share("estimated_mentions_ratio"),
    },
}

COLUMNS: Final[Mapping[str, Cell]] = {}
"""Nothing of the state, for mentions are of the past."""
