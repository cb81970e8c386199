from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from tests.oracle.moments import EPOCH, MICROSECOND
from tests.oracle.opening_hours import DAYS, OpeningHours, moment_after, openings_between, time_between

MINUTE = timedelta(minutes=1)


def hours(zone: str, *holidays: date, daily: tuple[str, ...] = (), **week: tuple[str, ...]) -> OpeningHours:
    """The same shifts on all days, but for those that are given."""
    found = OpeningHours.of_table({"time_zone": zone, "holidays": holidays} | dict.fromkeys(DAYS, daily) | week)
    assert found is not None
    return found


OFFICE: dict[str, tuple[str, ...]] = dict.fromkeys(DAYS[:5], ("09:00-17:00",))
CALENDARS = {
    "office": hours("UTC", **OFFICE),
    "office in Berlin": hours("Europe/Berlin", date(2024, 4, 1), **OFFICE),
    "nights in Berlin": hours("Europe/Berlin", date(2024, 3, 29), daily=("22:00-06:00",)),
    "two shifts a day in Berlin, and a night": hours(
        "Europe/Berlin", date(2024, 10, 26), daily=("08:30-12:30", "13:30-18:00"), friday=("09:00-13:00", "21:00-07:15")
    ),
    "split shifts that overlap in India": hours("Asia/Kolkata", daily=("08:00-12:00", "11:30-13:00", "20:00-10:00")),
    "always": hours("America/New_York", daily=("00:00-24:00",)),
    "half days on Lord Howe": hours("Australia/Lord_Howe", daily=("12:00-24:00",)),
}


def microseconds(moment: datetime) -> int:
    return (moment - EPOCH) // MICROSECOND


def is_open(calendar: OpeningHours, moment: datetime) -> bool:
    """Whether a minute lies in a shift of its local day or of the day before, by the clock on the wall."""
    local = moment.astimezone(ZoneInfo(calendar.zone))
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
    calendar = OpeningHours("UTC", ((),) * 7)

    assert time_between(calendar, 0, 10**15) == 0
    assert moment_after(calendar, 0, 1) is None


def test_a_table_without_a_shift_is_no_calendar() -> None:
    assert OpeningHours.of_table({"time_zone": "Europe/Berlin", "holidays": [date(2024, 1, 1)]}) is None


@pytest.mark.parametrize("text", ["9-17", "09:00", "09:00-17:00 ", "09:00 - 17:00"])
def test_a_shift_that_is_none_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="is not a shift such as 09:00-17:00"):
        OpeningHours.of_table({"monday": [text]})


@pytest.mark.parametrize(
    "country, day, opens",
    [("DE", "2024-05-01", False), ("US", "2024-05-01", True), ("US", "2024-07-04", False), ("DE", "2024-07-04", True)],
)
def test_no_shift_starts_on_a_countrys_holiday(country: str, day: str, opens: bool) -> None:  # noqa: FBT001 - a parameter
    calendar = OpeningHours.of_table({"country": country} | dict.fromkeys(DAYS, ("09:00-17:00",)))
    start = microseconds(datetime.fromisoformat(f"{day}T00:00Z"))

    assert time_between(calendar, start, start + 86_400_000_000) == (28_800_000_000 if opens else 0)


@pytest.mark.parametrize(
    "day, shift, opens, closes",
    [
        # In Berlin 02:00 becomes 03:00: what begins at 02:30 begins as long after midnight as ever.
        ("2024-03-31", "02:30-08:00", "2024-03-31T01:30Z", "2024-03-31T06:00Z"),
        ("2024-03-31", "00:00-02:30", "2024-03-30T23:00Z", "2024-03-31T01:30Z"),
        # 03:00 becomes 02:00: 02:30 comes twice, and the first one counts.
        ("2024-10-27", "02:30-08:00", "2024-10-27T00:30Z", "2024-10-27T07:00Z"),
        ("2024-10-27", "00:00-02:30", "2024-10-26T22:00Z", "2024-10-27T00:30Z"),
        ("2024-10-26", "22:00-06:00", "2024-10-26T20:00Z", "2024-10-27T05:00Z"),
    ],
)
def test_a_shift_lasts_from_when_its_beginning_is_shown_to_when_its_end_is(
    day: str, shift: str, opens: str, closes: str
) -> None:
    date_of_shift = date.fromisoformat(day)
    calendar = hours("Europe/Berlin", **{DAYS[date_of_shift.weekday()]: (shift,)})
    noon = microseconds(datetime.fromisoformat(f"{day}T12:00Z"))
    found = list(openings_between(calendar, noon - 86_400_000_000, noon + 86_400_000_000))

    assert found[0][0] == microseconds(datetime.fromisoformat(opens))
    assert found[-1][1] == microseconds(datetime.fromisoformat(closes))
    assert all(end == begin for (_, end), (begin, _) in pairwise(found))
