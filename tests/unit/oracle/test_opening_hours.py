from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from stream.windows.business_calendar import BusinessCalendar, Shift
from tests.oracle.opening_hours import moment_after, time_between
from tests.oracle.records import EPOCH, MICROSECOND

MINUTE = timedelta(minutes=1)
BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = [[Shift(9 * 60, 17 * 60)]] * 5 + [[], []]
NIGHTS = [[Shift(22 * 60, 30 * 60)]] * 7
CALENDARS = {
    "office": BusinessCalendar(ZoneInfo("UTC"), OFFICE),
    "office in Berlin": BusinessCalendar(BERLIN, OFFICE, frozenset({date(2024, 4, 1)})),
    "nights in Berlin": BusinessCalendar(BERLIN, NIGHTS, frozenset({date(2024, 3, 29)})),
    "split shifts that overlap in India": BusinessCalendar(
        ZoneInfo("Asia/Kolkata"), [[Shift(8 * 60, 12 * 60), Shift(11 * 60 + 30, 13 * 60), Shift(20 * 60, 34 * 60)]] * 7
    ),
    "always": BusinessCalendar(ZoneInfo("America/New_York"), [[Shift(0, 24 * 60)]] * 7),
    "half days on Lord Howe": BusinessCalendar(ZoneInfo("Australia/Lord_Howe"), [[Shift(12 * 60, 24 * 60)]] * 7),
}


def microseconds(moment: datetime) -> int:
    return (moment - EPOCH) // MICROSECOND


def is_open(calendar: BusinessCalendar, moment: datetime) -> bool:
    """Whether a minute lies in a shift of its local day or of the day before, by the clock on the wall."""
    local = moment.astimezone(calendar.zone)
    minute = local.hour * 60 + local.minute
    return any(
        shift.start <= minute + before * 24 * 60 < shift.end
        for before in (0, 1)
        if (day := local.date() - timedelta(days=before)) not in calendar.holidays
        for shift in calendar.week[day.weekday()]
    )


@pytest.mark.parametrize("name", CALENDARS)
@pytest.mark.parametrize(
    "start",
    [datetime(2024, 3, 27, 15, 20, tzinfo=UTC), datetime(2024, 10, 24, 5, 10, tzinfo=UTC)],
    ids=["March", "October"],
)
def test_open_time_is_the_sum_of_the_open_minutes(name: str, start: datetime) -> None:
    calendar = CALENDARS[name]
    moment = start
    total = 0
    for _ in range(7 * 24 * 60):
        if is_open(calendar, moment):
            total += MINUTE // MICROSECOND
            reached = microseconds(moment + MINUTE)
            assert moment_after(calendar, microseconds(start), total) == reached
        moment += MINUTE
        if moment.minute % 20 == 0:
            assert time_between(calendar, microseconds(start), microseconds(moment)) == total


def test_without_a_calendar_all_time_is_open() -> None:
    assert time_between(None, 5, 12) == 7
    assert time_between(None, 12, 5) == 0
    assert moment_after(None, 5, 7) == 12


def test_no_open_time_is_over_at_once_even_while_closed() -> None:
    saturday = microseconds(datetime(2024, 3, 9, 12, tzinfo=UTC))

    assert moment_after(CALENDARS["office"], saturday, 0) == saturday


def test_what_never_opens_is_never_over() -> None:
    calendar = BusinessCalendar(ZoneInfo("UTC"), [[]] * 7)

    assert time_between(calendar, 0, 10**15) == 0
    assert moment_after(calendar, 0, 1) is None
