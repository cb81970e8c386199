"""Reasons that differ in their values alone are one kind."""

from __future__ import annotations

from stream.feeds.replay.problem_kinds import MOST_KINDS, OTHERS, ProblemKinds, printable


def counted(*reasons: str, names: tuple[str, ...] = ()) -> list[tuple[str, int]]:
    kinds = ProblemKinds(names)
    for position, reason in enumerate(reasons, 1):
        kinds.count(position, reason)
    return [(kind.text, kind.rows) for kind in kinds]


def test_ten_thousand_values_make_one_kind_with_its_first_examples() -> None:
    kinds = ProblemKinds()
    for number in range(10_000):
        kinds.count(number, f"time: 'never {number}' is not a time in the format %d/%m/%Y")

    (kind,) = kinds

    assert (kind.text, kind.rows) == ("time: … is not a time in the format %d/%m/%Y", 10_000)
    assert [example.position for example in kind.examples] == [0, 1, 2]
    assert kind.examples[0].reason == "time: 'never 0' is not a time in the format %d/%m/%Y"


def test_a_value_with_quotation_marks_in_it_is_left_out_as_a_whole() -> None:
    assert counted("score: 'it\\'s \"so\"' is wrong", 'score: "it\'s" is wrong') == [("score: … is wrong", 2)]


def test_the_name_of_a_column_stays() -> None:
    found = counted("subject: the column 'id' is empty", "subject: the column 'ref' is empty", names=("id", "ref"))

    assert found == [("subject: the column 'id' is empty", 1), ("subject: the column 'ref' is empty", 1)]


def test_numbers_that_differ_are_left_out_and_those_that_do_not_stay() -> None:
    assert counted("it has 3 fields, the header 5", "it has 4 fields, the header 5") == [
        ("it has … fields, the header …", 2)
    ]
    assert counted("time: 'a' lies before 1990", "time: 'b' lies before 1990") == [("time: … lies before 1990", 2)]


def test_the_most_frequent_kind_comes_first() -> None:
    assert [text for text, _ in counted("rare", "common", "common")] == ["common", "rare"]


def test_kinds_without_end_are_bounded() -> None:
    found = dict(counted(*("x" * length for length in range(1, MOST_KINDS + 51))))

    assert len(found) == MOST_KINDS + 1
    assert found[OTHERS] == 50


def test_control_characters_do_not_reach_the_terminal() -> None:
    assert printable("a\x1b[2Jb") == "a�[2Jb"
