from __future__ import annotations

from itertools import permutations

import pytest

from stream.desks.surveys.comments import COMMENTS_KEPT
from stream.desks.surveys.resources import newest_comments
from stream.desks.surveys.scores import SurveyRules, is_detractor, is_favourable
from stream.state.rejection import Reason
from tests.unit.desks.tickets.ticket_log import DAY, HOUR, Worker, survey


def answered(*values: bytes, inverted: bool = False) -> Worker:
    """A worker that has taken survey records in."""
    worker = Worker(survey_rules=SurveyRules(ces_inverted=inverted))
    outcome = worker.take_surveys(*values)
    assert not outcome.rejections, outcome.rejections
    return worker


class TestScales:
    @pytest.mark.parametrize(
        "kind, scale, lowest, highest, from_score",
        [
            ("csat", "1-3", 1, 3, 3),
            ("csat", "1-5", 1, 5, 4),
            ("csat", "1-7", 1, 7, 6),
            ("csat", "1-10", 1, 10, 8),
            ("csat", "0-10", 0, 10, 8),
            ("csat", "good-bad", 0, 1, 1),
            ("nps", "0-10", 0, 10, 9),
            ("ces", "1-5", 1, 5, 4),
            ("ces", "1-7", 1, 7, 5),
        ],
    )
    def test_the_favourable_scores_are_the_upper_ones(
        self, kind: str, scale: str, lowest: int, highest: int, from_score: int
    ) -> None:
        worker = Worker()
        outcomes = {
            score: worker.take_surveys(
                survey("responded", score, f"S-{score}", survey=kind, scale=scale, score=score)
            ).applied
            for score in range(11)
        }

        assert [score for score, applied in outcomes.items() if applied] == list(range(lowest, highest + 1))
        assert worker.count("survey_favourable") == highest + 1 - from_score
        assert is_favourable(kind, scale, from_score, SurveyRules())
        assert not is_favourable(kind, scale, from_score - 1, SurveyRules())

    @pytest.mark.parametrize("scale, highest_favourable", [("1-5", 2), ("1-7", 3)])
    def test_an_inverted_effort_score_is_favourable_when_low(self, scale: str, highest_favourable: int) -> None:
        rules = SurveyRules(ces_inverted=True)

        assert is_favourable("ces", scale, highest_favourable, rules)
        assert not is_favourable("ces", scale, highest_favourable + 1, rules)

    def test_inverting_the_effort_leaves_the_other_surveys(self) -> None:
        rules = SurveyRules(ces_inverted=True)

        assert is_favourable("csat", "1-5", 5, rules)
        assert is_favourable("nps", "0-10", 10, rules)

    @pytest.mark.parametrize("score, expected", [(0, True), (6, True), (7, False), (8, False), (9, False)])
    def test_a_detractor_gives_six_or_less(self, score: int, *, expected: bool) -> None:
        assert is_detractor("nps", score) is expected

    def test_there_are_no_detractors_in_other_surveys(self) -> None:
        assert not is_detractor("csat", 0)

    @pytest.mark.parametrize(
        "kind, scale, score",
        [
            ("csat", "1-5", 0),
            ("csat", "1-5", 6),
            ("csat", "good-bad", 2),
            ("nps", "1-10", 5),
            ("nps", "1-5", 5),
            ("ces", "1-10", 5),
            ("ces", "good-bad", 1),
            ("nps", "0-10", 11),
            ("csat", "0-10", -1),
            ("csat", "1-4", 2),
            ("quality", "1-5", 2),
        ],
    )
    def test_a_score_off_its_scale_is_rejected(self, kind: str, scale: str, score: int) -> None:
        worker = Worker()
        outcome = worker.take_surveys(survey("responded", 0, survey=kind, scale=scale, score=score))

        assert [rejection.reason for rejection in outcome.rejections] == [Reason.INVALID]
        assert worker.count("survey_responses") == 0


class TestNumbers:
    def test_csat_is_the_percentage_of_satisfied_customers(self) -> None:
        scores = [5, 4, 4, 3, 1]
        worker = answered(
            *(survey("sent", 0, f"S-{place}", survey="csat") for place in range(10)),
            *(
                survey("responded", HOUR, f"S-{place}", survey="csat", scale="1-5", score=score)
                for place, score in enumerate(scores)
            ),
        )

        assert worker.window()["csat"] == {
            "sent": 10,
            "responses": 5,
            "favourable": 3,
            "percent": 60.0,
            "response_ratio": 0.5,
            "scores": {"1-5": {"1": 1, "3": 1, "4": 2, "5": 1}},
        }

    def test_nps_is_promoters_less_detractors(self) -> None:
        scores = [10] * 80 + [8] * 5 + [3] * 15
        worker = answered(
            *(
                survey("responded", place, f"S-{place}", survey="nps", scale="0-10", score=score)
                for place, score in enumerate(scores)
            )
        )

        nps = worker.window()["nps"]
        assert (nps["promoters"], nps["passives"], nps["detractors"]) == (80, 5, 15)
        assert nps["score"] == 65.0
        assert nps["response_ratio"] is None
        assert "percent" not in nps

    def test_without_answers_there_are_no_ratios(self) -> None:
        worker = answered(survey("sent", 0, survey="ces"))

        assert worker.window()["ces"]["percent"] is None
        assert worker.window()["nps"]["score"] is None

    def test_effort_is_low_where_the_score_is_high_unless_inverted(self) -> None:
        answer = survey("responded", 0, survey="ces", scale="1-5", score=5)

        assert answered(answer).window()["ces"]["percent"] == 100.0
        assert answered(answer, inverted=True).window()["ces"]["percent"] == 0.0


class TestCorrections:
    @pytest.mark.parametrize("order", [*permutations(range(3))])
    def test_the_latest_answer_counts_alone(self, order: tuple[int, ...]) -> None:
        answers = [
            survey("responded", 0, survey="nps", scale="0-10", score=2, comment="awful"),
            survey("responded", HOUR, survey="nps", scale="0-10", score=7),
            survey("responded", 2 * DAY, survey="nps", scale="0-10", score=10, comment="solved after all"),
        ]
        worker = answered(*(answers[place] for place in order))

        nps = worker.window()["nps"]
        assert (nps["responses"], nps["promoters"], nps["detractors"]) == (1, 1, 0)
        assert nps["scores"] == {"0-10": {"10": 1}}
        assert [comment.text for comment in newest_comments([worker.survey_desk])[:10]] == ["solved after all"]

    @pytest.mark.parametrize("order", [(0, 1), (1, 0)])
    def test_a_survey_is_sent_once_and_first(self, order: tuple[int, ...]) -> None:
        sent = [survey("sent", 0, survey="csat", channel="email"), survey("sent", DAY, survey="csat", channel="chat")]
        worker = answered(*(sent[place] for place in order))

        assert worker.by_labels("surveys_sent") == {("csat", "email", "none"): 1}

    def test_an_answer_takes_channel_and_team_of_what_was_sent(self) -> None:
        worker = answered(
            survey("responded", HOUR, survey="csat", scale="1-5", score=5, team="second"),
            survey("sent", 0, survey="csat", channel="email", team="first"),
        )

        assert worker.by_labels("survey_responses") == {("csat", "email", "second"): 1}
        assert worker.by_labels("survey_favourable") == {("csat", "email", "second"): 1}

    def test_an_answer_to_a_survey_that_nobody_sent_counts(self) -> None:
        worker = answered(survey("responded", HOUR, survey="csat", scale="1-5", score=5))

        assert worker.by_labels("survey_responses") == {("csat", "none", "none"): 1}
        assert worker.count("surveys_sent") == 0

    @pytest.mark.parametrize(
        "value",
        [
            survey("sent", HOUR, survey="csat"),
            survey("responded", HOUR, survey="csat", scale="1-5", score=5),
        ],
        ids=["sent", "responded"],
    )
    def test_what_comes_twice_is_a_duplicate(self, value: bytes) -> None:
        worker = Worker()
        before = worker.take_surveys(value)
        after = worker.take_surveys(value)

        assert (before.applied, before.duplicates) == (1, 0)
        assert (after.applied, after.duplicates) == (0, 1)
        assert len(after.rows) == 1
        assert worker.count("surveys_sent") + worker.count("survey_responses") == 1


class TestComments:
    def test_the_newest_come_first(self) -> None:
        worker = answered(
            *(
                survey("responded", second, f"S-{second}", survey="csat", scale="1-5", score=5, comment=str(second))
                for second in (5, 1, 9, 3)
            )
        )

        assert [comment.text for comment in newest_comments([worker.survey_desk])[:3]] == ["9", "5", "3"]

    def test_they_come_with_score_and_ticket(self) -> None:
        worker = answered(
            survey("responded", 0, survey="nps", scale="0-10", score=10, comment="Danke! 🙂", ticket="T-7")
        )

        comment = newest_comments([worker.survey_desk])[:1][0]
        assert (comment.text, comment.survey, comment.scale, comment.score, comment.ticket) == (
            "Danke! 🙂",
            "nps",
            "0-10",
            10,
            "T-7",
        )

    def test_answers_without_words_are_none(self) -> None:
        worker = answered(
            survey("responded", 0, survey="csat", scale="1-5", score=5),
            survey("responded", 1, "S-2", survey="csat", scale="1-5", score=5, comment=""),
        )

        assert newest_comments([worker.survey_desk])[:10] == []

    def test_a_correction_without_words_takes_them_back(self) -> None:
        worker = answered(
            survey("responded", 0, survey="csat", scale="1-5", score=1, comment="awful"),
            survey("responded", 1, survey="csat", scale="1-5", score=5),
        )

        assert newest_comments([worker.survey_desk])[:10] == []

    def test_only_the_newest_are_kept(self) -> None:
        worker = answered(
            *(
                survey("responded", second, f"S-{second}", survey="csat", scale="1-5", score=5, comment=str(second))
                for second in range(COMMENTS_KEPT + 10)
            )
        )

        comments = newest_comments([worker.survey_desk])
        assert len(comments) == COMMENTS_KEPT
        assert comments[-1].text == "10"

    def test_a_comment_that_is_taken_back_makes_room_for_the_one_before_the_oldest(self) -> None:
        worker = answered(
            *(
                survey("responded", second, f"S-{second}", survey="csat", scale="1-5", score=5, comment=str(second))
                for second in range(COMMENTS_KEPT + 1)
            ),
            survey("responded", DAY, f"S-{COMMENTS_KEPT}", survey="csat", scale="1-5", score=4),
        )

        comments = newest_comments([worker.survey_desk])[:COMMENTS_KEPT]
        assert [comment.text for comment in comments] == [str(number) for number in reversed(range(COMMENTS_KEPT))]

    def test_comments_that_made_way_come_back_when_many_newer_ones_are_taken_back(self) -> None:
        asked, taken_back = 4 * COMMENTS_KEPT, 2 * COMMENTS_KEPT
        worker = answered(
            *(
                survey("responded", second, f"S-{second}", survey="csat", scale="1-5", score=5, comment=str(second))
                for second in range(asked)
            ),
            *(
                survey("responded", DAY + second, f"S-{second}", survey="csat", scale="1-5", score=4)
                for second in range(asked - taken_back, asked)
            ),
        )

        comments = newest_comments([worker.survey_desk])[:COMMENTS_KEPT]
        newest = range(asked - taken_back - 1, asked - taken_back - 1 - COMMENTS_KEPT, -1)
        assert [comment.text for comment in comments] == [str(number) for number in newest]

    def test_comments_of_several_partitions_are_in_one_order(self) -> None:
        worker = Worker()
        other = worker.new_surveys()
        for second in range(6):
            state = other if second % 2 else worker.surveys
            answer = survey(
                "responded", second, f"S-{second}", survey="csat", scale="1-5", score=5, comment=str(second)
            )
            worker.take_into(state, [answer])

        assert [comment.text for comment in newest_comments(worker.view(other).desks("surveys"))[:4]] == [
            "5",
            "4",
            "3",
            "2",
        ]


def test_restored_surveys_contribute_what_they_did() -> None:
    worker = Worker()
    outcome = worker.take_surveys(
        survey("sent", 0, survey="nps", channel="email", team="first"),
        survey("responded", 10, survey="nps", scale="0-10", score=4, comment="slow", ticket="T-1"),
        survey("responded", 20, "S-2", survey="csat", scale="good-bad", score=1),
    )
    restored = worker.new_surveys()
    restored.load(outcome.rows)
    restored.loaded()
    before = worker.numbers()
    comments = newest_comments([worker.survey_desk])[:10]
    worker.surveys = restored

    assert worker.numbers() == before
    assert newest_comments([worker.survey_desk])[:10] == comments
