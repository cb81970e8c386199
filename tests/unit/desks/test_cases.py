from __future__ import annotations

from collections.abc import Sequence

import pytest

from stream.desks.kinds import KINDS
from stream.desks.surveys.scores import SurveyRules
from stream.state.measure import by_name
from stream.state.partition import Outcome
from stream.windows.clock import WallClock
from stream.windows.moments import to_microseconds
from tests.desk_terms import desk_backlog_threshold, desk_rules
from tests.oracle import compute, differences
from tests.oracle.case_numbers import NOTHING, shown
from tests.oracle.cases import Case, read_cases
from tests.unit.desks.tickets.ticket_log import Worker

CASES = read_cases()
ARRIVALS = ("as written", "backwards", "every event twice", "the last event first", "one by one")

_MEANS_IN_MICROSECONDS = 1e-5


def batches_of(events: Sequence[bytes], arrival: str) -> list[Sequence[bytes]]:
    """The events in the batches in which they arrive."""
    if arrival == "backwards":
        return [events[::-1]]
    if arrival == "every event twice":
        return [[event for event in events for _ in range(2)]]
    if arrival == "the last event first":
        return [[*events[-1:], *events[:-1]]]
    return [[event] for event in events] if arrival == "one by one" else [events]


def desk_after(case: Case, arrival: str) -> tuple[Worker, list[Outcome]]:
    """A worker that has taken the events of a case in, and what became of them."""
    now = None if case.now is None else to_microseconds(case.now)
    worker = Worker(
        desk_rules(case.settings),
        survey_rules=SurveyRules(ces_inverted=case.settings.ces_inverted),
        clock=None if now is None else WallClock(lambda: now * 1_000),
        backlog_threshold=desk_backlog_threshold(case.settings),
    )
    outcomes = [worker.take(*batch) for batch in batches_of(case.tickets, arrival)]
    outcomes += [worker.take_surveys(*batch) for batch in batches_of(case.surveys, arrival)]
    served = worker.tickets.serve(caught_up=True)
    worker.tickets.went_out(len(served.outgoing))
    return worker, outcomes


@pytest.mark.parametrize("arrival", ARRIVALS)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_desk_agrees_with_what_was_worked_out_by_hand(case: Case, arrival: str) -> None:
    worker, outcomes = desk_after(case, arrival)

    assert shown(case.numbers, worker.numbers()) == case.numbers, case.why
    times = 2 if arrival == "every event twice" else 1
    applied = len(case.events) - case.rejected
    assert sum(len(outcome.rejections) for outcome in outcomes) == times * case.rejected
    assert sum(outcome.applied for outcome in outcomes) == applied
    assert sum(outcome.duplicates for outcome in outcomes) == (times - 1) * applied


@pytest.mark.parametrize("case", CASES, ids=str)
def test_desk_and_oracle_agree_on_all_numbers_of_a_case(case: Case) -> None:
    worker, _ = desk_after(case, "as written")
    expected = compute(case.events, now=case.now, settings=case.settings)

    assert differences(expected, worker.numbers(), sum_tolerance=_MEANS_IN_MICROSECONDS) == []


def test_a_number_that_a_case_expects_is_one_that_there_is() -> None:
    numbers = Worker().numbers()
    known = {
        *numbers,
        *numbers["state"],
        *numbers["windows"]["lifetime"],
        *by_name(measure for kind in KINDS for measure in kind.measures),
        NOTHING,
    }

    named = {name.split(".")[0] for case in CASES for _, name in case.numbers}
    assert named <= known
