"""The stock of a kind, through deliveries, restarts and any turns of the clock, against a recount minute by minute."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.state.rows import Row
from stream.windows.clock import EventClock
from stream.windows.moments import DAY, HOUR, MINUTE, to_microseconds
from tests.kinds.errand_story import MEANS, START, begun, done
from tests.kinds.errand_worker import ErrandWorker, MovableClock, recount
from tests.property.histories import cuts

SUBJECTS = range(4)
BEFORE_ALL = -60 * 24 * 60

minutes = st.one_of(
    st.integers(-10, 10),
    st.integers(-120, 120),
    st.integers(-3 * 24 * 60, 3 * 24 * 60),
    st.integers(-40 * 24 * 60, 40 * 24 * 60),
)
numbers = st.sampled_from(SUBJECTS)
begins = st.builds(lambda number, at: begun(number, at, means=MEANS[(number + at) % 3]), numbers, minutes)
events = st.one_of(begins, st.builds(done, numbers, minutes))
logs = st.lists(events, min_size=1, max_size=12)
clocks = st.integers(-45 * 24 * 60, 45 * 24 * 60)
ahead = st.sampled_from([0, MINUTE, HOUR, 40 * DAY])


def moment(minute: int) -> int:
    return to_microseconds(START) + minute * MINUTE


def delivered(data: st.DataObject, log: list[str]) -> list[Sequence[str]]:
    """A log in any order, with repetitions, cut into any batches."""
    repeated = data.draw(st.lists(st.sampled_from(log), max_size=3))
    return data.draw(cuts(data.draw(st.permutations([*log, *repeated]))))


def restarted(data: st.DataObject, worker: ErrandWorker, clock: MovableClock | EventClock) -> ErrandWorker:
    """Another worker that goes on from what the first appends left, compacted or not."""
    kept: list[list[Row]] = worker.rows[: data.draw(st.integers(1, len(worker.rows)))]
    if data.draw(st.booleans()):
        last = {row.key: place for place, row in enumerate(row for batch in kept for row in batch)}
        kept = [[row for place, row in enumerate(row for batch in kept for row in batch) if last[row.key] == place]]
    pace, fingerprint = data.draw(st.sampled_from([1, 3, 1_000])), data.draw(st.sampled_from([b"", b"", b"other"]))
    return ErrandWorker(clock, rows=kept, events_between=pace, fingerprint=fingerprint)


@given(st.data(), logs, st.integers(1, 3))
def test_any_order_repetition_batches_and_restarts_give_what_a_recount_gives(
    data: st.DataObject, log: list[str], pace: int
) -> None:
    worker = ErrandWorker(EventClock(), events_between=pace)
    taken: list[str] = []
    for batch in delivered(data, log):
        taken += batch
        worker.take(*batch)
        if data.draw(st.booleans()):
            worker = restarted(data, worker, EventClock())
            worker.take(*taken, first=0)

    assert worker.read() == recount(log, worker.core.clock.now())


@given(st.data(), logs, st.lists(clocks, min_size=1, max_size=5), ahead)
@settings(max_examples=60)
def test_any_turn_of_the_clock_and_restart_gives_what_a_recount_gives(
    data: st.DataObject, log: list[str], turns: list[int], later: int
) -> None:
    clock = MovableClock(moment(turns[0]))
    worker = ErrandWorker(clock, events_between=2)
    taken: list[str] = []
    for batch in delivered(data, log):
        taken += batch
        worker.take(*batch)
        clock.moment = moment(data.draw(st.sampled_from(turns)))
        worker.turn()
        if data.draw(st.booleans()):
            clock = MovableClock(clock.moment)
            worker = restarted(data, worker, clock)
            worker.take(*taken, first=0)
            worker.turn()
    now = clock.moment
    clock.moment += later

    assert worker.read() == recount(log, now + later)
    clock.moment = now
    assert worker.read() == recount(log, now)


@given(st.data(), logs, clocks)
def test_what_is_taken_back_leaves_nothing_behind(data: st.DataObject, log: list[str], now: int) -> None:
    worker = ErrandWorker(MovableClock(moment(now)), events_between=2)
    backwards = [done(number, BEFORE_ALL) for number in SUBJECTS]
    for batch in delivered(data, [*log, *backwards]):
        worker.take(*batch)
    stocks = worker.state.stocks

    assert worker.read() == recount([], moment(now))
    assert not stocks.buckets
    assert (stocks.older.levels, stocks.older.moments) == ({}, {})


@pytest.mark.parametrize("turn", [-40 * 24 * 60, 40 * 24 * 60])
def test_the_stock_follows_a_clock_that_was_set_far(turn: int) -> None:
    log = [begun(0, -60), done(0, 5), begun(1, -30 * 24 * 60)]
    clock = MovableClock(moment(0))
    worker = ErrandWorker(clock)
    worker.take(*log)
    for minute in (turn, 0, -turn, 0):
        clock.moment = moment(minute)
        worker.turn()
        assert worker.read() == recount(log, clock.moment)
