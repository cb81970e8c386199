"""Stocks against a computation that walks over every moment."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from stream.windows.moments import MINUTE
from stream.windows.steps import SPARE_BUCKETS, Step
from stream.windows.stocks import Reading, Stocks

START = 1_000_000 * MINUTE
LENGTHS = (MINUTE, 7 * MINUTE, 30 * MINUTE)
SLOTS = (1 << 12, 2 << 12, 3 << 12)

# Whole seconds and odd microseconds, so that steps meet each other, the edges of buckets and those of windows.
moments = st.builds(
    lambda minutes, microseconds: START + minutes * MINUTE + microseconds,
    st.integers(-120, 120),
    st.sampled_from([0, 0, 1, MINUTE - 1, 17_000_000, 30_000_001]),
)
steps = st.tuples(st.sampled_from(SLOTS), moments, st.sampled_from([1, -1, 2]))


def naive(all_steps: list[Step], length: int, now: int) -> Reading:
    """Level, level before and integral, by adding up the spans between all moments at which something begins."""

    def level(slot: int, moment: int) -> int:
        return sum(delta for of, at, delta in all_steps if of == slot and at <= moment)

    start = now - length
    edges = sorted({start, now, *(at for _, at, _ in all_steps if start < at < now)})
    return Reading(
        {slot: found for slot in SLOTS if (found := level(slot, now))},
        {slot: found for slot in SLOTS if (found := level(slot, start))},
        {
            slot: found
            for slot in SLOTS
            if (found := sum(level(slot, first) * (end - first) for first, end in pairwise(edges)))
        },
    )


@given(
    st.lists(st.one_of(steps, moments), max_size=40),
    st.sampled_from(LENGTHS),
    st.integers(-SPARE_BUCKETS * MINUTE, 40 * MINUTE),
)
def test_at_every_moment_stocks_are_what_walking_over_time_finds(
    actions: list[Step | int], length: int, ahead: int
) -> None:
    stocks = Stocks(LENGTHS)
    now = START
    stocks.advance(now)
    taken_in: list[Step] = []
    for action in actions:
        if isinstance(action, int):
            now = max(now, action)
            stocks.advance(now)
        else:
            stocks.apply([action])
            taken_in.append(action)

    assert stocks.reading(length, now + max(0, ahead)) == naive(taken_in, length, now + max(0, ahead))
    stocks.advance(now + ahead)
    assert not stocks.lacks_buckets
    assert stocks.reading(length, now + ahead) == naive(taken_in, length, now + ahead)


@given(st.lists(steps, max_size=30), st.data(), moments)
def test_neither_order_nor_batches_nor_restarts_matter(all_steps: list[Step], data: st.DataObject, now: int) -> None:
    straight = Stocks(LENGTHS)
    straight.advance(now)
    straight.apply(all_steps)
    other = Stocks(LENGTHS)
    for step in data.draw(st.permutations(all_steps)):
        other.apply([step, step, (step[0], step[1], -step[2])])
        if data.draw(st.booleans()):
            again = Stocks(LENGTHS)
            again.restore(other.older.copy(), other.oldest, other.buckets, min(now, START - 120 * MINUTE))
            other = again
    other.advance(now)

    for length in LENGTHS:
        assert other.reading(length, now) == straight.reading(length, now)
        assert straight.reading(length, now) == naive(all_steps, length, now)


@given(st.lists(steps, max_size=30), st.lists(steps, max_size=30), moments)
def test_the_readings_of_partitions_add_up(ones: list[Step], others: list[Step], now: int) -> None:
    def read(*parts: list[Step]) -> Reading:
        stocks = Stocks(LENGTHS)
        stocks.advance(now)
        for part in parts:
            stocks.apply(part)
        return stocks.reading(LENGTHS[-1], now)

    whole, one, other = read(ones, others), read(ones), read(others)

    for of_whole, of_one, of_other in zip(whole, one, other, strict=True):
        for slot in SLOTS:
            assert of_whole.get(slot, 0) == of_one.get(slot, 0) + of_other.get(slot, 0)
