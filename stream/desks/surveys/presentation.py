"""What people are shown of surveys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from stream.state.presentation import NOTHING, Cell, Numbers, percent_text


def _part(survey: str, name: str, factor: float = 1) -> Cell:
    return lambda numbers: percent_text(numbers[survey][name], factor)


def _nps(numbers: Numbers) -> str:
    score = numbers["nps"]["score"]
    return NOTHING if score is None else f"{score:+.1f}"


ROWS: Final[Mapping[str, Mapping[str, Cell]]] = {
    "Surveys": {
        "CSAT": _part("csat", "percent"),
        "NPS": _nps,
        "CES, low effort": _part("ces", "percent"),
        "CSAT response rate": _part("csat", "response_ratio", factor=100),
    },
}
