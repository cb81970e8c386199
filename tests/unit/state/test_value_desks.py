"""Gauges, contributions and steps of a kind whose entities are values, held against a count over its events."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from stream.settings.settings import new_settings
from stream.state.kind import Workplace
from stream.state.labels import LabelBounds
from stream.state.rows import ENTITY, MemoryRows
from stream.state.value_desk import ValueDesk
from stream.state.value_desks import ValueDesks
from stream.windows.moments import to_microseconds
from stream.windows.series import SeriesRegistry
from stream.windows.sliding import Contribution
from stream.windows.steps import Step
from tests.kinds.errand_story import begun, done
from tests.kinds.errands.definition import ERRANDS
from tests.kinds.errands.desk import ErrandDesk
from tests.kinds.errands.measures import KNOWN

FEW = st.integers(0, 3)
EVENTS = st.lists(
    st.one_of(
        st.builds(lambda number, at, means: begun(number, at, means=means), FEW, FEW, st.sampled_from("abc")),
        st.builds(done, FEW, FEW),
    ),
    max_size=12,
)


def errand_desks(limit: int = 50) -> ValueDesks:
    workplace = Workplace(new_settings(), SeriesRegistry(), LabelBounds(limit, {}))
    return ValueDesks(ERRANDS, workplace, lambda context: ErrandDesk(context, 0))


def take(desk: ValueDesk[Any], *values: str) -> None:
    for value in values:
        event = ERRANDS.decode(value.encode())
        desk.apply(event, to_microseconds(event.time))
    desk.rows.write(list(desk.dirty_rows()))


def net(contributions: list[Contribution]) -> Counter[tuple[int, int]]:
    """Net counts by slot and time, without those that cancel out."""
    found: Counter[tuple[int, int]] = Counter()
    for slot, at, count, _ in contributions:
        found[slot, at] += count
    return Counter({key: count for key, count in found.items() if count})


def net_steps(steps: list[Step]) -> Counter[tuple[int, int]]:
    """Net changes of level by slot and time, without those that cancel out."""
    found: Counter[tuple[int, int]] = Counter()
    for slot, at, delta in steps:
        found[slot, at] += delta
    return Counter({key: delta for key, delta in found.items() if delta})


def standing(desk: ValueDesk[Any]) -> dict[object, int]:
    return {key: count for key, count in desk.reading(held=False).items() if count}


@given(EVENTS, st.integers(1, 3))
def test_gauges_contributions_and_steps_are_those_of_the_entities_as_they_stand(values: list[str], limit: int) -> None:
    desks = errand_desks(limit)
    desk = desks.new_desk(MemoryRows())
    take(desk, *values)
    again = desks.new_desk(desk.rows)
    for key, value in list(desk.rows.scan(ENTITY)):
        again.restore(key, value, None)

    assert standing(desk) == standing(again)
    assert net(desk.contributions) == net(again.contributions)
    assert net_steps(desk.steps) == net_steps(again.steps)


def test_a_reading_that_is_held_stays_as_it_was() -> None:
    desks = errand_desks()
    desk = desks.new_desk(MemoryRows())
    take(desk, begun(1, 0, means="van"))
    held = desk.reading(held=True)
    take(desk, begun(2, 0, means="van"))

    assert held == {(KNOWN.name, ("van",)): 1}
    assert standing(desk) == {(KNOWN.name, ("van",)): 2}


def test_a_gauge_is_summed_over_the_partitions_and_leaves_out_labels_of_which_nothing_is_left() -> None:
    desks = errand_desks()
    one, two = desks.new_desk(MemoryRows()), desks.new_desk(MemoryRows())
    take(one, begun(1, 0, means="van"), begun(2, 4, means="bicycle"), begun(2, 3, means="van"))
    take(two, begun(3, 0, means="van"))
    summary = Counter(one.reading(held=False)) + Counter(two.reading(held=False))

    assert list(desks.samples(summary)) == [(KNOWN, {("van",): 3})]
    assert desks.state_numbers(summary) == {"errands_known": 3}


def test_the_bytes_of_dirty_rows_are_no_less_than_those_of_the_rows() -> None:
    desk = errand_desks().new_desk(MemoryRows())
    event = ERRANDS.decode(begun(1, 0, means="ü" * 40).encode())
    desk.apply(event, to_microseconds(event.time))
    estimated = desk.dirty_bytes

    assert estimated >= sum(len(row.key) + len(row.value or b"") for row in desk.dirty_rows())
