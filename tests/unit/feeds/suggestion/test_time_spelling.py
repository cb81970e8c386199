"""The format of a column of times is found in its values."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.feeds.suggestion.time_spelling import clock_spelling_of, spelling_of

MOMENTS = [
    datetime(2023, month, day, hour, 5, 9, tzinfo=UTC) for month, day, hour in ((1, 31, 9), (2, 13, 0), (3, 2, 23))
]
FORMATS = [
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p",
    "%d/%m/%y %H:%M",
    "%d-%b-%Y %H:%M",
    "%d %B %Y",
    "%b %d, %Y %I:%M %p",
    "%a, %d %b %Y %H:%M:%S %z",
    "%Y/%m/%d %H:%M:%S",
    "%Y.%m.%d",
    "%d/%m/%Y, %H:%M",
    "%d/%m/%Y - %H.%M",
    "%m/%d/%Y %I:%M%p",
    "%Y/%m/%d %H:%M:%S.%f",
]


@pytest.mark.parametrize("spelling", FORMATS)
def test_a_format_is_found_in_what_it_makes(spelling: str) -> None:
    found = spelling_of([moment.strftime(spelling) for moment in MOMENTS], named_like_a_time=False)

    assert found is not None
    assert (found.format, found.others, found.share) == (spelling, (), 1.0)


@pytest.mark.parametrize(
    "text", ["2023-01-31", "2023-01-31 09:05:00", "2023-01-31T09:05:00.123Z", "2023-01-31T09:05+01:00"]
)
def test_what_python_reads_as_iso_is_iso(text: str) -> None:
    found = spelling_of([text], named_like_a_time=False)

    assert found is not None
    assert found.format == "iso"


@pytest.mark.parametrize(
    "text, expected",
    [
        ("1675155900", "epoch"),
        ("1675155900.25", "epoch"),
        ("1675155900123", "epoch_ms"),
        ("20230131090500", "%Y%m%d%H%M%S"),
    ],
)
def test_numbers_are_times_only_under_the_name_of_one(text: str, expected: str) -> None:
    found = spelling_of([text], named_like_a_time=True)

    assert found is not None
    assert found.format == expected
    assert spelling_of([text], named_like_a_time=False) is None


def test_where_no_day_is_above_12_both_orders_are_told() -> None:
    found = spelling_of(["05/04/2018 10:00", "07/03/2018 11:00", "01/02/2018 12:00"], named_like_a_time=False)

    assert found is not None
    assert {found.format, *found.others} == {"%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"}


def test_the_order_under_which_the_log_is_sorted_comes_first() -> None:
    found = spelling_of(["02/10/2018 10:00", "02/11/2018 10:00", "03/01/2018 10:00"], named_like_a_time=False)

    assert found is not None
    assert found.format == "%m/%d/%Y %H:%M"
    assert found.others == ("%d/%m/%Y %H:%M",)


def test_the_order_under_which_the_log_is_shorter_comes_first() -> None:
    found = spelling_of([f"03/{day:02}/2024" for day in range(1, 9)], named_like_a_time=False)

    assert found is not None
    assert found.format == "%m/%d/%Y"


def test_a_day_above_12_far_down_in_the_column_tells_the_order() -> None:
    dates = [
        f"{day:02}/{month:02}/{year}" for year in range(2000, 2010) for month in range(1, 13) for day in range(1, 9)
    ]

    found = spelling_of([*dates, "25/12/2010"], named_like_a_time=False)

    assert found is not None
    assert (found.format, found.others) == ("%d/%m/%Y", ())


def test_a_few_values_that_are_no_times_leave_a_column_of_times() -> None:
    found = spelling_of([*(f"{day:02}/01/2020" for day in range(1, 29)), "never"], named_like_a_time=False)

    assert found is not None
    assert found.format == "%d/%m/%Y"
    assert 0.9 < found.share < 1


@pytest.mark.parametrize(
    "text", ["", "open", "4711", "1.5", "0:02:23", "10.1.2.3", "99/99/2020", "12/2020", "ID-2020-01-01"]
)
def test_other_values_are_no_times(text: str) -> None:
    assert spelling_of([text], named_like_a_time=False) is None


@pytest.mark.parametrize("text, expected", [("9:12:58", "%H:%M:%S"), ("09:12", "%H:%M"), ("8:00:00 AM", "%I:%M:%S %p")])
def test_a_time_of_day_has_a_format_of_its_own(text: str, expected: str) -> None:
    found = clock_spelling_of([text])

    assert found is not None
    assert found.format == expected


@given(st.lists(st.text(max_size=80), max_size=5))
def test_whatever_the_texts_a_spelling_that_is_found_reads_most_of_them(texts: list[str]) -> None:
    for found in (spelling_of(texts, named_like_a_time=True), clock_spelling_of(texts)):
        assert found is None or 0.8 <= found.share <= 1
