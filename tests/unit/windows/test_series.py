from __future__ import annotations

from stream.windows.histogram import BUCKETS
from stream.windows.series import SUM, Series, SeriesRegistry


def test_a_series_has_the_same_slots_for_ever() -> None:
    registry = SeriesRegistry()
    first = registry.first_slot("tickets_opened", ("email",))
    registry.first_slot("tickets_opened", ("chat",))

    assert registry.first_slot("tickets_opened", ("email",)) == first


def test_no_two_series_share_a_slot() -> None:
    registry = SeriesRegistry()
    slots = [registry.first_slot("first_reply_seconds", (str(number),)) for number in range(100)]
    ranges = [range(slot, (slot | SUM) + 1) for slot in slots]

    assert len({slot for taken in ranges for slot in taken}) == sum(map(len, ranges))


def test_any_slot_of_a_series_leads_back_to_it() -> None:
    registry = SeriesRegistry()
    registry.first_slot("other", ())
    slot = registry.first_slot("first_reply_seconds", ("email", "high"))

    assert registry.series_of(slot + BUCKETS - 1) == Series("first_reply_seconds", ("email", "high"))
    assert registry.series_of(slot | SUM) == Series("first_reply_seconds", ("email", "high"))
    assert registry.offset_of(slot + 17) == 17
    assert registry.offset_of(slot | SUM) == SUM


def test_the_sum_has_a_slot_apart_from_all_buckets() -> None:
    assert BUCKETS - 1 < SUM
