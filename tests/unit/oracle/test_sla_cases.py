from __future__ import annotations

import pytest

from tests.oracle import SlaAnswer, compute_sla
from tests.oracle.records import rows_of
from tests.oracle.sla_cases import Case, ExpectedClock, read_cases

CASES = read_cases()


def clocks_of(answer: SlaAnswer) -> set[ExpectedClock]:
    return {
        ExpectedClock(
            clock.metric, clock.number, clock.state, clock.elapsed, clock.due, clock.breached_at, clock.policy
        )
        for clock in answer.clocks
    }


def test_no_two_cases_have_the_same_name() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_no_case_knows_the_future(case: Case) -> None:
    assert max(row["moment"] for row in rows_of(case.events)) <= case.now
    assert len(list(rows_of(case.events))) == len(case.events)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_oracle_agrees_with_what_was_worked_out_by_hand(case: Case) -> None:
    answer = compute_sla(case.events, case.policies, case.now)

    assert clocks_of(answer) == case.clocks, case.why
    if case.transitions is not None:
        assert {transition.id for transition in answer.transitions} == case.transitions, case.why
    reasons = {one.id: one.reason for one in answer.transitions if one.kind == "cancel"}
    assert {identifier: reasons[identifier] for identifier in case.reasons} == case.reasons


@pytest.mark.parametrize("case", CASES, ids=str)
def test_neither_order_nor_repetition_changes_the_oracles_answer(case: Case) -> None:
    answer = compute_sla((*reversed(case.events), *case.events), case.policies, case.now)

    assert answer == compute_sla(case.events, case.policies, case.now)
