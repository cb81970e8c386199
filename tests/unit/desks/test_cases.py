from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import pytest

from stream.desks.kinds import KINDS
from stream.state.measure import by_name
from stream.state.partition import Outcome
from stream.state.rejection import Reason
from stream.windows.clock import WallClock
from stream.windows.moments import to_microseconds
from tests.kinds.kinds import KINDS_UNDER_TEST
from tests.kinds.worker import Worker
from tests.oracle import compute, differences
from tests.oracle.case_numbers import NOTHING, shown
from tests.oracle.cases import Case, read_cases

CASES = read_cases()
ARRIVALS = ("as written", "backwards", "every event twice", "the last event first", "one by one")

MOST_IN_ANY_ORDER = 4

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
        *(kind.as_in(case.settings) for kind in KINDS_UNDER_TEST),
        clock=None if now is None else WallClock(lambda: now * 1_000),
    )
    outcomes = [
        worker.take_of(kind, *batch)
        for kind, events in case.events_by_kind.items()
        for batch in batches_of(events, arrival)
    ]
    advanced = worker.tickets.advance(caught_up=True)
    worker.tickets.went_out(len(advanced.outgoing))
    return worker, outcomes


def in_order(case: Case, events: Sequence[bytes]) -> Case:
    """A case whose events arrive in another order."""
    of_kinds = {kind: tuple(event for event in events if event in own) for kind, own in case.events_by_kind.items()}
    return replace(case, events_by_kind=of_kinds)


@pytest.mark.parametrize("arrival", ARRIVALS)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_desk_agrees_with_what_was_worked_out_by_hand(case: Case, arrival: str) -> None:
    worker, outcomes = desk_after(case, arrival)

    assert shown(case.numbers, worker.numbers()) == case.numbers, case.why
    times = 2 if arrival == "every event twice" else 1
    valid = len(case.events) - case.rejected
    rejections = [rejection for outcome in outcomes for rejection in outcome.rejections]
    applied, duplicates = (sum(getattr(outcome, name) for outcome in outcomes) for name in ("applied", "duplicates"))
    assert [rejection.reason for rejection in rejections] == [Reason.INVALID] * times * case.rejected
    assert applied + duplicates == times * valid
    assert applied == valid or any(
        case.events_by_kind[kind.name] for kind in KINDS_UNDER_TEST if kind.duplicate_if_late
    )


@pytest.mark.parametrize("case", [case for case in CASES if 2 < len(case.events) <= MOST_IN_ANY_ORDER], ids=str)
def test_a_short_story_comes_to_the_same_in_any_order(case: Case) -> None:
    for order in permutations(case.events):
        worker, _ = desk_after(in_order(case, order), "one by one")
        assert shown(case.numbers, worker.numbers()) == case.numbers, order


@pytest.mark.parametrize("case", CASES, ids=str)
def test_desk_and_oracle_agree_on_all_numbers_in_whatever_order_each_takes_the_events(case: Case) -> None:
    worker, _ = desk_after(case, "as written")
    expected = compute((*reversed(case.events), *case.events), now=case.now, settings=case.settings)

    assert differences(expected, worker.numbers(), sum_tolerance=_MEANS_IN_MICROSECONDS) == []


def test_a_number_that_a_case_expects_is_one_that_there_is() -> None:
    numbers = Worker().numbers()
    known = {
        *numbers,
        *numbers["windows"]["30d"],
        *numbers["state"],
        *numbers["windows"]["lifetime"],
        *numbers["windows"]["30d"],
        *by_name(measure for kind in KINDS for measure in kind.measures),
        NOTHING,
    }

    named = {name.split(".")[0] for case in CASES for _, name in case.numbers}
    assert named <= known
