from __future__ import annotations

from itertools import permutations

import pytest

from stream.desks.surveys.comments import COMMENTS_KEPT
from stream.desks.surveys.desk import SurveyDesk
from stream.desks.surveys.resources import newest_comments
from tests.kinds.surveys import survey
from tests.kinds.worker import Worker
from tests.moments import DAY, HOUR


def answered(*values: bytes) -> Worker:
    """A worker that has taken survey records in."""
    worker = Worker()
    outcome = worker.take_of("surveys", *values)
    assert not outcome.rejections, outcome.rejections
    return worker


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
        assert [comment.text for comment in newest_comments([worker.desk(SurveyDesk)])[:10]] == ["solved after all"]

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
        before = worker.take_of("surveys", value)
        after = worker.take_of("surveys", value)

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

        assert [comment.text for comment in newest_comments([worker.desk(SurveyDesk)])[:3]] == ["9", "5", "3"]

    def test_they_come_with_score_and_ticket(self) -> None:
        worker = answered(
            survey("responded", 0, survey="nps", scale="0-10", score=10, comment="Danke! 🙂", ticket="T-7")
        )

        comment = newest_comments([worker.desk(SurveyDesk)])[:1][0]
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

        assert newest_comments([worker.desk(SurveyDesk)])[:10] == []

    def test_a_correction_without_words_takes_them_back(self) -> None:
        worker = answered(
            survey("responded", 0, survey="csat", scale="1-5", score=1, comment="awful"),
            survey("responded", 1, survey="csat", scale="1-5", score=5),
        )

        assert newest_comments([worker.desk(SurveyDesk)])[:10] == []

    def test_only_the_newest_are_kept(self) -> None:
        worker = answered(
            *(
                survey("responded", second, f"S-{second}", survey="csat", scale="1-5", score=5, comment=str(second))
                for second in range(COMMENTS_KEPT + 10)
            )
        )

        comments = newest_comments([worker.desk(SurveyDesk)])
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

        comments = newest_comments([worker.desk(SurveyDesk)])[:COMMENTS_KEPT]
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

        comments = newest_comments([worker.desk(SurveyDesk)])[:COMMENTS_KEPT]
        newest = range(asked - taken_back - 1, asked - taken_back - 1 - COMMENTS_KEPT, -1)
        assert [comment.text for comment in comments] == [str(number) for number in newest]

    def test_comments_of_several_partitions_are_in_one_order(self) -> None:
        worker = Worker()
        other = worker.new_state("surveys")
        for second in range(6):
            state = other if second % 2 else worker.states["surveys"]
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
    outcome = worker.take_of(
        "surveys",
        survey("sent", 0, survey="nps", channel="email", team="first"),
        survey("responded", 10, survey="nps", scale="0-10", score=4, comment="slow", ticket="T-1"),
        survey("responded", 20, "S-2", survey="csat", scale="good-bad", score=1),
    )
    restored = worker.new_state("surveys")
    restored.load(outcome.rows)
    restored.loaded()
    before = worker.numbers()
    comments = newest_comments([worker.desk(SurveyDesk)])[:10]
    worker.states["surveys"] = restored

    assert worker.numbers() == before
    assert newest_comments([worker.desk(SurveyDesk)])[:10] == comments
