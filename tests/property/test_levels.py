"""Levels against adding up all steps, with what is settled left out at any time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stream.windows.levels import Levels
from stream.windows.moments import MINUTE
from stream.windows.steps import SPARE_BUCKETS

START = 1_000_000 * MINUTE
SLOTS = (1 << 12, 2 << 12)

moments = st.builds(
    lambda minutes, microseconds: START + minutes * MINUTE + microseconds,
    st.integers(-12, 12),
    st.sampled_from([0, 0, 1, MINUTE - 1, 17_000_000]),
)
spans = st.tuples(st.sampled_from(SLOTS), moments, moments).map(lambda span: (span[0], *sorted(span[1:])))
taken_back = st.tuples(st.integers(0, 20))
Span = tuple[int, int, int]


def steps_of(levels: Levels, span: Span, sign: int) -> list[tuple[int, int, int]]:
    """The steps of a span, none if it is settled, as a desk contributes them."""
    slot, start, end = span
    return [(slot, start, sign), (slot, end, -sign)] if end >= levels.settled_before else []


@given(
    st.lists(st.one_of(spans, moments, taken_back, st.just("restart")), max_size=40),
    st.integers(-SPARE_BUCKETS * MINUTE, 40 * MINUTE),
)
def test_at_every_moment_there_is_what_the_spans_have_then(
    actions: list[Span | int | tuple[int] | str], ahead: int
) -> None:
    levels = Levels()
    now = START
    levels.advance(now)
    held: list[Span] = []
    for action in actions:
        if isinstance(action, int):
            now = max(now, action)
            levels.advance(now)
        elif isinstance(action, str):
            again = Levels()
            again.restore(levels.older.copy(), levels.oldest, levels.buckets)
            again.advance(now)
            levels = again
        elif len(action) == 1:
            if held:
                levels.apply(steps_of(levels, held.pop(action[0] % len(held)), -1))
        else:
            levels.apply(steps_of(levels, action, 1))
            held.append(action)
    moment = now + ahead
    expected = {slot: sum(start <= moment < end for of, start, end in held if of == slot) for slot in SLOTS}

    assert levels.at(moment) == {slot: level for slot, level in expected.items() if level}
    levels.advance(moment)
    assert not levels.lacks_buckets
    assert levels.at(moment) == {slot: level for slot, level in expected.items() if level}
