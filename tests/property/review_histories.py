"""Histories of reviews: submitted, edited, disputed and deleted, with equal times and scorecards of any kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hypothesis import strategies as st

from tests.moments import record
from tests.property.histories import DAY, HOUR, MINUTE, moment

_OFFSETS: Final = (0, 1, MINUTE, 5 * MINUTE + 3, HOUR, 2 * HOUR, DAY, DAY + 1, 2 * DAY, 30 * DAY, 32 * DAY)
_SCALES: Final = ((1, 5), (0, 1), (-3, 4), (0, 7), (0, 100))
_NAMES: Final = ("amara", "ben")

review_offsets: Final = st.sampled_from(_OFFSETS)


@st.composite
def _ratings(draw: st.DrawFn, category: str) -> dict[str, object]:
    lowest, highest = draw(st.sampled_from(_SCALES))
    rated: dict[str, object] = {"category": category, "score": None, "lowest": lowest, "highest": highest}
    if draw(st.integers(0, 4)):
        rated["score"] = draw(st.integers(lowest, highest) | st.just(highest))
    if draw(st.booleans()):
        rated["weight"] = draw(st.sampled_from((0, 1, 3, 91, 1_000_000)))
    if not draw(st.integers(0, 4)):
        rated["critical"] = True
    return rated


@st.composite
def scorecards(draw: st.DrawFn) -> list[dict[str, object]]:
    """Up to three categories, each there once, some not applicable, without a weight or critical."""
    categories = draw(st.lists(st.sampled_from(("tone", "solution", "privacy")), max_size=3, unique=True))
    return [draw(_ratings(category)) for category in categories]


@st.composite
def review_logs(draw: st.DrawFn, *, subjects: Sequence[str] = ("R-1", "R-2"), most: int = 12) -> list[bytes]:
    """The distinct events of the reviews of a few conversations, in no order; some are reviews of oneself."""
    sequences = draw(st.sampled_from((st.none(), st.none() | st.sampled_from(("1", "2", "10")))))
    data: dict[str, st.SearchStrategy[dict[str, object]]] = {
        "submitted": st.fixed_dictionaries(
            {"categories": scorecards()}, optional={"team": st.sampled_from(("first", "second", None))}
        ),
        "disputed": st.just({}),
        "dispute_settled": st.fixed_dictionaries({"outcome": st.sampled_from(("accepted", "rejected"))}),
        "deleted": st.just({}),
    }
    kinds = st.sampled_from(("submitted",) * 5 + ("disputed", "deleted") * 2 + ("dispute_settled",))
    names = st.sampled_from(_NAMES)
    happenings = st.tuples(kinds, st.sampled_from(subjects), names, names, review_offsets)
    events: list[bytes] = []
    for kind, subject, reviewee, reviewer, seconds in draw(st.lists(happenings, min_size=1, max_size=most)):
        told = {"reviewee": reviewee, "reviewer": reviewer} | draw(data[kind])
        when, number = moment(seconds).isoformat(), f"{len(events)}"
        sequence = draw(sequences)
        events.append(record(f"helpdesk.review.{kind}.v1", when, subject, told, id=number, sequence=sequence))
    return events
