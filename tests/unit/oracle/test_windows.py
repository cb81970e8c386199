from __future__ import annotations

import pytest

from tests.oracle import compute
from tests.unit.oracle.event_log import at


def test_without_events_and_without_a_now_there_is_no_now() -> None:
    answer = compute([])

    assert answer["now"] is None
    assert answer["state"]["open_tickets"] == 0
    assert answer["windows"]["lifetime"]["parts"] == {}


def test_a_now_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        compute([], now=at(0).replace(tzinfo=None))
