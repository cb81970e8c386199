"""Which scores are favourable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from schemas.surveys import SCORES

_SATISFIED_FROM: Final = {"1-3": 3, "1-5": 4, "1-7": 6, "1-10": 8, "0-10": 8, "good-bad": 1}
_LOW_EFFORT_FROM: Final = {"1-5": 4, "1-7": 5}
_PROMOTERS_FROM: Final = 9
_DETRACTORS_TO: Final = 6


@dataclass(frozen=True, slots=True)
class SurveyRules:
    """``ces_inverted``: a low score means low effort."""

    ces_inverted: bool = False


def is_favourable(survey: str, scale: str, score: int, rules: SurveyRules) -> bool:
    """Whether an answer is that of a satisfied customer, a promoter, or one who had little effort."""
    if survey == "nps":
        return score >= _PROMOTERS_FROM
    if survey == "ces":
        threshold = _LOW_EFFORT_FROM[scale]
        if rules.ces_inverted:
            return score <= SCORES[scale][-1] + 1 - threshold
        return score >= threshold
    return score >= _SATISFIED_FROM[scale]


def is_detractor(survey: str, score: int) -> bool:
    """Whether an answer to an NPS survey counts against us."""
    return survey == "nps" and score <= _DETRACTORS_TO
