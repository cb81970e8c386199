"""How alerts and runbooks speak of thresholds."""

from __future__ import annotations

import pytest

from stream.monitoring.wording import fraction, grouped, number, one_in, percent, span, times_as


@pytest.mark.parametrize(
    "value, text",
    [(2 * (1 - 0.9), "0.2"), (10_000, "10000"), (1_000_000, "1000000"), (1.25, "1.25"), (60.0, "60"), (1e-5, "1e-05")],
)
def test_numbers_have_no_errors_of_binary_fractions(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    "share, text", [(0.25, "a quarter"), (0.1, "a tenth"), (1 / 3, "a third"), (0.37, "37 %"), (0.005, "0.5 %")]
)
def test_a_share_is_a_fraction_where_that_has_a_name(share: float, text: str) -> None:
    assert fraction(share) == text


def test_small_shares_are_one_in_so_many_or_have_no_such_words() -> None:
    assert one_in(0.01) == "one in a hundred"
    assert one_in(0.01, "record") == "one record in a hundred"
    assert one_in(0.03) is None


@pytest.mark.parametrize(
    "seconds, text",
    [
        (60, "a minute"),
        (1_800.0, "half an hour"),
        (86_400, "a day"),
        (2_700, "45 minutes"),
        (7_200, "2 hours"),
        (172_800, "2 days"),
        (90, "90 seconds"),
        (1, "1 second"),
        (0.5, "0.5 seconds"),
    ],
)
def test_a_span_is_in_the_largest_unit_of_which_it_is_a_multiple(seconds: float, text: str) -> None:
    assert span(seconds) == text


def test_factors_per_cent_and_large_numbers() -> None:
    assert (times_as(2, "many"), times_as(1.5, "many")) == ("twice as many", "1.5 times as many")
    assert (percent(0.9), percent(1 - 0.995)) == ("90 %", "0.5 %")
    assert grouped(10_000) == "10 000"
