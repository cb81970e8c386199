"""Work is done while people work, in their time zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.simulation.hours import OFFICE, WAKING, Hours

BERLIN = ZoneInfo("Europe/Berlin")
SECOND = 1_000_000


def after(hours: Hours, moment: str, work: timedelta) -> str:
    start = datetime.fromisoformat(moment).replace(tzinfo=BERLIN)
    end = hours.after(int(start.timestamp()) * SECOND, int(work.total_seconds()) * SECOND)
    return f"{datetime.fromtimestamp(end / SECOND, BERLIN):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    "moment, hours, done",
    [
        ("2026-01-06 09:00", 1, "2026-01-06 10:00"),
        ("2026-01-06 12:00", 1, "2026-01-06 13:45"),
        ("2026-01-06 12:45", 1, "2026-01-06 14:15"),
        ("2026-01-06 03:00", 1, "2026-01-06 09:30"),
        ("2026-01-06 17:30", 1, "2026-01-07 09:15"),
        ("2026-01-09 17:30", 1, "2026-01-12 09:15"),
        ("2026-01-10 11:00", 1, "2026-01-12 09:30"),
        ("2026-01-06 08:30", 8.5 * 5, "2026-01-12 17:45"),
        ("2026-03-27 17:15", 1, "2026-03-30 09:00"),
    ],
)
def test_breaks_nights_and_weekends_do_not_count(moment: str, hours: float, done: str) -> None:
    assert after(Hours(OFFICE, BERLIN), moment, timedelta(hours=hours)) == done


@given(
    moments=st.lists(st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)), max_size=10),  # noqa: DTZ001 - hypothesis wants bounds without a zone
    work=st.timedeltas(timedelta(seconds=1), timedelta(days=9)),
)
def test_the_end_is_in_waking_hours_whatever_was_asked_before(moments: list[datetime], work: timedelta) -> None:
    waking = Hours(WAKING, BERLIN)
    for moment in moments:
        start = int(moment.timestamp()) * SECOND
        end = waking.after(start, int(work.total_seconds()) * SECOND)
        local = datetime.fromtimestamp(end / SECOND, BERLIN)
        assert end - start >= int(work.total_seconds()) * SECOND
        assert (7, 0) <= (local.hour, local.minute) <= (22, 45)
        assert end == Hours(WAKING, BERLIN).after(start, int(work.total_seconds()) * SECOND)
