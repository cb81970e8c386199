"""Amounts of money as people read them."""

from __future__ import annotations

import pytest

from stream.desks.customers.presentation import ROWS
from stream.state.currencies import amount_text


@pytest.mark.parametrize(
    "amount, currency, text",
    [
        (123_456, "EUR", "1,234.56 EUR"),
        (-5, "USD", "-0.05 USD"),
        (123_456, "JPY", "123,456 JPY"),
        (1_500, "KWD", "1.500 KWD"),
        (10_001, "CLF", "1.0001 CLF"),
        (12_345_678_901_234_567_890_123_456_789_012, "EUR", "123,456,789,012,345,678,901,234,567,890.12 EUR"),
    ],
)
def test_an_amount_is_told_in_the_main_unit_of_its_currency_and_exactly(amount: int, currency: str, text: str) -> None:
    assert amount_text(amount, currency) == text


def test_amounts_of_several_currencies_stand_side_by_side_and_unknown_ones_are_left_out() -> None:
    cell = ROWS["Customers"]["revenue"]

    assert cell({"revenue_minor_units": {"EUR": 990, "JPY": 500, "USD": None}}) == "9.90 EUR, 500 JPY"
    assert cell({"revenue_minor_units": {}}) == cell({})
