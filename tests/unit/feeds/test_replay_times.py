"""Times and durations are read as logs spell them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.feeds.replay.times import TimeFormat, parse_duration

ROME = ZoneInfo("Europe/Rome")


@pytest.mark.parametrize(
    "spelling, text, expected",
    [
        ("iso", "2012-10-09 14:50:17", "2012-10-09T12:50:17+00:00"),
        ("iso", " 2012-10-09T14:50:17.25Z ", "2012-10-09T14:50:17.250000+00:00"),
        ("iso", "2022-01-02 11:12:51+00:00", "2022-01-02T11:12:51+00:00"),
        ("iso", "2012-12-09", "2012-12-08T23:00:00+00:00"),
        ("%d/%m/%Y %H:%M", "11/04/2018 20:09", "2018-04-11T18:09:00+00:00"),
        ("%Y-%m-%d %H:%M:%S", "2021-01-01 9:12:58", "2021-01-01T08:12:58+00:00"),
        ("%Y-%m-%d %H:%M %z", "2021-01-01 09:12 -0500", "2021-01-01T14:12:00+00:00"),
        ("epoch", "1349794217.5", "2012-10-09T14:50:17.500000+00:00"),
        ("epoch_ms", "1349794217250", "2012-10-09T14:50:17.250000+00:00"),
        ("iso", "2022-10-30 02:30:00", "2022-10-30T00:30:00+00:00"),
    ],
)
def test_a_time_without_a_zone_is_that_of_the_mapping(spelling: str, text: str, expected: str) -> None:
    assert TimeFormat(spelling, ROME).parse(text).isoformat() == expected


@pytest.mark.parametrize("spelling", ["iso", "%d/%m/%Y", "epoch", "epoch_ms"])
@pytest.mark.parametrize("text", ["", "yesterday", "2012-13-40", "nan", "1e999", "9" * 400])
def test_what_is_no_time_is_an_error(spelling: str, text: str) -> None:
    with pytest.raises((ValueError, OverflowError)):
        TimeFormat(spelling, UTC).parse(text)


@given(st.datetimes(timezones=st.just(UTC)))
def test_iso_is_exact_to_the_microsecond(moment: datetime) -> None:
    assert TimeFormat("iso", ROME).parse(moment.isoformat()) == moment


@pytest.mark.parametrize(
    "text, seconds",
    [("109", 109), ("12.5", 12.5), ("4:02", 242), ("0:04:02", 242), (" 100:00:00 ", 360_000), ("0", 0)],
)
def test_durations_are_seconds_or_have_colons(text: str, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "soon", "-5", "1:2:3:4", "nan", "inf", "1e3", "9" * 30, ":", "1::2"])
def test_what_is_no_duration_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration, such as 109 or 0:01:49"):
        parse_duration(text)
