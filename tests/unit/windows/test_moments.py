from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from stream.windows.moments import from_microseconds, to_microseconds, to_seconds, to_text

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@pytest.mark.parametrize("year", [1990, 2001, 2024, 2038, 2099])
@pytest.mark.parametrize("microsecond", [0, 1, 333_333, 499_999, 500_001, 999_999])
def test_a_moment_survives_the_way_there_and_back(year: int, microsecond: int) -> None:
    moment = datetime(year, 12, 31, 23, 59, 59, microsecond, tzinfo=UTC)

    assert to_microseconds(moment) == (moment - EPOCH) // MICROSECOND
    assert from_microseconds(to_microseconds(moment)) == moment


def test_a_moment_is_the_same_in_every_zone() -> None:
    moment = datetime(2024, 3, 4, 12, tzinfo=UTC)

    assert to_microseconds(moment.astimezone(timezone(timedelta(hours=-9, minutes=-30)))) == to_microseconds(moment)


def test_a_moments_text_is_rfc_3339_in_utc() -> None:
    assert to_text(1_767_323_045_000_000) == "2026-01-02T03:04:05Z"
    assert to_text(1_767_323_045_000_001) == "2026-01-02T03:04:05.000001Z"


def test_spans_are_exported_in_seconds() -> None:
    assert to_seconds(1_500_000) == 1.5
