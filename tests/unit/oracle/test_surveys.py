from __future__ import annotations

import pytest

from tests.oracle import OracleSettings
from tests.unit.oracle.event_log import lifetime, parts, survey


def responses(kind: str, scale: str, scores: list[int]) -> list[bytes]:
    return [
        survey("responded", number, f"S-{number}", survey=kind, scale=scale, score=score)
        for number, score in enumerate(scores)
    ]


def each_score_as_often_as_it_is_high(kind: str, scale: str, worst: int, best: int) -> list[bytes]:
    """Answers whose number of favourable ones tells which scores are favourable."""
    return responses(kind, scale, [score for score in range(worst, best + 1) for _ in range(score)])


@pytest.mark.parametrize(
    "scale, worst, best, favourable",
    [
        ("1-3", 1, 3, 3),
        ("1-5", 1, 5, 4 + 5),
        ("1-7", 1, 7, 6 + 7),
        ("1-10", 1, 10, 8 + 9 + 10),
        ("0-10", 0, 10, 8 + 9 + 10),
        ("good-bad", 0, 1, 1),
    ],
)
def test_satisfied_are_the_upper_scores_of_each_scale(scale: str, worst: int, best: int, favourable: int) -> None:
    answer = lifetime(each_score_as_often_as_it_is_high("csat", scale, worst, best))["csat"]

    assert answer["favourable"] == favourable
    assert answer["scores"] == {scale: {str(score): score for score in range(max(1, worst), best + 1)}}


@pytest.mark.parametrize(
    "best, inverted, favourable",
    [(5, False, 4 + 5), (5, True, 1 + 2), (7, False, 5 + 6 + 7), (7, True, 1 + 2 + 3)],
)
def test_low_effort_depends_on_the_direction_of_the_scale(best: int, favourable: int, *, inverted: bool) -> None:
    log = each_score_as_often_as_it_is_high("ces", f"1-{best}", 1, best)

    assert lifetime(log, OracleSettings(ces_inverted=inverted))["ces"]["favourable"] == favourable


def test_the_inverted_scale_of_effort_leaves_other_surveys_alone() -> None:
    settings = OracleSettings(ces_inverted=True)

    assert lifetime(responses("csat", "1-5", [5, 1]), settings)["csat"]["percent"] == 50.0


def test_80_percent_promoters_and_15_percent_detractors_make_65() -> None:
    # Of 20 answers 16 are promoters, 3 detractors and 1 is passive.
    answer = lifetime(responses("nps", "0-10", [9] * 8 + [10] * 8 + [0, 3, 6] + [7]))["nps"]

    assert answer == {
        "sent": 0,
        "responses": 20,
        "favourable": 16,
        "response_ratio": None,
        "scores": {"0-10": {"0": 1, "3": 1, "6": 1, "7": 1, "9": 8, "10": 8}},
        "promoters": 16,
        "passives": 1,
        "detractors": 3,
        "score": 65.0,
    }


def test_promoters_passives_and_detractors_share_the_scale() -> None:
    answer = lifetime(responses("nps", "0-10", list(range(11))))["nps"]

    assert (answer["promoters"], answer["passives"], answer["detractors"]) == (2, 2, 7)
    assert answer["score"] == pytest.approx(-500 / 11)


def test_the_last_answer_counts() -> None:
    log = [
        survey("responded", 20, survey="csat", scale="1-5", score=5),
        survey("responded", 10, survey="csat", scale="1-5", score=1),
    ]

    answer = lifetime(log)["csat"]
    assert answer["scores"] == {"1-5": {"5": 1}}
    assert answer["percent"] == 100.0


def test_a_survey_is_sent_once_with_the_labels_of_the_first_sending() -> None:
    log = [
        survey("sent", 20, survey="csat", channel="web"),
        survey("sent", 10, survey="csat", channel="email", team="first"),
    ]

    answer = lifetime(log)
    assert answer["csat"]["sent"] == 1
    # channel, survey, team
    assert parts(answer, "surveys_sent") == {("email", "csat", "first"): 1}


def test_an_answer_has_its_own_labels_or_else_those_of_the_sending() -> None:
    log = [
        survey("sent", 0, "S-1", survey="nps", channel="email", team="first"),
        survey("responded", 10, "S-1", survey="nps", scale="0-10", score=6, channel="web", team=None),
        survey("responded", 10, "S-2", survey="nps", scale="0-10", score=9, team="second"),
        # A sending that is only known later still lends its labels.
        survey("responded", 10, "S-3", survey="nps", scale="0-10", score=7),
        survey("sent", 20, "S-3", survey="nps", channel="chat"),
        survey("sent", 0, "S-4", survey="nps", channel="email", team="first"),
        survey("responded", 10, "S-4", survey="nps", scale="0-10", score=8, team="second"),
    ]

    answer = lifetime(log)
    assert parts(answer, "survey_responses") == {
        ("web", "nps", "first"): 1,
        ("none", "nps", "second"): 1,
        ("chat", "nps", "none"): 1,
        ("email", "nps", "second"): 1,
    }
    assert parts(answer, "survey_detractors") == {("web", "nps", "first"): 1}
    assert parts(answer, "survey_favourable") == {("none", "nps", "second"): 1}
    # scale, score, survey
    assert parts(answer, "survey_scores") == {
        ("0-10", "6", "nps"): 1,
        ("0-10", "7", "nps"): 1,
        ("0-10", "8", "nps"): 1,
        ("0-10", "9", "nps"): 1,
    }


def test_the_response_ratio_is_responses_by_surveys_sent() -> None:
    log = [survey("sent", 0, f"S-{number}", survey="csat") for number in range(4)]
    log += responses("csat", "1-5", [3])

    answer = lifetime(log)
    assert answer["csat"] == {
        "sent": 4,
        "responses": 1,
        "favourable": 0,
        "response_ratio": 0.25,
        "scores": {"1-5": {"3": 1}},
        "percent": 0.0,
    }
    assert answer["ces"]["percent"] is None


def test_a_survey_and_a_ticket_may_have_the_same_subject() -> None:
    log = [survey("sent", 0, "T-1", survey="csat")]

    assert lifetime(log)["csat"]["sent"] == 1
    assert lifetime(log)["tickets_opened"] == 0
