from __future__ import annotations

import pytest

from tests.oracle.sla_cases import TICKET, Case, read_cases
from tests.unit.desks.tickets.sla.desk_under_test import Clock, read

CASES = read_cases()
ARRIVALS = ("as written", "backwards", "every event twice", "the last event first")


def arrival_of(case: Case, arrival: str) -> list[bytes]:
    events = list(case.events)
    if arrival == "backwards":
        return events[::-1]
    if arrival == "every event twice":
        return [event for event in events for _ in range(2)]
    if arrival == "the last event first":
        return events[-1:] + events[:-1]
    return events


@pytest.mark.parametrize("arrival", ARRIVALS)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_clocks_show_what_was_worked_out_by_hand(case: Case, arrival: str) -> None:
    reading = read(arrival_of(case, arrival), case.policies, case.now, TICKET)

    expected = {Clock(*clock) for clock in case.clocks}
    assert set(reading.clocks) == expected, case.why
    assert len(reading.clocks) == len(expected)


@pytest.mark.parametrize("arrival", ARRIVALS)
@pytest.mark.parametrize("case", [case for case in CASES if case.transitions is not None], ids=str)
def test_the_clocks_announce_what_was_worked_out_by_hand(case: Case, arrival: str) -> None:
    reading = read(arrival_of(case, arrival), case.policies, case.now, TICKET)

    announced = frozenset(transition.id for transition in reading.transitions)
    assert announced == case.transitions, case.why
    assert len(announced) == len(reading.transitions)
    for transition in reading.transitions:
        assert transition.id.endswith(f"/{transition.kind}/{transition.time}")


def test_a_ticket_shows_nothing_of_another_one() -> None:
    case = next(case for case in CASES if case.clocks)

    reading = read(case.events, case.policies, case.now, "T-2")
    assert reading.clocks == []
    assert reading.transitions == []
