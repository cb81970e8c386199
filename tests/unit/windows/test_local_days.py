from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from stream.windows import local_days
from stream.windows.local_days import LocalDays
from stream.windows.moments import to_microseconds


def day_of(zone: str, text: str) -> date:
    """The local date of a moment."""
    days = LocalDays(ZoneInfo(zone))
    return days.date_of(days.day_of(to_microseconds(datetime.fromisoformat(text))))


@pytest.mark.parametrize(
    "zone, last, first, following",
    [
        ("UTC", "2024-03-04T23:59:59.999999Z", "2024-03-05T00:00:00Z", date(2024, 3, 5)),
        ("Europe/Berlin", "2024-03-30T22:59:59.999999Z", "2024-03-30T23:00:00Z", date(2024, 3, 31)),
        ("Europe/Berlin", "2024-03-31T21:59:59.999999Z", "2024-03-31T22:00:00Z", date(2024, 4, 1)),
        ("Europe/Berlin", "2024-10-27T22:59:59.999999Z", "2024-10-27T23:00:00Z", date(2024, 10, 28)),
        ("Asia/Kathmandu", "2024-03-04T18:14:59.999999Z", "2024-03-04T18:15:00Z", date(2024, 3, 5)),
        ("America/St_Johns", "2024-03-05T03:29:59.999999Z", "2024-03-05T03:30:00Z", date(2024, 3, 5)),
        ("Pacific/Apia", "2011-12-30T09:59:59.999999Z", "2011-12-30T10:00:00Z", date(2011, 12, 31)),
    ],
)
def test_a_day_ends_at_local_midnight(zone: str, last: str, first: str, following: date) -> None:
    assert day_of(zone, first) == following
    assert day_of(zone, last) < following


def test_days_are_numbered_one_after_the_other() -> None:
    days = LocalDays(ZoneInfo("Europe/Berlin"))
    noon = to_microseconds(datetime(2024, 3, 30, 12, tzinfo=UTC))

    assert days.day_of(noon + 2 * 86_400_000_000) - days.day_of(noon) == 2


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_days, "_REMEMBERED", 3)
    days = LocalDays(ZoneInfo("UTC"))
    found = [days.day_of(hour * 3_600_000_000) for hour in range(100)]

    assert found == [date(1970, 1, 1).toordinal() + hour // 24 for hour in range(100)]
    assert len(days._days) <= 3


@pytest.mark.parametrize(
    "zone, transition",
    [
        ("America/Asuncion", datetime(2023, 3, 26, 3, tzinfo=UTC)),
        ("America/Havana", datetime(2023, 3, 12, 5, tzinfo=UTC)),
        ("Asia/Kathmandu", datetime(2023, 3, 12, tzinfo=UTC)),
        ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ],
)
def test_every_moment_around_a_change_of_clocks_is_in_the_day_that_the_clock_shows(
    zone: str, transition: datetime
) -> None:
    days = LocalDays(ZoneInfo(zone))
    for minutes in range(-2 * 24 * 60, 2 * 24 * 60, 5):
        moment = transition + timedelta(minutes=minutes)

        assert days.date_of(days.day_of(to_microseconds(moment))) == moment.astimezone(ZoneInfo(zone)).date()
