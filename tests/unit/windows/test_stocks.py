from __future__ import annotations

from collections.abc import Callable

import pytest

from stream.windows.moments import DAY, HOUR, MINUTE
from stream.windows.steps import BUCKET, SPARE_BUCKETS
from stream.windows.stocks import Stocks

NOW = 20_000 * DAY + 7
LENGTHS = (5 * MINUTE, HOUR, DAY)
SLOT, OTHER = 1 << 12, 2 << 12


@pytest.fixture
def stocks() -> Stocks:
    """Stocks that were brought up to ``NOW``."""
    made = Stocks(LENGTHS)
    made.advance(NOW)
    return made


def test_an_agent_who_is_busy_for_half_of_the_hour_makes_half_an_hour(stocks: Stocks) -> None:
    stocks.apply([(SLOT, NOW - 45 * MINUTE, 1), (SLOT, NOW - 15 * MINUTE, -1)])

    level, before, integral = stocks.reading(HOUR, NOW)

    assert (level, before, integral) == ({}, {}, {SLOT: 30 * MINUTE})


def test_who_was_there_before_the_window_counts_from_its_start(stocks: Stocks) -> None:
    stocks.apply([(SLOT, NOW - 3 * DAY, 2)])

    assert stocks.reading(HOUR, NOW) == ({SLOT: 2}, {SLOT: 2}, {SLOT: 2 * HOUR})


def test_a_step_counts_from_its_own_moment_on(stocks: Stocks) -> None:
    stocks.apply([(SLOT, NOW + 10, 1)])

    assert stocks.levels(NOW + 9) == {}
    assert stocks.levels(NOW + 10) == {SLOT: 1}


def test_a_step_ahead_counts_when_its_time_has_come_and_nothing_was_called(stocks: Stocks) -> None:
    stocks.apply([(SLOT, NOW, 1), (SLOT, NOW + 20 * MINUTE, -1)])

    assert stocks.levels(NOW + 19 * MINUTE) == {SLOT: 1}
    assert stocks.reading(HOUR, NOW + HOUR) == ({}, {SLOT: 1}, {SLOT: 20 * MINUTE})


def test_reading_moves_nothing(stocks: Stocks) -> None:
    stocks.apply([(SLOT, NOW + MINUTE, 1)])
    before = stocks.reading(DAY, NOW)

    stocks.reading(DAY, NOW + 9 * DAY)

    assert stocks.reading(DAY, NOW) == before


@pytest.mark.parametrize("at", [NOW - 400 * DAY, NOW - DAY, NOW - HOUR, NOW, NOW + HOUR])
def test_what_is_taken_back_leaves_nothing_behind(stocks: Stocks, at: int) -> None:
    stocks.apply([(SLOT, at, 3), (OTHER, at, 1)])
    stocks.advance(NOW + MINUTE)
    stocks.apply([(SLOT, at, -3), (OTHER, at, -1)])

    assert stocks.reading(DAY, NOW + MINUTE) == ({}, {}, {})
    assert not stocks.buckets
    assert not stocks.older.levels
    assert not stocks.older.moments


def test_what_lies_before_all_windows_is_kept_as_sums_alone(stocks: Stocks) -> None:
    stocks.apply([(SLOT, NOW - 40 * DAY - number * MINUTE, 1) for number in range(1_000)])

    assert not stocks.buckets
    assert stocks.levels(NOW) == {SLOT: 1_000}


def test_buckets_that_have_left_every_window_are_forgotten(stocks: Stocks) -> None:
    stocks.apply([(SLOT, NOW, 1)])
    stocks.advance(NOW + DAY + (SPARE_BUCKETS + 1) * BUCKET)

    assert not stocks.buckets
    assert stocks.levels(NOW + 2 * DAY) == {SLOT: 1}


def test_time_that_goes_back_a_little_finds_what_it_was_before(stocks: Stocks) -> None:
    stocks.apply([(SLOT, NOW - DAY + second * 1_000_000, 1) for second in range(0, 86_400, 600)])
    before = stocks.reading(DAY, NOW)
    stocks.advance(NOW + BUCKET)

    stocks.advance(NOW)

    assert not stocks.lacks_buckets
    assert stocks.reading(DAY, NOW) == before


def test_time_that_goes_back_far_is_told_of(stocks: Stocks) -> None:
    stocks.advance(NOW - (SPARE_BUCKETS + 1) * BUCKET)

    assert stocks.lacks_buckets


def test_what_comes_while_the_time_is_far_back_is_there_when_it_returns(stocks: Stocks) -> None:
    step = (SLOT, NOW - DAY - (SPARE_BUCKETS + 5) * BUCKET, 1)
    stocks.advance(NOW - 2 * DAY)
    stocks.apply([step])
    stocks.advance(NOW)
    again = Stocks(LENGTHS)
    again.restore(stocks.older.copy(), stocks.oldest, stocks.buckets, NOW)

    assert stocks.reading(DAY, NOW) == again.reading(DAY, NOW) == ({SLOT: 1}, {SLOT: 1}, {SLOT: DAY})


def test_stocks_that_nobody_has_told_the_time_lack_nothing() -> None:
    assert not Stocks(LENGTHS).lacks_buckets


def test_an_entity_that_takes_back_what_it_adds_again_changes_no_bucket(stocks: Stocks) -> None:
    stocks.apply([(SLOT, NOW - HOUR, 1)])
    stocks.buckets.changed.clear()
    stocks.apply([(SLOT, NOW - HOUR, -1), (SLOT, NOW - HOUR, 1), (SLOT, NOW, -1)])

    assert stocks.buckets.changed == {NOW // BUCKET}


def test_a_window_that_is_not_kept_is_refused_by_its_length(stocks: Stocks) -> None:
    with pytest.raises(ValueError, match="there is no window of 120000000 microseconds"):
        stocks.reading(2 * MINUTE, NOW)


def test_what_was_written_down_is_gone_on_from(stocks: Stocks) -> None:
    stocks.apply([(SLOT, NOW - 2 * DAY, 5), (SLOT, NOW - HOUR, -2), (OTHER, NOW + HOUR, 1)])
    again = Stocks(LENGTHS)

    again.restore(stocks.older.copy(), stocks.oldest, stocks.buckets, NOW)

    assert [again.reading(length, NOW + DAY) for length in LENGTHS] == [
        stocks.reading(length, NOW + DAY) for length in LENGTHS
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda stocks: stocks.apply([(SLOT, NOW, 1)]),
        lambda stocks: stocks.apply([(SLOT, NOW, -1)]),
        lambda stocks: stocks.advance(NOW + 2 * DAY),
    ],
    ids=["added to", "emptied", "forgotten"],
)
def test_a_bucket_that_changed_is_told_of(stocks: Stocks, change: Callable[[Stocks], None]) -> None:
    stocks.apply([(SLOT, NOW, 1)])
    stocks.buckets.changed.clear()

    change(stocks)

    assert stocks.buckets.changed == {NOW // BUCKET}
