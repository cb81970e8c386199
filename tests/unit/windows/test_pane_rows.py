from __future__ import annotations

from collections import defaultdict

from stream.windows.pane_rows import add_totals, encode_totals
from stream.windows.series import SUM, SeriesRegistry


def test_totals_that_are_all_zero_are_not_written() -> None:
    registry = SeriesRegistry()

    assert encode_totals({}, registry) is None
    assert encode_totals({registry.first_slot("tickets_opened", ("email",)): 0}, registry) is None


def test_totals_are_read_back_where_the_slots_have_other_numbers() -> None:
    written = SeriesRegistry()
    opened = written.first_slot("tickets_opened", ("email",))
    reply = written.first_slot("first_reply_seconds", ("email", "high"))
    value = encode_totals({opened: 3, reply + 5: 2, reply + 6: 0, reply | SUM: 700}, written)
    assert value is not None

    read = SeriesRegistry()
    read.first_slot("surveys_sent", ())
    reply, opened = (
        read.first_slot("first_reply_seconds", ("email", "high")),
        read.first_slot("tickets_opened", ("email",)),
    )
    totals: defaultdict[int, int] = defaultdict(int)
    add_totals(value, read.first_slot, totals)
    assert totals == {opened: 3, reply + 5: 2, reply | SUM: 700}


def test_what_is_read_is_added_to_what_is_there() -> None:
    registry = SeriesRegistry()
    slot = registry.first_slot("tickets_opened", ("email",))
    value = encode_totals({slot: -2}, registry)
    assert value is not None

    totals = defaultdict(int, {slot: 5})
    add_totals(value, registry.first_slot, totals)
    assert totals == {slot: 3}
