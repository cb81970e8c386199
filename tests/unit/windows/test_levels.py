from __future__ import annotations

import pytest

from stream.windows.levels import Levels
from stream.windows.moments import DAY, HOUR, MINUTE
from stream.windows.steps import BUCKET, SPARE_BUCKETS

NOW = 20_000 * DAY + 7
SLOT, OTHER = 1 << 12, 2 << 12


@pytest.fixture
def levels() -> Levels:
    """Levels that were brought up to ``NOW``."""
    made = Levels()
    made.advance(NOW)
    return made


def test_a_step_counts_from_its_own_moment_on(levels: Levels) -> None:
    levels.apply([(SLOT, NOW + 10, 1)])

    assert levels.at(NOW + 9) == {}
    assert levels.at(NOW + 10) == {SLOT: 1}


def test_a_step_ahead_counts_when_its_time_has_come_whether_that_was_moved_to_or_not(levels: Levels) -> None:
    levels.apply([(SLOT, NOW - DAY, 1), (SLOT, NOW + 20 * DAY, -1)])
    assert levels.at(NOW + 20 * DAY) == {}
    levels.advance(NOW + 21 * DAY)

    assert levels.at(NOW + 21 * DAY) == {}


def test_of_what_is_over_no_step_is_kept(levels: Levels) -> None:
    levels.apply([(SLOT, NOW - HOUR - number * MINUTE, 1) for number in range(1_000)])
    assert levels.at(NOW) == {SLOT: 1_000}
    assert not levels.buckets

    levels.apply([(SLOT, NOW + MINUTE, 1)])
    levels.advance(NOW + HOUR)

    assert levels.at(NOW + HOUR) == {SLOT: 1_001}
    assert not levels.buckets


@pytest.mark.parametrize("at", [NOW - DAY, NOW - MINUTE, NOW, NOW + HOUR])
def test_what_is_taken_back_leaves_nothing_behind(levels: Levels, at: int) -> None:
    levels.apply([(SLOT, at, 3), (OTHER, at, 1)])
    levels.advance(NOW + 10 * MINUTE)
    levels.apply([(SLOT, at, -3), (OTHER, at, -1)])

    assert levels.at(NOW + DAY) == {}
    assert not levels.buckets
    assert not levels.older


def test_steps_that_cancel_each_other_and_are_settled_may_be_left_out_on_either_side(levels: Levels) -> None:
    before = levels.settled_before - 1
    levels.apply([(SLOT, before - HOUR, 1), (SLOT, before, -1), (OTHER, before, 1)])
    assert levels.at(NOW) == {OTHER: 1}

    levels.apply([(OTHER, before - HOUR, -1)])

    assert levels.at(NOW) == {}


def test_the_time_may_go_back_a_little(levels: Levels) -> None:
    levels.apply([(SLOT, NOW - MINUTE, 1)])
    levels.advance(NOW - SPARE_BUCKETS * BUCKET)
    assert not levels.lacks_buckets
    assert levels.at(NOW - SPARE_BUCKETS * BUCKET) == {}

    levels.advance(NOW - (SPARE_BUCKETS + 1) * BUCKET)

    assert levels.lacks_buckets


def test_they_go_on_from_what_was_written_down(levels: Levels) -> None:
    levels.apply([(SLOT, NOW - DAY, 2), (OTHER, NOW + MINUTE, 1), (SLOT, NOW + DAY, -1)])
    again = Levels()
    again.restore(levels.older, levels.oldest, levels.buckets)
    again.advance(NOW + 2 * MINUTE)

    assert again.at(NOW + 2 * MINUTE) == levels.at(NOW + 2 * MINUTE) == {SLOT: 2, OTHER: 1}
    assert again.at(NOW + DAY) == {SLOT: 1, OTHER: 1}


def test_only_what_changed_is_to_be_written_down(levels: Levels) -> None:
    levels.all_changed()
    assert (levels.buckets.changed, levels.older_changed) == (set(), False)

    levels.apply([(SLOT, NOW, 1), (SLOT, NOW, -1)])
    assert (levels.buckets.changed, levels.older_changed) == (set(), False)

    levels.apply([(SLOT, NOW, 1)])
    assert (levels.buckets.changed, levels.older_changed) == ({NOW // BUCKET}, False)

    levels.apply([(SLOT, NOW - DAY, 1)])
    assert levels.older_changed
