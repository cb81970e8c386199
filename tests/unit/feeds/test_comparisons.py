"""A column is compared with another one, or with a constant."""

from __future__ import annotations

import pytest

from stream.feeds.replay import ReplayError
from tests.unit.feeds.mapped_log import MappedLog

REST = '[[rule]]\nskip = "the rest"\n'


def fits(mapped: MappedLog, test: str, *pairs: tuple[str, str], time: str = "") -> list[bool]:
    rule = f'[[rule]]\nwhen = {{ x = {{ {test} }} }}\nevent = "helpdesk.ticket.resolved.v1"\n'
    log = "id,time,x,y\n" + "".join(f"{number},2020-01-01,{x},{y}\n" for number, (x, y) in enumerate(pairs))
    mapped.replay(log, rule + REST, time=time)
    subjects = [event["subject"] for event in mapped.events]
    return [str(number) in subjects for number in range(len(pairs))]


def test_texts_are_equal_or_differ(mapped: MappedLog) -> None:
    pairs = [("a", "a"), ("a", " a "), ("a", "A"), ("", ""), ("a", "")]
    assert fits(mapped, 'equals = "{y}"', *pairs) == [True, True, False, True, False]
    assert fits(mapped, 'differs = "{y}"', *pairs) == [False, False, True, False, True]


def test_numbers_are_less_or_greater(mapped: MappedLog) -> None:
    pairs = [("9", "10"), ("10", "9.5"), ("1e1", "10"), ("", "10"), ("9", "")]
    assert fits(mapped, 'less = "{y}"', *pairs) == [True, False, False, False, False]
    assert fits(mapped, 'greater = "{y}"', *pairs) == [False, True, False, False, False]
    assert fits(mapped, "greater = 9.5", *pairs) == [False, True, True, False, False]
    assert fits(mapped, "greater = 1, less = 10", *pairs) == [True, False, False, False, True]


def test_times_are_before_or_after(mapped: MappedLog) -> None:
    pairs = [("2020-01-02", "2020-01-10"), ("2020-01-02T01:00+02:00", "2020-01-01T23:00Z"), ("2020-02-01", "")]
    assert fits(mapped, 'before = "{y}"', *pairs) == [True, False, False]
    assert fits(mapped, 'after = "{y}"', *pairs) == [False, False, False]
    assert fits(mapped, 'after = "2020-01-15"', *pairs) == [False, False, True]


def test_what_cannot_be_compared_rejects_the_row(mapped: MappedLog) -> None:
    assert fits(mapped, 'less = "{y}"', ("many", "3"), ("1", "3")) == [False, True]
    assert mapped.rejected() == ["rule 1.when.x.less: 'many' is not a number"]
    fits(mapped, 'before = "{y}"', ("2020-01-01", "soon"))
    assert mapped.rejected() == ["rule 1.when.x.before: 'soon' is not a time in the format iso"]


def test_a_column_to_compare_with_must_be_there(mapped: MappedLog) -> None:
    with pytest.raises(ReplayError, match=r"there is no column 'z', which .* names in rule 1\.when\.x\.equals"):
        fits(mapped, 'equals = "{z}"', ("a", "b"))


@pytest.mark.parametrize(
    "test, message",
    [
        ("equal = 1", r"x\.equal: unknown key .did you mean equals"),
        ("equals = 1", r"x\.equals: must be a string, such as \"1\""),
        ('less = "{"', r"x\.less: '\{' has a brace without a column"),
        ("less = true", r"x\.less: must be a string"),
    ],
)
def test_what_is_wrong_with_a_comparison_is_named(mapped: MappedLog, test: str, message: str) -> None:
    with pytest.raises(ReplayError, match=rf"rule 1\.when\.{message}"):
        fits(mapped, test, ("a", "b"))
