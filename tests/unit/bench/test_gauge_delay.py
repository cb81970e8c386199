from __future__ import annotations

import pytest

from tests.bench.gauge_delay import Answer, Published, delays_of

ANSWERS = [Answer(0.9, 0.95), Answer(1.0, 1.02), Answer(2.0, 2.5)]


def test_a_delay_ends_with_the_first_answer_asked_for_after_the_append() -> None:
    delays = delays_of([Published(0.5, 0, 7)], {0: [(7, 0.95)]}, ANSWERS)
    assert delays == pytest.approx([0.52])


def test_an_answer_that_was_under_way_at_the_append_does_not_count() -> None:
    delays = delays_of([Published(0.5, 0, 7)], {0: [(7, 1.01)]}, ANSWERS)
    assert delays == pytest.approx([2.0])


def test_an_event_is_in_the_first_append_that_reaches_its_offset() -> None:
    appends = {0: [(3, 0.1), (9, 0.99)], 1: [(20, 0.2)]}
    delays = delays_of([Published(0.0, 0, 3), Published(0.0, 0, 4), Published(0.0, 1, 4)], appends, ANSWERS)
    assert delays == pytest.approx([0.95, 1.02, 0.95])


def test_an_event_without_an_append_is_an_error() -> None:
    with pytest.raises(IndexError):
        delays_of([Published(0.5, 0, 10)], {0: [(9, 0.1)]}, ANSWERS)
