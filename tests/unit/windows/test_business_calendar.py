from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from stream.windows.business_calendar import BusinessCalendar, Shift
from stream.windows.moments import DAY, to_microseconds, to_text
from tests.moments import HOUR, MINUTE, microseconds, office_hours

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


def due(calendar: BusinessCalendar, start: str, hours: float) -> str | None:
    """When so many hours of opening hours have passed, in UTC."""
    moment = calendar.after(microseconds(start), round(hours * HOUR * 1_000_000))
    return None if moment is None else to_text(moment)


class TestDeadlines:
    @pytest.mark.parametrize(
        "start, hours, moment",
        [
            (f"{MONDAY}T10:00:00Z", 2, f"{MONDAY}T12:00:00Z"),
            (f"{MONDAY}T16:00:00Z", 2, "2024-03-05T10:00:00Z"),
            ("2024-03-01T16:30:00Z", 1, "2024-03-04T09:30:00Z"),
            ("2024-03-02T12:00:00Z", 1, "2024-03-04T10:00:00Z"),
            (f"{MONDAY}T06:00:00Z", 40, "2024-03-08T17:00:00Z"),
            (f"{MONDAY}T06:00:00Z", 41, "2024-03-11T10:00:00Z"),
        ],
    )
    def test_only_opening_hours_bring_a_deadline_nearer(self, start: str, hours: float, moment: str) -> None:
        assert due(office_hours(), start, hours) == moment

    def test_a_span_that_ends_at_closing_time_is_due_then_and_not_at_the_next_opening(self) -> None:
        assert due(office_hours(), f"{MONDAY}T16:00:00Z", 1) == f"{MONDAY}T17:00:00Z"

    def test_no_span_is_due_at_once_even_while_closed(self) -> None:
        assert due(office_hours(), "2024-03-02T12:00:00Z", 0) == "2024-03-02T12:00:00Z"

    def test_the_microsecond_after_closing_time_is_the_first_of_the_next_opening(self) -> None:
        start, hour = microseconds(f"{MONDAY}T16:00:00Z"), HOUR * 1_000_000

        assert office_hours().after(start, hour + 1) == microseconds("2024-03-05T09:00:00Z") + 1

    @pytest.mark.parametrize(
        "start, moment",
        [
            # The night of March has seven hours: the eighth is the first of the next night, in summer time.
            ("2024-03-30T21:00:00Z", "2024-03-31T21:00:00Z"),
            # The night of October has nine: the eighth ends an hour before the shift does.
            ("2024-10-26T20:00:00Z", "2024-10-27T04:00:00Z"),
        ],
    )
    def test_eight_hours_of_a_night_shift_are_eight_hours_when_the_clocks_change(self, start: str, moment: str) -> None:
        calendar = office_hours("Europe/Berlin", shifts=[(22, 30)], days=EVERY_DAY)

        assert due(calendar, start, 8) == moment

    def test_a_calendar_that_never_opens_has_no_deadlines(self) -> None:
        assert BusinessCalendar(ZoneInfo("UTC"), [()] * 7).after(microseconds(f"{MONDAY}T09:00:00Z"), 1) is None

    def test_a_year_of_days_off_is_looked_beyond(self) -> None:
        holidays = frozenset(date.fromordinal(date(2024, 3, 4).toordinal() + day) for day in range(900))
        calendar = BusinessCalendar(ZoneInfo("UTC"), [(Shift(540, 1020),)] * 7, holidays)

        assert due(calendar, f"{MONDAY}T10:00:00Z", 1) == "2026-08-21T10:00:00Z"

    def test_more_opening_hours_than_there_are_in_decades_have_no_deadline(self) -> None:
        assert office_hours(days=[0]).after(microseconds(f"{MONDAY}T10:00:00Z"), 3_660 * DAY) is None

    @pytest.mark.parametrize("moment", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)])
    @pytest.mark.parametrize("zone", ["Asia/Tokyo", "Pacific/Honolulu"])
    @pytest.mark.parametrize("shift", [(0, 24), (22, 30)])
    def test_the_ends_of_the_calendar_are_no_errors(
        self, moment: datetime, zone: str, shift: tuple[float, float]
    ) -> None:
        edge = to_microseconds(moment)
        calendar = office_hours(zone, shifts=[shift], days=EVERY_DAY)

        assert 0 <= calendar.between(edge - 3 * DAY, edge + 3 * DAY) <= 6 * DAY
        assert calendar.after(edge, 0) == edge


class _CountedDays:
    """Days off, of which there are none, that count how often they were asked for."""

    def __init__(self) -> None:
        self.asked = 0

    def __contains__(self, day: object) -> bool:
        self.asked += 1
        return False


class TestCoverage:
    def test_moments_that_move_forward_do_not_work_the_openings_out_again_and_again(self) -> None:
        days_off = _CountedDays()
        calendar = BusinessCalendar(ZoneInfo("UTC"), [(Shift(540, 1020),)] * 7, days_off)
        start = microseconds("2016-03-04T00:00:00Z")

        for quarter_day in range(10 * 365 * 4):
            calendar.after(start + quarter_day * DAY // 4, 1)

        # At most once for each year that is added, and then at most all the eleven years.
        assert days_off.asked <= 11 * 11 * 370

    def test_what_is_covered_is_not_worked_out_anew(self) -> None:
        days_off = _CountedDays()
        calendar = BusinessCalendar(ZoneInfo("UTC"), [(Shift(540, 1020),)] * 7, days_off)
        moments = [microseconds(f"{year}-03-04T00:00:00Z") for year in (2026, 1990)]
        for moment in moments:
            calendar.after(moment, 1)
        asked = days_off.asked

        for moment in moments * 100:
            calendar.after(moment, 1)
            calendar.between(moment, moment + DAY)

        assert days_off.asked == asked

    @pytest.mark.parametrize("quarters", [*range(-374 * 4, -362 * 4), *range(362 * 4, 374 * 4)])
    def test_answers_are_right_on_both_sides_of_where_the_coverage_ends(self, quarters: int) -> None:
        calendar = BusinessCalendar(ZoneInfo("UTC"), [(Shift(0, 1440),)] * 7)
        start = microseconds(f"{MONDAY}T12:00:00Z")
        calendar.after(start, 1)

        moment, quarter = start + quarters * DAY // 4, DAY // 4

        assert calendar.between(moment, moment + quarter) == quarter
        assert calendar.after(moment, quarter) == moment + quarter
