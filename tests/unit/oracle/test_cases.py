from __future__ import annotations

import pytest

from tests.oracle import compute
from tests.oracle.case_numbers import shown
from tests.oracle.cases import Case, read_cases
from tests.oracle.records import rows_of

CASES = read_cases()


def test_no_two_cases_have_the_same_name() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_oracle_agrees_with_what_was_worked_out_by_hand(case: Case) -> None:
    answer = compute(case.events, now=case.now, settings=case.settings)

    assert shown(case.numbers, answer) == case.numbers, case.why
    assert len(case.events) - len(list(rows_of(case.events))) == case.rejected
