from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from stream.desk.calendar import BusinessCalendar, Shift
from tests.unit.desk.ticket_log import HOUR, MINUTE, microseconds, office_hours

MONDAY = "2024-03-04"
EVERY_DAY = range(7)


def open_seconds(calendar: BusinessCalendar, start: str, end: str) -> float:
    """How many seconds of opening hours lie between two moments."""
    return calendar.between(microseconds(start), microseconds(end)) / 1_000_000


class TestShifts:
    @pytest.mark.parametrize("start, end", [(-1, 60), (0, 0), (600, 500), (600, 600), (1440, 1500), (600, 600 + 1441)])
    def test_an_impossible_shift_is_refused(self, start: int, end: int) -> None:
        with pytest.raises(ValueError, match="impossible"):
            Shift(start, end)

    @pytest.mark.parametrize("start, end", [(0, 1440), (0, 1), (1439, 1440), (1320, 1800), (600, 600 + 1440)])
    def test_a_shift_lasts_up_to_a_day_and_may_end_on_the_next(self, start: int, end: int) -> None:
        assert Shift(start, end).end == end


class TestOpeningHours:
    def test_only_open_hours_count(self) -> None:
        calendar = office_hours()

        assert open_seconds(calendar, f"{MONDAY}T08:00:00Z", f"{MONDAY}T10:30:00Z") == 1.5 * HOUR
        assert open_seconds(calendar, f"{MONDAY}T16:00:00Z", "2024-03-05T10:00:00Z") == 2 * HOUR
        assert open_seconds(calendar, f"{MONDAY}T18:00:00Z", f"{MONDAY}T19:00:00Z") == 0

    def test_the_weekend_counts_nothing(self) -> None:
        assert open_seconds(office_hours(), "2024-03-01T16:00:00Z", "2024-03-04T10:00:00Z") == 2 * HOUR

    def test_a_span_that_is_empty_or_turned_round_is_nothing(self) -> None:
        calendar = office_hours()

        assert open_seconds(calendar, f"{MONDAY}T10:00:00Z", f"{MONDAY}T10:00:00Z") == 0
        assert open_seconds(calendar, f"{MONDAY}T11:00:00Z", f"{MONDAY}T10:00:00Z") == 0

    def test_the_microsecond_counts(self) -> None:
        calendar = office_hours()

        assert (
            calendar.between(microseconds(f"{MONDAY}T08:59:59.999999Z"), microseconds(f"{MONDAY}T09:00:00.000001Z"))
            == 1
        )

    def test_a_lunch_break_is_closed(self) -> None:
        calendar = office_hours(shifts=[(9, 12.5), (13.5, 18)])

        assert open_seconds(calendar, f"{MONDAY}T12:00:00Z", f"{MONDAY}T14:00:00Z") == HOUR
        assert open_seconds(calendar, f"{MONDAY}T00:00:00Z", "2024-03-05T00:00:00Z") == 8 * HOUR

    def test_a_night_shift_runs_into_the_next_day(self) -> None:
        calendar = office_hours(shifts=[(22, 30)])

        assert open_seconds(calendar, f"{MONDAY}T21:00:00Z", "2024-03-05T07:00:00Z") == 8 * HOUR
        assert open_seconds(calendar, f"{MONDAY}T00:00:00Z", f"{MONDAY}T07:00:00Z") == 0

    def test_the_night_shift_of_friday_reaches_into_saturday(self) -> None:
        calendar = office_hours(shifts=[(22, 30)])

        assert open_seconds(calendar, "2024-03-09T00:00:00Z", "2024-03-10T00:00:00Z") == 6 * HOUR

    def test_unequal_days_of_the_week(self) -> None:
        week: Sequence[Sequence[Shift]] = [(Shift(540, 1020),), (), (Shift(600, 720), Shift(780, 840)), (), (), (), ()]
        calendar = BusinessCalendar(ZoneInfo("UTC"), week)

        assert open_seconds(calendar, f"{MONDAY}T00:00:00Z", "2024-03-11T00:00:00Z") == 11 * HOUR

    def test_shifts_that_overlap_or_touch_count_once(self) -> None:
        calendar = office_hours(shifts=[(9, 13), (12, 15), (15, 16), (10, 11)])

        assert open_seconds(calendar, f"{MONDAY}T00:00:00Z", "2024-03-05T00:00:00Z") == 7 * HOUR

    def test_round_the_clock_is_calendar_time(self) -> None:
        calendar = office_hours("Europe/Berlin", shifts=[(0, 24)], days=EVERY_DAY)

        assert open_seconds(calendar, "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z") == 366 * 24 * HOUR

    def test_moments_may_be_asked_for_in_any_order_and_years_apart(self) -> None:
        calendar = office_hours()
        week = 40 * HOUR

        assert open_seconds(calendar, "2024-03-04T00:00:00Z", "2024-03-11T00:00:00Z") == week
        assert open_seconds(calendar, "1990-01-01T00:00:00Z", "1990-01-08T00:00:00Z") == week
        assert open_seconds(calendar, "2040-01-02T00:00:00Z", "2040-01-09T00:00:00Z") == week
        assert open_seconds(calendar, "2024-03-04T00:00:00Z", "2024-03-11T00:00:00Z") == week


class TestHolidays:
    def test_no_shift_starts_on_a_holiday(self) -> None:
        calendar = BusinessCalendar(ZoneInfo("UTC"), [(Shift(540, 1020),)] * 7, frozenset({date(2024, 3, 4)}))

        assert open_seconds(calendar, "2024-03-03T00:00:00Z", "2024-03-06T00:00:00Z") == 16 * HOUR

    def test_the_night_shift_before_a_holiday_ends_in_it(self) -> None:
        calendar = BusinessCalendar(ZoneInfo("UTC"), [(Shift(1320, 1800),)] * 7, frozenset({date(2024, 3, 5)}))

        assert open_seconds(calendar, "2024-03-04T12:00:00Z", "2024-03-06T12:00:00Z") == 8 * HOUR

    def test_a_holiday_is_a_day_of_the_calendars_zone(self) -> None:
        calendar = BusinessCalendar(ZoneInfo("Asia/Tokyo"), [(Shift(0, 1440),)] * 7, frozenset({date(2024, 3, 5)}))

        assert open_seconds(calendar, "2024-03-04T14:00:00Z", "2024-03-05T16:00:00Z") == 2 * HOUR


class TestChangesOfTheClocks:
    @pytest.mark.parametrize(
        "day, offsets, hours",
        [("2024-03-31", ("+01:00", "+02:00"), 7), ("2024-10-27", ("+02:00", "+01:00"), 9)],
    )
    def test_a_night_shift_is_an_hour_shorter_or_longer(self, day: str, offsets: tuple[str, str], hours: int) -> None:
        calendar = office_hours("Europe/Berlin", shifts=[(22, 30)], days=EVERY_DAY)
        night_before = {"2024-03-31": "2024-03-30", "2024-10-27": "2024-10-26"}[day]

        begin, end = f"{night_before}T21:00:00{offsets[0]}", f"{day}T08:00:00{offsets[1]}"
        assert open_seconds(calendar, begin, end) == hours * HOUR

    @pytest.mark.parametrize("day, hours", [("2024-03-31", 23), ("2024-10-27", 25), ("2024-06-01", 24)])
    def test_an_open_day_is_as_long_as_the_day(self, day: str, hours: int) -> None:
        calendar = office_hours("Europe/Berlin", shifts=[(0, 24)], days=[date.fromisoformat(day).weekday()])

        assert open_seconds(calendar, f"{day}T00:00:00-12:00", f"{day}T00:00:00+12:00") == 0
        assert open_seconds(calendar, f"{day}T00:00:00+12:00", f"{day}T23:59:00-12:00") == hours * HOUR

    def test_an_opening_in_the_hour_that_is_skipped_begins_an_hour_later_on_the_clock(self) -> None:
        calendar = office_hours("Europe/Berlin", shifts=[(2.5, 5)], days=EVERY_DAY)

        assert open_seconds(calendar, "2024-03-31T00:00:00Z", "2024-03-31T12:00:00Z") == 1.5 * HOUR

    def test_a_shift_that_lies_in_the_hour_that_is_skipped_does_not_take_place(self) -> None:
        calendar = office_hours("Europe/Berlin", shifts=[(2.25, 2.75)], days=EVERY_DAY)

        assert open_seconds(calendar, "2024-03-30T12:00:00Z", "2024-03-31T00:30:00Z") == 0
        assert open_seconds(calendar, "2024-04-01T00:00:00Z", "2024-04-01T12:00:00Z") == 30 * MINUTE

    def test_office_hours_of_the_southern_hemisphere(self) -> None:
        calendar = office_hours("Australia/Lord_Howe")

        assert open_seconds(calendar, "2024-04-05T09:00:00+11:00", "2024-04-08T10:00:00+10:30") == 9 * HOUR
