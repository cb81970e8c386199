from __future__ import annotations

from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from stream.state.rows import ENTITY
from stream.windows.clock import Clock, EventClock, WallClock
from stream.windows.daily_totals import REPORT_DAYS
from stream.windows.local_days import LocalDays
from stream.windows.moments import to_microseconds
from stream.windows.sliding import WINDOWS, Contribution, WindowSet
from tests.kinds.tickets import desk_of
from tests.kinds.worker import Worker, non_zero, records_of
from tests.property.histories import DAY, HOUR, MINUTE, START, deliveries, ticket_logs
from tests.property.pictures import LATE_ENOUGH, recount, recount_days

BERLIN = LocalDays(ZoneInfo("Europe/Berlin"))
EPOCH = to_microseconds(START)

seconds = st.one_of(
    st.integers(-5, 5),
    st.integers(-400, 400),
    st.integers(-2 * HOUR, 2 * HOUR),
    st.integers(-2 * DAY, 2 * DAY),
    st.integers(-40 * DAY, 40 * DAY),
    st.sampled_from([-500 * DAY, -401 * DAY, -400 * DAY, -399 * DAY]),
)
moments = st.builds(lambda whole, rest: EPOCH + whole * 1_000_000 + rest, seconds, st.sampled_from([0, 0, 1, 999_999]))
contributions = st.one_of(
    st.tuples(st.sampled_from([0, 4_096]), moments, st.sampled_from([1, 1, -1]), st.just(0)),
    st.builds(
        lambda slot, at, sign, span: (slot, at, sign, sign * span),
        st.sampled_from([8_192, 8_193, 9_000]),
        moments,
        st.sampled_from([1, -1]),
        st.integers(0, 10**12),
    ),
)
steps = st.sampled_from([0, 1, 3, 29, 30, 299, 301, 900, HOUR, 2 * HOUR, DAY, 7 * DAY, 31 * DAY, 401 * DAY])


def assert_recounted(windows: WindowSet, given_so_far: list[Contribution], now: int) -> None:
    """Every total is what a recount of all contributions gives."""
    found = {name: non_zero(totals) for name, totals in windows.totals().items()}
    assert found == recount(given_so_far, now)
    days = {day: sums for day, totals in windows.days.days.items() if (sums := non_zero(totals))}
    assert days == recount_days(given_so_far, BERLIN.day_of(now), [BERLIN.day_of(at) for _, at, _, _ in given_so_far])


def assert_readable(windows: WindowSet, given_so_far: list[Contribution], now: int) -> None:
    """What can be read as of a moment is what a recount gives then, and reading moves no window."""
    before = {name: dict(totals) for name, totals in windows.totals().items()}
    found = {shape.name: non_zero(windows.totals_at(shape.name, now)) for shape in WINDOWS}
    expected = recount(given_so_far, now)
    assert found == {name: totals for name, totals in expected.items() if name in found}
    days = {day: sums for day, totals in windows.days.days_at(now).items() if (sums := non_zero(totals))}
    assert days.keys() <= windows.days.days.keys()
    assert all(day > BERLIN.day_of(now) - REPORT_DAYS for day in days)
    assert {name: dict(totals) for name, totals in windows.totals().items()} == before


@given(st.lists(st.tuples(steps, st.lists(contributions, max_size=6)), min_size=1, max_size=8))
def test_totals_equal_a_recount_at_any_moment_of_the_wall_clock(
    turns: list[tuple[int, list[Contribution]]],
) -> None:
    windows = WindowSet(BERLIN)
    so_far: list[Contribution] = []
    now = EPOCH
    for step, batch in turns:
        now += step * 1_000_000
        assert_readable(windows, so_far, now)
        windows.advance(now)
        assert_recounted(windows, so_far, now)
        windows.apply(batch)
        so_far += batch
        assert_recounted(windows, so_far, now)


@given(st.lists(st.tuples(st.integers(-60, 60), st.lists(contributions, max_size=6)), min_size=1, max_size=12))
def test_totals_equal_a_recount_while_the_time_goes_to_and_fro_within_a_minute(
    turns: list[tuple[int, list[Contribution]]],
) -> None:
    windows = WindowSet(BERLIN)
    so_far: list[Contribution] = []
    highest = EPOCH
    windows.advance(EPOCH)
    for step, batch in turns:
        now = max(highest - 60_000_000, highest + step * 1_000_000)
        highest = max(highest, now)
        assert_readable(windows, so_far, now)
        windows.advance(now)
        windows.apply(batch)
        so_far += batch
        found = {name: non_zero(totals) for name, totals in windows.totals().items()}
        assert found == recount(so_far, now)
        assert not windows.lacks_panes


@given(st.lists(st.lists(contributions, max_size=6), min_size=1, max_size=8))
def test_totals_equal_a_recount_at_any_moment_of_the_event_clock(batches: list[list[Contribution]]) -> None:
    windows = WindowSet(BERLIN)
    clock = EventClock()
    so_far: list[Contribution] = []
    for batch in batches:
        for _, at, _, _ in batch:
            clock.observe(at)
        windows.advance(clock.now())
        windows.apply(batch)
        so_far += batch
        assert_recounted(windows, so_far, clock.now())


@given(st.lists(contributions, min_size=1, max_size=12), st.lists(steps, min_size=1, max_size=6))
def test_what_is_taken_back_leaves_nothing(batch: list[Contribution], jumps: list[int]) -> None:
    windows = WindowSet(BERLIN)
    windows.advance(EPOCH)
    windows.apply(batch)
    now = EPOCH
    for jump in jumps:
        now += jump * 1_000_000
        windows.advance(now)
    windows.apply([(slot, at, -count, -duration) for slot, at, count, duration in batch])

    assert_recounted(windows, [], now)


@given(ticket_logs(), st.data(), st.sampled_from(["event", "wall"]))
def test_a_partitions_windows_equal_a_recount_over_its_tickets(
    log: list[bytes], data: st.DataObject, mode: str
) -> None:
    wall = EPOCH - MINUTE * 1_000_000
    clock: Clock = EventClock() if mode == "event" else WallClock(lambda: wall * 1_000)
    worker = Worker(clock=clock, zone="Europe/Berlin")
    state, desk = worker.tickets, desk_of(worker.tickets)
    for batch in data.draw(deliveries(log)).batches:
        wall += data.draw(steps) * 1_000_000
        state.take_in(records_of(batch, state.applied_offset + 1), wall_now=LATE_ENOUGH, row_bytes=1_000_000)
        so_far = [entry for _, value in desk.rows.scan(ENTITY) for entry in desk.contributions_in(value)]

        assert_recounted(state.windows, so_far, clock.now())
