from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from stream.windows.daily_totals import REPORT_DAYS
from stream.windows.local_days import LocalDays
from stream.windows.moments import DAY, HOUR, MICROSECONDS, MINUTE
from stream.windows.series import SUM
from stream.windows.sliding import LIFETIME, SPARE, WINDOWS, WindowSet, WindowShape

NOW = 20_000 * DAY
"""Midnight of a day in UTC."""

SLOT = 3 << 12


@pytest.fixture
def windows() -> WindowSet:
    """Windows that end at ``NOW``."""
    made = WindowSet(LocalDays(ZoneInfo("UTC")))
    made.advance(NOW)
    return made


def covering(windows: WindowSet) -> list[str]:
    """The windows that hold a contribution."""
    return [name for name, totals in windows.totals().items() if totals.get(SLOT)]


def test_the_windows_are_a_closed_set() -> None:
    assert [(shape.name, shape.length, shape.pane) for shape in WINDOWS] == [
        ("5m", 5 * MINUTE, 3 * MICROSECONDS),
        ("1h", HOUR, 30 * MICROSECONDS),
        ("24h", DAY, 15 * MINUTE),
        ("7d", 7 * DAY, 2 * HOUR),
        ("30d", 30 * DAY, 6 * HOUR),
    ]


@pytest.mark.parametrize("shape", WINDOWS, ids=[shape.name for shape in WINDOWS])
def test_a_window_consists_of_whole_panes_and_its_edge_is_sharp_to_about_one_percent(shape: WindowShape) -> None:
    assert shape.length % shape.pane == 0
    assert shape.pane / shape.length <= 0.0125


@pytest.mark.parametrize("shape", WINDOWS, ids=[shape.name for shape in WINDOWS])
def test_a_window_reaches_from_its_first_pane_to_the_pane_of_now(shape: WindowShape, windows: WindowSet) -> None:
    first = NOW - shape.length + shape.pane
    now = NOW + shape.pane - 1
    windows.advance(now)
    for at, inside in ((first, True), (first - 1, False), (now, True), (now + 1, False)):
        windows.apply([(SLOT, at, 1, 0)])
        assert (shape.name in covering(windows)) is inside
        windows.apply([(SLOT, at, -1, 0)])


@pytest.mark.parametrize("shape", WINDOWS, ids=[shape.name for shape in WINDOWS])
def test_a_contribution_leaves_the_window_with_its_pane(shape: WindowShape, windows: WindowSet) -> None:
    windows.apply([(SLOT, NOW, 1, 0)])
    windows.advance(NOW + shape.length - 1)
    assert shape.name in covering(windows)

    windows.advance(NOW + shape.length)
    assert shape.name not in covering(windows)
    assert LIFETIME in covering(windows)


def test_a_jump_over_all_windows_leaves_nothing_behind(windows: WindowSet) -> None:
    windows.apply([(SLOT, NOW + days * DAY, 1, 0) for days in range(-40, 40)])
    windows.advance(NOW + 1_000 * DAY)

    assert covering(windows) == [LIFETIME]
    assert all(not window.panes and not window.totals for window in windows._windows)
    assert not windows.days.days


def test_a_contribution_ahead_of_the_clock_enters_when_its_time_has_come(windows: WindowSet) -> None:
    windows.apply([(SLOT, NOW + 6 * HOUR, 1, 0)])
    assert covering(windows) == [LIFETIME]

    windows.advance(NOW + 6 * HOUR)
    assert covering(windows) == [*(shape.name for shape in WINDOWS), LIFETIME]


def test_where_the_time_goes_back_what_lies_ahead_of_it_waits(windows: WindowSet) -> None:
    windows.apply([(SLOT, NOW, 1, 0)])
    windows.advance(NOW - 30 * MICROSECONDS)
    assert covering(windows) == [LIFETIME]
    assert not windows.lacks_panes

    windows.advance(NOW)
    assert covering(windows) == [*(shape.name for shape in WINDOWS), LIFETIME]


@pytest.mark.parametrize("shape", WINDOWS, ids=[shape.name for shape in WINDOWS])
def test_what_had_just_left_a_window_is_back_in_it_when_the_time_goes_back(
    shape: WindowShape, windows: WindowSet
) -> None:
    windows.apply([(SLOT, NOW - shape.length + shape.pane, 1, 0)])
    windows.advance(NOW + SPARE)
    assert (shape.name in covering(windows)) is (shape.pane > SPARE)

    windows.advance(NOW)
    assert shape.name in covering(windows)
    assert not windows.lacks_panes


def test_windows_say_that_they_lack_what_they_have_forgotten(windows: WindowSet) -> None:
    windows.advance(NOW + HOUR)
    windows.advance(NOW)

    assert windows.lacks_panes


def test_what_is_too_old_for_a_window_is_kept_by_the_longer_ones(windows: WindowSet) -> None:
    windows.apply([(SLOT, NOW - 2 * DAY, 1, 0)])

    assert covering(windows) == ["7d", "30d", LIFETIME]


def test_a_duration_adds_to_its_bucket_and_to_the_sum_of_its_series(windows: WindowSet) -> None:
    windows.apply([(SLOT + 5, NOW, 1, 700), (SLOT + 6, NOW, 1, 900), (SLOT + 5, NOW, -1, -700)])

    assert {slot: amount for slot, amount in windows.lifetime.items() if amount} == {SLOT + 6: 1, SLOT | SUM: 900}


def test_days_reach_back_as_far_as_the_report(windows: WindowSet) -> None:
    windows.apply([(SLOT, NOW - days * DAY, 1, 0) for days in (0, REPORT_DAYS - 1, REPORT_DAYS, REPORT_DAYS + 1)])
    assert len(windows.days.days) == 2

    windows.advance(NOW + DAY)
    assert len(windows.days.days) == 1


def test_a_day_that_was_passed_takes_nothing_more(windows: WindowSet) -> None:
    windows.apply([(SLOT, NOW - REPORT_DAYS * DAY, 1, 0)])

    assert not windows.days.days
    assert windows.lifetime[SLOT] == 1


def test_the_days_that_can_be_read_are_those_that_the_report_reaches_back_to(windows: WindowSet) -> None:
    today = NOW // DAY + date(1970, 1, 1).toordinal()
    windows.apply([(SLOT, NOW - days * DAY, 1, 0) for days in (0, 1, REPORT_DAYS - 1)])

    assert sorted(windows.days.days_at(NOW)) == [today - REPORT_DAYS + 1, today - 1, today]
    assert sorted(windows.days.days_at(NOW + DAY)) == [today - 1, today]


def test_what_has_changed_is_told_once_with_its_totals(windows: WindowSet) -> None:
    today = NOW // DAY + date(1970, 1, 1).toordinal()
    windows.apply([(SLOT, NOW, 1, 0), (SLOT, NOW - REPORT_DAYS * DAY, 2, 0)])

    assert {day: dict(totals) for day, totals in windows.days.changed()} == {0: {SLOT: 2}, today: {SLOT: 1}}
    assert sorted(place for place, _, totals in windows.changed_panes() if totals == {SLOT: 1}) == [0, 1, 2, 3, 4]
    assert not list(windows.days.changed())
    assert not list(windows.changed_panes())

    windows.apply([(SLOT, NOW, 1, 0)])
    assert {day: dict(totals) for day, totals in windows.days.changed()} == {today: {SLOT: 2}}
    windows.all_changed()
    assert {day: dict(totals) for day, totals in windows.days.changed()} == {0: {SLOT: 2}, today: {SLOT: 2}}


def test_a_day_left_behind_changes_the_sum_of_the_older_ones(windows: WindowSet) -> None:
    windows.apply([(SLOT, NOW - (REPORT_DAYS - 1) * DAY, 3, 0)])
    list(windows.days.changed())
    windows.advance(NOW + DAY)

    assert {day: dict(totals) for day, totals in windows.days.changed()} == {0: {SLOT: 3}}
    assert windows.lifetime[SLOT] == 3
