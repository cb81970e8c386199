"""A moment that was written down as local time is read back, for zones with all kinds of rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from stream.feeds.replay.local_times import LocalTimes
from stream.feeds.replay.row_times import RowTimes
from stream.feeds.replay.times import TimeFormat

ZONES = [
    *("Europe/Rome", "Europe/London", "Europe/Dublin", "America/New_York", "America/St_Johns", "America/Sao_Paulo"),
    *("Australia/Lord_Howe", "Africa/Casablanca", "Africa/Cairo", "Asia/Kathmandu", "Asia/Tehran", "Pacific/Apia"),
    *("Antarctica/Troll", "UTC"),
]
HOUR = timedelta(hours=1)


def changes(zone: ZoneInfo) -> list[datetime]:
    hours = [datetime(2005, 1, 1, tzinfo=UTC) + HOUR * number for number in range(24 * 366 * 10)]
    offsets = [hour.astimezone(zone).utcoffset() for hour in hours]
    return [hours[number] for number in range(1, len(hours)) if offsets[number] != offsets[number - 1]]


CHANGES = {name: changes(ZoneInfo(name)) for name in ZONES}
WIDE = st.datetimes(datetime(1991, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis


@st.composite
def zones_and_moments(draw: st.DrawFn) -> tuple[ZoneInfo, list[datetime]]:
    name = draw(st.sampled_from(ZONES))
    if not CHANGES[name] or draw(st.integers(0, 4)) == 0:
        return ZoneInfo(name), sorted(draw(st.lists(WIDE, max_size=8)))
    change = draw(st.sampled_from(CHANGES[name]))
    minutes = st.integers(-200, 200).map(lambda minute: change + timedelta(minutes=minute))
    return ZoneInfo(name), sorted(draw(st.lists(minutes, max_size=12)))


def wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def is_told_twice(local: datetime, zone: ZoneInfo) -> bool:
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return first < second


@given(zones_and_moments(), st.booleans())
@settings(deadline=None, max_examples=500)
def test_a_moment_is_read_back_unless_the_clocks_showed_its_time_twice_and_the_order_does_not_tell(
    drawn: tuple[ZoneInfo, list[datetime]],
    newest_first: bool,  # noqa: FBT001 - hypothesis draws it
) -> None:
    zone, moments = drawn
    times = RowTimes(TimeFormat("iso", zone), newest_first=newest_first)
    in_order = moments[::-1] if newest_first else moments
    read = [times.read(wall(moment, zone).isoformat(), "", "a") for moment in in_order]
    assert read == sorted(read, reverse=newest_first)
    for moment, was_read in zip(in_order, read, strict=True):
        if not is_told_twice(wall(moment, zone), zone):
            assert was_read == moment
        assert wall(was_read, zone) == wall(moment, zone)


@given(zones_and_moments())
@settings(deadline=None, max_examples=300)
def test_where_the_clock_goes_back_within_the_rows_of_a_subject_both_sides_are_read_back(
    drawn: tuple[ZoneInfo, list[datetime]],
) -> None:
    zone, moments = drawn
    for newest_first in (False, True):
        times = RowTimes(TimeFormat("iso", zone), newest_first=newest_first)
        in_order = moments[::-1] if newest_first else moments
        before: datetime | None = None
        for moment in in_order:
            local = wall(moment, zone)
            read = times.read(local.isoformat(), "", "a")
            went_back = before is not None and (local > before if newest_first else local < before)
            if went_back and is_told_twice(local, zone) and before is not None and is_told_twice(before, zone):
                assert read == moment
            before = local


@given(zones_and_moments(), st.integers(-200, 200))
@settings(deadline=None, max_examples=300)
def test_times_that_the_clocks_skipped_keep_their_place_among_the_others(
    drawn: tuple[ZoneInfo, list[datetime]], minutes: int
) -> None:
    zone, moments = drawn
    local_times = LocalTimes(zone)
    locals_ = sorted(wall(moment, zone) + timedelta(minutes=minutes) for moment in moments)
    readings = [local_times.read(local) for local in locals_]
    unambiguous = [reading.time for reading in readings if reading.second is None]
    assert unambiguous == sorted(unambiguous)
