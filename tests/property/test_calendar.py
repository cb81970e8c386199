from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from stream.windows.business_calendar import BusinessCalendar, Shift
from stream.windows.moments import to_microseconds

MINUTE = 60 * 1_000_000
MINUTES_A_DAY = 24 * 60

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns")
AROUND = (
    datetime(2024, 3, 30, 12, tzinfo=UTC),
    datetime(2024, 10, 26, 12, tzinfo=UTC),
    datetime(2024, 3, 9, 12, tzinfo=UTC),
    datetime(2024, 11, 2, 12, tzinfo=UTC),
    datetime(2024, 4, 6, 0, tzinfo=UTC),
    datetime(2024, 10, 5, 0, tzinfo=UTC),
    datetime(2024, 2, 28, 12, tzinfo=UTC),
)


def _is_told_apart(minute: int) -> bool:
    """Whether an edge there is a moment that exists once on every day, or bounds the hour that does not."""
    clock = minute % MINUTES_A_DAY
    return not 60 < clock < 180 or clock % 60 == 0


edges = st.integers(0, MINUTES_A_DAY - 1).filter(_is_told_apart)
shifts = st.builds(lambda start, end: Shift(start, end if end > start else end + MINUTES_A_DAY), edges, edges)
weeks = st.lists(st.lists(shifts, max_size=3), min_size=7, max_size=7)
days_off = st.frozensets(
    st.builds(lambda around, days: around.date() + timedelta(days=days), st.sampled_from(AROUND), st.integers(-1, 2)),
    max_size=2,
)


def is_open(moment: datetime, zone: ZoneInfo, week: Sequence[Sequence[Shift]], holidays: frozenset[date]) -> bool:
    """Whether the clock on the wall shows opening hours."""
    local = moment.astimezone(zone)
    minute = local.hour * 60 + local.minute
    return any(
        shift.start <= minute + days_ago * MINUTES_A_DAY < shift.end
        for days_ago in (0, 1)
        if (day := local.date() - timedelta(days=days_ago)) not in holidays
        for shift in week[day.weekday()]
    )


@given(
    st.sampled_from(ZONES),
    weeks,
    days_off,
    st.sampled_from(AROUND),
    st.integers(-MINUTES_A_DAY, MINUTES_A_DAY),
    st.integers(0, 2 * MINUTES_A_DAY),
)
def test_opening_hours_equal_a_count_minute_by_minute(
    zone_name: str,
    week: list[list[Shift]],
    holidays: frozenset[date],
    around: datetime,
    begin: int,
    length: int,
) -> None:
    zone = ZoneInfo(zone_name)
    start = around + timedelta(minutes=begin)
    counted = sum(is_open(start + timedelta(minutes=minute), zone, week, holidays) for minute in range(length))
    calendar = BusinessCalendar(zone, week, holidays)

    found = calendar.between(to_microseconds(start), to_microseconds(start + timedelta(minutes=length)))

    assert found == counted * MINUTE


@given(
    st.sampled_from(ZONES),
    weeks,
    st.lists(st.integers(0, 400 * MINUTES_A_DAY * MINUTE), min_size=3, max_size=5).map(sorted),
)
def test_spans_add_up(zone_name: str, week: list[list[Shift]], after: list[int]) -> None:
    calendar = BusinessCalendar(ZoneInfo(zone_name), week)
    moments = [to_microseconds(AROUND[0]) + span for span in after]

    parts = [calendar.between(start, end) for start, end in pairwise(moments)]

    assert sum(parts) == calendar.between(moments[0], moments[-1])
    assert all(0 <= part <= end - start for part, (start, end) in zip(parts, pairwise(moments), strict=True))


moments = st.builds(
    lambda around, offset: to_microseconds(around) + offset,
    st.sampled_from(AROUND),
    st.integers(-2 * MINUTES_A_DAY * MINUTE, 2 * MINUTES_A_DAY * MINUTE),
)
spans = st.one_of(
    st.integers(0, 3 * MINUTES_A_DAY * MINUTE),
    st.integers(0, 3 * MINUTES_A_DAY).map(lambda minutes: minutes * MINUTE),
)


@given(
    st.sampled_from(ZONES),
    weeks,
    days_off,
    st.sampled_from(AROUND),
    st.integers(-MINUTES_A_DAY, MINUTES_A_DAY),
    st.integers(1, MINUTES_A_DAY),
)
def test_a_deadline_is_where_a_count_minute_by_minute_reaches_the_span(
    zone_name: str, week: list[list[Shift]], holidays: frozenset[date], around: datetime, begin: int, span: int
) -> None:
    zone = ZoneInfo(zone_name)
    start = around + timedelta(minutes=begin)
    counted, minutes, bound = 0, 0, 3 * MINUTES_A_DAY
    while counted < span and minutes < bound:
        counted += is_open(start + timedelta(minutes=minutes), zone, week, holidays)
        minutes += 1

    found = BusinessCalendar(zone, week, holidays).after(to_microseconds(start), span * MINUTE)

    if counted == span:
        assert found == to_microseconds(start + timedelta(minutes=minutes))
    else:
        assert found is None or found > to_microseconds(start + timedelta(minutes=bound))


@given(st.sampled_from(ZONES), weeks, days_off, moments, spans)
def test_a_deadline_is_the_first_moment_at_which_the_span_has_passed(
    zone_name: str, week: list[list[Shift]], holidays: frozenset[date], start: int, span: int
) -> None:
    calendar = BusinessCalendar(ZoneInfo(zone_name), week, holidays)

    due = calendar.after(start, span)

    if not any(week) and span:
        assert due is None
    else:
        assert due is not None
        assert calendar.between(start, due) == span
        assert due == start or calendar.between(start, due - 1) == span - 1


@given(st.sampled_from(ZONES), weeks, days_off, moments, st.lists(spans, min_size=2, max_size=6).map(sorted))
def test_neither_elapsed_time_nor_a_deadline_ever_goes_back(
    zone_name: str, week: list[list[Shift]], holidays: frozenset[date], start: int, growing: list[int]
) -> None:
    calendar = BusinessCalendar(ZoneInfo(zone_name), week, holidays)

    elapsed = [calendar.between(start, start + span) for span in growing]
    deadlines = [due for span in growing if (due := calendar.after(start, span)) is not None]

    assert elapsed == sorted(elapsed)
    assert deadlines == sorted(deadlines)
