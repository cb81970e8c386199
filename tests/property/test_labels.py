from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stream.state.labels import NONE, OTHER, LabelBounds

values = st.one_of(
    st.none(),
    st.sampled_from(["a", "b", "c", "d", OTHER, NONE]),
    st.text(max_size=3),
    st.text(min_size=75, max_size=256),
)
labels = st.sampled_from(["channel", "priority", "category", "team"])
allow_lists = st.dictionaries(labels, st.frozensets(st.sampled_from(["a", "b", "c"])), max_size=2)


@given(st.lists(st.tuples(labels, values), max_size=60), st.integers(1, 5), allow_lists)
def test_a_label_never_has_more_values_than_its_bound(
    asked: list[tuple[str, str | None]], limit: int, allowed: dict[str, frozenset[str]]
) -> None:
    bounds = LabelBounds(limit, allowed)
    exported: dict[str, set[str]] = {}
    first_answers: dict[tuple[str, str | None], str] = {}
    overflows = 0
    for label, value in asked:
        answer = bounds.fold(label, value)
        exported.setdefault(label, set()).add(answer)
        overflows += answer == OTHER != value

        assert first_answers.setdefault((label, value), answer) == answer
        assert answer in {value, OTHER, NONE}
        assert len(answer) <= 80
        assert answer.isprintable()

    for label, found in exported.items():
        own = found - {OTHER, NONE}
        assert own <= allowed[label] if label in allowed else len(own) <= limit
    assert bounds.overflows.total() == overflows
