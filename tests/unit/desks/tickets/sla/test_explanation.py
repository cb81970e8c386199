from __future__ import annotations

import pytest

from stream.desks.tickets.sla.clock import SlaClock
from stream.desks.tickets.sla.explanation import Stretch, read_clocks
from stream.desks.tickets.sla.policy import SlaMetric, Target
from stream.desks.tickets.sla.transitions import FULFIL, Transition
from stream.desks.tickets.timeline import OPEN, PENDING
from stream.windows.moments import HOUR, MINUTE

TARGET = Target.of(SlaMetric.RESOLUTION, HOUR, pauses=frozenset({PENDING}), warning=10 * MINUTE)
BEGUN = 1_000 * HOUR


@pytest.fixture
def told() -> list[Transition]:
    """What the clock has announced."""
    return []


@pytest.fixture
def clock(told: list[Transition]) -> SlaClock:
    """A clock that ran for ten minutes, stood still for twenty, and runs again."""
    made = SlaClock(SlaMetric.RESOLUTION, 1, "gold", TARGET, BEGUN, OPEN, told)
    made.follow_status(BEGUN + 10 * MINUTE, PENDING, told)
    made.follow_status(BEGUN + 30 * MINUTE, OPEN, told)
    return made


def test_an_open_clock_is_told_in_stretches_up_to_now(clock: SlaClock, told: list[Transition]) -> None:
    (reading,) = read_clocks(told, [clock], BEGUN + 35 * MINUTE)

    assert reading.stretches == [
        Stretch(BEGUN, BEGUN + 10 * MINUTE, running=True, counted=10 * MINUTE, ended_by="pause"),
        Stretch(BEGUN + 10 * MINUTE, BEGUN + 30 * MINUTE, running=False, counted=0, ended_by="resume"),
        Stretch(BEGUN + 30 * MINUTE, BEGUN + 35 * MINUTE, running=True, counted=5 * MINUTE, ended_by="now"),
    ]
    assert (reading.state, reading.elapsed, reading.due) == ("active", 15 * MINUTE, BEGUN + 80 * MINUTE)
    assert (reading.begun, reading.ended, reading.reason) == (BEGUN, None, None)


def test_a_clock_that_stands_still_is_told_to_do_so_up_to_now(clock: SlaClock, told: list[Transition]) -> None:
    clock.follow_status(BEGUN + 40 * MINUTE, PENDING, told)
    (reading,) = read_clocks(told, [clock], BEGUN + 50 * MINUTE)

    assert reading.stretches[-1] == Stretch(
        BEGUN + 40 * MINUTE, BEGUN + 50 * MINUTE, running=False, counted=0, ended_by="now"
    )
    assert (reading.state, reading.elapsed, reading.due) == ("paused", 20 * MINUTE, None)


def test_nothing_has_passed_for_a_clock_at_the_moment_of_its_last_transition(
    clock: SlaClock, told: list[Transition]
) -> None:
    (reading,) = read_clocks(told, [clock], BEGUN + 30 * MINUTE)

    assert [stretch.ended_by for stretch in reading.stretches] == ["pause", "resume"]


def test_a_warning_and_a_breach_divide_a_stretch_and_the_clock_runs_on(clock: SlaClock, told: list[Transition]) -> None:
    clock.ring(BEGUN + 90 * MINUTE, told)
    (reading,) = read_clocks(told, [clock], BEGUN + 90 * MINUTE)

    assert [(stretch.running, stretch.counted, stretch.ended_by) for stretch in reading.stretches[2:]] == [
        (True, 40 * MINUTE, "at_risk"),
        (True, 10 * MINUTE, "breach"),
        (True, 10 * MINUTE, "now"),
    ]
    assert (reading.state, reading.breached_at) == ("breached", BEGUN + 80 * MINUTE)


def test_the_stretches_of_a_clock_that_has_ended_end_with_it(clock: SlaClock, told: list[Transition]) -> None:
    clock.end(BEGUN + 32 * MINUTE, FULFIL, None, told)
    (reading,) = read_clocks(told, [], BEGUN + 50 * MINUTE)

    assert reading.stretches[-1] == Stretch(
        BEGUN + 30 * MINUTE, BEGUN + 32 * MINUTE, running=True, counted=2 * MINUTE, ended_by="fulfil"
    )
    assert (reading.state, reading.elapsed, reading.ended) == ("fulfilled", 12 * MINUTE, BEGUN + 32 * MINUTE)
    assert (reading.policy, reading.target, reading.due) == ("gold", HOUR, None)


def test_a_clock_that_stood_still_from_the_start_never_ran(told: list[Transition]) -> None:
    clock = SlaClock(SlaMetric.RESOLUTION, 1, "gold", TARGET, BEGUN, PENDING, told)
    (reading,) = read_clocks(told, [clock], BEGUN + MINUTE)

    assert reading.stretches == [Stretch(BEGUN, BEGUN + MINUTE, running=False, counted=0, ended_by="now")]
