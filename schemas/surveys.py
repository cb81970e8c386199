"""The scales that surveys are answered on, and the scores of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SCORES: Final[Mapping[str, range]] = {
    "1-3": range(1, 4),
    "1-5": range(1, 6),
    "1-7": range(1, 8),
    "1-10": range(1, 11),
    "0-10": range(11),
    "good-bad": range(2),
}
"""The scores of each scale, the narrower scales first."""

SCALES: Final[Mapping[str, tuple[str, ...]]] = {
    "csat": tuple(SCORES),
    "nps": ("0-10",),
    "ces": ("1-5", "1-7"),
}
"""The scales that each kind of survey may be answered on."""

GOOD_BAD: Final = "good is 1 and bad is 0"
"""What the scores of the scale good-bad mean."""


def answer_problem(survey: str, scale: str, score: int) -> str | None:
    """What is wrong with an answer: its scale is none of its survey, or its score is not on the scale."""
    if scale not in SCALES[survey]:
        return f"the scale of {survey} is {' or '.join(SCALES[survey])}, not {scale}"
    if score not in SCORES[scale]:
        meaning = f", where {GOOD_BAD}" if scale == "good-bad" else ""
        return f"the score {score} is not on the scale {scale}{meaning}"
    return None
