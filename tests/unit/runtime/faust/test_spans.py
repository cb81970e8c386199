from __future__ import annotations

from itertools import permutations

import pytest

from stream.runtime.faust.spans import SpanTracker


@pytest.fixture
def spans() -> SpanTracker[str]:
    """A tracker with three runs of partition ``a``."""
    tracker: SpanTracker[str] = SpanTracker()
    for last in (9, 19, 24):
        tracker.opened("a", last)
    return tracker


def test_nothing_is_committable_before_anything_is_done(spans: SpanTracker[str]) -> None:
    assert spans.committable("a") is None
    assert list(spans.partitions()) == []


def test_one_past_the_last_record_is_committed(spans: SpanTracker[str]) -> None:
    spans.done("a", 9)

    assert spans.committable("a") == 10
    assert list(spans.partitions()) == ["a"]


def test_a_run_waits_for_those_before_it(spans: SpanTracker[str]) -> None:
    spans.done("a", 19)
    assert spans.committable("a") is None

    spans.done("a", 24)
    assert spans.committable("a") is None

    spans.done("a", 9)
    assert spans.committable("a") == 25


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_an_offset_is_never_committed_before_its_records_are_done(
    order: tuple[int, ...], spans: SpanTracker[str]
) -> None:
    bounds = (9, 19, 24)
    done: set[int] = set()
    for place in order:
        spans.done("a", bounds[place])
        done.add(place)
        finished = [bounds[number] for number in range(3) if done.issuperset(range(number + 1))]

        assert spans.committable("a") == (finished[-1] + 1 if finished else None)


def test_runs_are_outstanding_until_they_are_done(spans: SpanTracker[str]) -> None:
    spans.opened("b", 5)
    assert spans.outstanding == 4

    spans.done("a", 19)
    spans.done("b", 5)
    assert spans.outstanding == 2

    spans.clear("a")
    assert spans.outstanding == 0


def test_the_offset_stays_committable_while_the_next_run_is_under_way(spans: SpanTracker[str]) -> None:
    spans.done("a", 9)
    spans.opened("a", 30)

    assert spans.committable("a") == 10


def test_partitions_are_apart(spans: SpanTracker[str]) -> None:
    spans.opened("b", 5)
    spans.done("b", 5)

    assert spans.committable("a") is None
    assert spans.committable("b") == 6


def test_an_unknown_run_is_ignored(spans: SpanTracker[str]) -> None:
    spans.done("a", 10)
    spans.done("c", 9)

    assert spans.committable("a") is None
    assert spans.committable("c") is None


def test_a_cleared_partition_starts_over(spans: SpanTracker[str]) -> None:
    spans.done("a", 9)
    spans.clear("a")
    assert spans.committable("a") is None

    spans.done("a", 19)
    assert spans.committable("a") is None

    spans.opened("a", 4)
    spans.done("a", 4)
    assert spans.committable("a") == 5


def test_a_partition_may_be_cleared_that_was_never_seen(spans: SpanTracker[str]) -> None:
    spans.done("a", 9)
    spans.clear("b")

    assert list(spans.partitions()) == ["a"]
    assert spans.outstanding == 2


def test_a_run_may_begin_when_all_before_it_have_begun() -> None:
    spans: SpanTracker[str] = SpanTracker()
    spans.opened("one", 9)
    spans.opened("one", 19)

    assert spans.begun("one", 9)
    assert spans.begun("one", 19)


def test_a_run_before_which_another_one_was_lost_is_told() -> None:
    spans: SpanTracker[str] = SpanTracker()
    for last in (9, 19, 29):
        spans.opened("one", last)
    spans.begun("one", 9)
    spans.done("one", 9)

    assert not spans.begun("one", 29)


def test_a_run_that_is_not_tracked_may_begin() -> None:
    spans: SpanTracker[str] = SpanTracker()
    spans.opened("one", 9)
    spans.clear("one")

    assert spans.begun("one", 9)
