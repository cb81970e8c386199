from __future__ import annotations

from typing import get_args

import pytest

from schemas.events import Scale, SurveyKind
from schemas.surveys import SCALES, SCORES, answer_problem


def test_each_scale_of_the_events_has_its_scores_and_each_survey_its_scales() -> None:
    assert set(SCORES) == set(get_args(Scale))
    assert set(SCALES) == set(get_args(SurveyKind))


@pytest.mark.parametrize("scale", [scale for scale in SCORES if scale != "good-bad"])
def test_a_scale_is_called_by_its_lowest_and_its_highest_score(scale: str) -> None:
    assert scale == f"{SCORES[scale][0]}-{SCORES[scale][-1]}"


@pytest.mark.parametrize(
    "survey, scale, score, problem",
    [
        ("nps", "0-10", 10, None),
        ("nps", "1-10", 10, "the scale of nps is 0-10, not 1-10"),
        ("ces", "good-bad", 1, "the scale of ces is 1-5 or 1-7, not good-bad"),
        ("csat", "1-3", 0, "the score 0 is not on the scale 1-3"),
        ("csat", "good-bad", 2, "the score 2 is not on the scale good-bad, where good is 1 and bad is 0"),
    ],
)
def test_an_answer_off_its_scale_is_told_what_would_be_right(
    survey: str, scale: str, score: int, problem: str | None
) -> None:
    assert answer_problem(survey, scale, score) == problem
