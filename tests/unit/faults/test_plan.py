from __future__ import annotations

import pytest

from tests.faults.plan import ACCIDENTS, FIRST_WORKERS, MOST_WORKERS, Fault, Plan


def test_the_same_seed_gives_the_same_faults() -> None:
    assert Plan(5).schedule() == Plan(5).schedule()
    assert Plan(5).schedule() != Plan(6).schedule()


@pytest.mark.parametrize("accidents", [False, True])
@pytest.mark.parametrize("seed", range(20))
def test_every_kind_comes_at_least_once_even_in_a_short_run(seed: int, accidents: bool) -> None:  # noqa: FBT001 - a case
    kinds = {fault.kind for fault in Plan(seed, faults=20, seconds=60.0, accidents=accidents).schedule()}

    # A leave that nobody could do became a join, and the other way round; one of the two is always there.
    assert kinds | {Fault.JOIN, Fault.LEAVE} == (set(Fault) if accidents else set(Fault) - ACCIDENTS)
    assert kinds & {Fault.JOIN, Fault.LEAVE}


@pytest.mark.parametrize("seed", range(20))
def test_there_are_always_one_to_four_workers(seed: int) -> None:
    workers = FIRST_WORKERS
    for fault in Plan(seed).schedule():
        workers += (fault.kind is Fault.JOIN) - (fault.kind is Fault.LEAVE)
        assert 1 <= workers <= MOST_WORKERS


def test_faults_begin_in_order_within_the_time_of_the_load() -> None:
    moments = [fault.at for fault in Plan(1, faults=75, seconds=300.0).schedule()]

    assert len(moments) == 75
    assert moments == sorted(moments)
    assert moments[0] > 0
    assert moments[-1] < 300.0


def test_too_few_faults_for_all_kinds_are_refused() -> None:
    with pytest.raises(ValueError, match="3 faults are too few"):
        Plan(1, faults=3)
