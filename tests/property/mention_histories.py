"""Histories of mentions: posted, edited, labelled and deleted, with equal times and texts of any kind."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from hypothesis import strategies as st

from stream.sentiment.model import SentimentModel
from stream.sentiment.training import Labelled, trained
from tests.moments import record
from tests.property.histories import DAY, HOUR, MINUTE, moment

_OFFSETS: Final = (0, 1, MINUTE, 5 * MINUTE + 3, HOUR, 2 * HOUR, DAY, DAY + 1, 2 * DAY, 30 * DAY, 32 * DAY)
_SENTIMENTS: Final = ("positive", "neutral", "negative")
_TEXTS: Final = ("great, thank you", "broken again", "opens at nine", "GREAT", "", " ", "ดีมาก", "x" * 500)

mention_offsets: Final = st.sampled_from(_OFFSETS)


@cache
def model_of(seed: int) -> SentimentModel | None:
    """A small model, always the same one of a seed; none of 0. That of 2 says the opposite of that of 1."""
    if not seed:
        return None
    good, bad = ("positive", "negative") if seed == 1 else ("negative", "positive")
    texts = [("great, thank you", good), ("great", good), ("broken again", bad), ("broken", bad)]
    neutral = [Labelled("opens at nine", "neutral"), Labelled("closes at nine", "neutral")]
    return trained(
        [Labelled(text, "positive" if which == "positive" else "negative") for text, which in texts] + neutral, 1
    )


models: Final = st.sampled_from((0, 1, 2)).map(model_of)


@st.composite
def mention_logs(draw: st.DrawFn, *, subjects: Sequence[str] = ("M-1", "M-2", "M-3"), most: int = 12) -> list[bytes]:
    """The distinct events of a few mentions, in no order. Most are posted, some are labelled, edited or deleted."""
    sequences = draw(st.sampled_from((st.none(), st.none() | st.sampled_from(("1", "2", "10")))))
    attributes = st.fixed_dictionaries(
        {},
        optional={
            "text": st.sampled_from(_TEXTS) | st.text(max_size=20),
            "sentiment": st.sampled_from(_SENTIMENTS) | st.none(),
            "channel": st.sampled_from(("forum", "microblog")),
            "category": st.sampled_from(("app", "router")),
        },
    )
    data = {
        "posted": attributes,
        "labelled": st.fixed_dictionaries({"sentiment": st.sampled_from(_SENTIMENTS)}),
        "deleted": st.just({}),
    }
    kinds = st.sampled_from(("posted", "posted", "posted", "posted", "labelled", "labelled", "deleted"))
    events: list[bytes] = []
    for kind, subject, seconds in draw(
        st.lists(st.tuples(kinds, st.sampled_from(subjects), mention_offsets), min_size=1, max_size=most)
    ):
        when, number = moment(seconds).isoformat(), len(events)
        told = draw(data[kind])
        sequence = draw(sequences)
        events.append(record(f"helpdesk.mention.{kind}.v1", when, subject, told, id=f"{number}", sequence=sequence))
    return events
