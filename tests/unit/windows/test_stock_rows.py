from __future__ import annotations

from collections import defaultdict

import pytest

from stream.windows.moments import DAY, MINUTE
from stream.windows.series import SeriesRegistry
from stream.windows.steps import Bucket, Sums
from stream.windows.stock_rows import decode_sums, encode_steps, encode_sums, steps_in

START = 20_000 * DAY
MANY = 5_000_000


@pytest.fixture
def registry() -> SeriesRegistry:
    return SeriesRegistry()


def other_registry() -> SeriesRegistry:
    """One in which the slots have other numbers."""
    made = SeriesRegistry()
    made.first_slot("visits", ())
    return made


def test_steps_are_found_again_under_the_slots_of_another_registry(registry: SeriesRegistry) -> None:
    guests, agents = registry.first_slot("guests", ("phone",)), registry.first_slot("agents", ())
    first: Bucket = defaultdict(int, {(guests, START): 1, (agents, START + 7): -2})
    second: Bucket = defaultdict(int, {(guests, START + MINUTE): -1})
    value = encode_steps([first, second], START, registry)
    assert value is not None
    other = other_registry()

    assert sorted(steps_in(value, other.first_slot)) == sorted(
        [
            (other.first_slot("guests", ("phone",)), START, 1),
            (other.first_slot("guests", ("phone",)), START + MINUTE, -1),
            (other.first_slot("agents", ()), START + 7, -2),
        ]
    )


def test_buckets_in_which_nothing_is_left_make_no_row(registry: SeriesRegistry) -> None:
    assert encode_steps([defaultdict(int)], START, registry) is None


@pytest.mark.parametrize("delta", [1, -1, MANY, -MANY, 127, 128])
def test_sums_of_any_size_are_found_again(registry: SeriesRegistry, delta: int) -> None:
    guests, agents = registry.first_slot("guests", ("phone",)), registry.first_slot("agents", ())
    sums = Sums()
    sums.add(guests, START, delta)
    sums.add(agents, START, 1)
    sums.add(agents, START + 5, -1)
    other = other_registry()
    found, oldest = decode_sums(encode_sums(sums, 99, registry), other.first_slot)

    assert oldest == 99
    assert found.levels == {other.first_slot("guests", ("phone",)): delta}
    assert found.moments == {
        other.first_slot("guests", ("phone",)): delta * START,
        other.first_slot("agents", ()): -5,
    }
