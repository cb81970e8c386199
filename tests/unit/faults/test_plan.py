from __future__ import annotations

from typing import Any

import pytest

from tests.faults.plan import ACCIDENTS, FIRST_WORKERS, MOST_WORKERS, Fault, Plan


def test_the_same_seed_gives_the_same_faults() -> None:
    assert Plan(5).schedule() == Plan(5).schedule()
    assert Plan(5).schedule() != Plan(6).schedule()


@pytest.mark.parametrize(
    "options, missing",
    [
        ({}, frozenset()),
        ({"store": "rocksdb"}, frozenset()),
        ({"store": "memory"}, {Fault.DAMAGE, Fault.DISK}),
        ({"accidents": False}, ACCIDENTS),
    ],
)
@pytest.mark.parametrize("seed", range(20))
def test_every_kind_comes_at_least_once_even_in_a_short_run(
    seed: int, options: dict[str, Any], missing: frozenset[Fault]
) -> None:
    kinds = {fault.kind for fault in Plan(seed, faults=20, seconds=60.0, **options).schedule()}

    # A leave that nobody could do became a join, and the other way round; one of the two is always there.
    assert kinds | {Fault.JOIN, Fault.LEAVE} == set(Fault) - missing
    assert kinds & {Fault.JOIN, Fault.LEAVE}


@pytest.mark.parametrize("seed", range(20))
def test_topics_grow_once_and_after_a_changelog_was_lost(seed: int) -> None:
    kinds = [fault.kind for fault in Plan(seed).schedule()]

    assert (kinds.count(Fault.CHANGELOG_LOST), kinds.count(Fault.GROWN)) == (1, 1)
    assert kinds.index(Fault.CHANGELOG_LOST) < kinds.index(Fault.GROWN)


def test_workers_with_their_state_on_disk_and_in_memory_are_mixed_unless_one_is_asked_for() -> None:
    assert set(Plan(1).stores()[:FIRST_WORKERS]) == {"memory", "rocksdb"}
    assert set(Plan(1, store="memory").stores()) == {"memory"}


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
