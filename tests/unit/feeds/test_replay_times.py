"""Times and durations are read as logs spell them."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.feeds.replay.local_times import LocalTimeError, LocalTimes
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


def local(gap: str = "end", overlap: str = "order") -> TimeFormat:
    return TimeFormat("iso", LocalTimes(ROME, gap, overlap))


@pytest.mark.parametrize(
    "gap, read",
    [("end", "2022-03-27T01:00:00"), ("earlier", "2022-03-27T00:30:00"), ("later", "2022-03-27T01:30:00")],
)
def test_a_time_that_the_clocks_skipped_is_read_as_the_mapping_says(gap: str, read: str) -> None:
    assert local(gap).parse("2022-03-27 02:30").isoformat() == f"{read}+00:00"


@pytest.mark.parametrize(
    "overlap, read",
    [("order", "2022-10-30T00:30:00"), ("earlier", "2022-10-30T00:30:00"), ("later", "2022-10-30T01:30:00")],
)
def test_a_time_that_the_clocks_showed_twice_is_read_as_the_mapping_says(overlap: str, read: str) -> None:
    assert local(overlap=overlap).parse("2022-10-30 02:30").isoformat() == f"{read}+00:00"


def test_such_times_can_be_rejected() -> None:
    with pytest.raises(LocalTimeError, match="the clocks of Europe/Rome skipped it"):
        local(gap="reject").parse("2022-03-27 02:30")
    with pytest.raises(LocalTimeError, match="the clocks of Europe/Rome showed it twice"):
        local(overlap="reject").parse("2022-10-30 02:30")


def test_a_skipped_day_ends_where_the_next_one_begins() -> None:
    reading = LocalTimes(ZoneInfo("Pacific/Apia")).read(datetime(2011, 12, 30, 7, 5))  # noqa: DTZ001 - it is local
    assert reading.time.isoformat() == "2011-12-30T10:00:00+00:00"


def test_a_time_with_an_offset_and_an_epoch_are_never_touched() -> None:
    strict = LocalTimes(ROME, "reject", "reject")
    assert TimeFormat("iso", strict).read("2022-10-30T02:30+01:00").how == ""
    assert TimeFormat("epoch", strict).read("1667093400").how == ""


def test_the_first_of_several_formats_that_fits_is_used() -> None:
    times = TimeFormat(["%d/%m/%Y %H:%M", "%d/%m/%Y", "epoch"], UTC)
    assert times.parse("03/04/2022 05:06").isoformat() == "2022-04-03T05:06:00+00:00"
    assert times.parse("03/04/2022").isoformat() == "2022-04-03T00:00:00+00:00"
    assert times.parse("1667093400").year == 2022
    assert times.spelling == "%d/%m/%Y %H:%M or %d/%m/%Y or epoch"
    with pytest.raises(ValueError, match="soon"):
        times.parse("soon")


@pytest.mark.parametrize(
    "text, hour", [("12:00:00 AM", 0), ("12:30:00 am", 0), ("1:02:03 PM", 13), ("12:00:00 pm", 12)]
)
def test_a_clock_of_twelve_hours_is_read(text: str, hour: int) -> None:
    assert TimeFormat("%m/%d/%Y %I:%M:%S %p", UTC).parse(f"7/8/2022 {text}").hour == hour


@pytest.mark.parametrize(
    "text, hour",
    [
        *[("1:02 p.m.", 13), ("1:02 P. M.", 13), ("12:05 a.m.", 0), ("1:02 pm", 13)],
        *[("12:00 noon", 12), ("12:00 Midnight", 0)],
    ],
)
def test_halves_of_the_day_are_read_however_they_are_spelled(text: str, hour: int) -> None:
    assert TimeFormat("%d %b %Y %I:%M %p", UTC).parse(f"7 Mar 2022 {text}").hour == hour
    assert TimeFormat("%I:%M%p %d %b %Y", UTC).parse(f"{text.replace(' ', '')} 7 Mar 2022").hour == hour


def test_a_format_with_the_name_of_a_zone_says_what_to_write_instead() -> None:
    with pytest.raises(ValueError, match=r"%Z, the name of a zone, .* write it as it is, .*%z is an offset"):
        TimeFormat("%Y-%m-%d %H:%M %Z", UTC)
    assert TimeFormat("%Y-%m-%d %H:%M %%Z", UTC).parse("2022-03-07 10:00 %Z").hour == 10


def test_names_of_months_and_halves_of_the_day_are_english_wherever_the_command_runs() -> None:
    code = "import locale, stream.cli.main, stream.cli.replay; print(locale.setlocale(locale.LC_TIME))"
    environment = os.environ | {"LC_ALL": "C.utf8"}
    output = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    assert output.stdout.strip() == b"C"
