"""Scales, and which scores on them are favourable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from stream.state.rejection import Reason, RejectedRecordError

_HIGHEST_SCORES: Final = {"1-3": 3, "1-5": 5, "1-7": 7, "1-10": 10, "0-10": 10, "good-bad": 1}
_LOWEST_SCORES: Final = {"1-3": 1, "1-5": 1, "1-7": 1, "1-10": 1, "0-10": 0, "good-bad": 0}
_SATISFIED_FROM: Final = {"1-3": 3, "1-5": 4, "1-7": 6, "1-10": 8, "0-10": 8, "good-bad": 1}
_LOW_EFFORT_FROM: Final = {"1-5": 4, "1-7": 5}
_PROMOTERS_FROM: Final = 9
_DETRACTORS_TO: Final = 6


@dataclass(frozen=True, slots=True)
class SurveyRules:
    """``ces_inverted``: a low score means low effort."""

    ces_inverted: bool = False


def check_score(survey: str, scale: str, score: int) -> None:
    """Raise ``RejectedRecordError`` if a score is not on its scale or the scale not one of its survey."""
    if survey == "nps" and scale != "0-10":
        raise RejectedRecordError(Reason.INVALID, f"an nps survey has the scale 0-10, not {scale}")
    if survey == "ces" and scale not in _LOW_EFFORT_FROM:
        raise RejectedRecordError(Reason.INVALID, f"a ces survey has the scale 1-5 or 1-7, not {scale}")
    if not _LOWEST_SCORES[scale] <= score <= _HIGHEST_SCORES[scale]:
        raise RejectedRecordError(Reason.INVALID, f"score {score} is not on the scale {scale}")


def is_favourable(survey: str, scale: str, score: int, rules: SurveyRules) -> bool:
    """Whether an answer is that of a satisfied customer, a promoter, or one who had little effort."""
    if survey == "nps":
        return score >= _PROMOTERS_FROM
    if survey == "ces":
        threshold = _LOW_EFFORT_FROM[scale]
        if rules.ces_inverted:
            return score <= _HIGHEST_SCORES[scale] + 1 - threshold
        return score >= threshold
    return score >= _SATISFIED_FROM[scale]


def is_detractor(survey: str, score: int) -> bool:
    """Whether an answer to an NPS survey counts against us."""
    return survey == "nps" and score <= _DETRACTORS_TO
