"""Histories of calls: believable ones, and such as only a broken integration sends.

Times lie on both sides of thresholds, short abandons, cut-offs and the borders of windows, and repeat often.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hypothesis import strategies as st

from tests.moments import record
from tests.oracle.calls import CallSettings
from tests.property.histories import DAY, MINUTE, moment
from tests.property.histories import HOUR as HOUR_SECONDS

_OFFSETS: Final = (
    *(0, 1, 4, 4.999999, 5, 6, 10, 19, 20, 20.000001, 21, 30, 31),
    *(MINUTE, MINUTE + 1, 2 * MINUTE, 2 * MINUTE + 1, 5 * MINUTE + 3, 10 * MINUTE),
    *(HOUR_SECONDS, 2 * HOUR_SECONDS, 11.9 * HOUR_SECONDS, DAY, DAY + 20, 2 * DAY, 30 * DAY, 32 * DAY),
)
_PLACES: Final[tuple[dict[str, str], ...]] = (
    {},
    {"queue": "billing", "channel": "phone", "team": "first"},
    {"queue": "billing", "channel": "chat"},
    {"queue": "technical", "channel": "phone", "team": "second"},
)
_OUTCOMES: Final = ("answered", "answered", "answered", "abandoned", "abandoned", "evicted", "callback_requested")
_AFTERWARDS: Final = ("held", "resumed", "held", "resumed", "transferred", "ended", "ended", "wrapped_up")

call_offsets: Final = st.sampled_from(_OFFSETS)
call_settings: Final = st.builds(
    CallSettings,
    within=st.sampled_from([(10, 20, 30, 60, 120), (20,), (1, 20)]),
    abandoned=st.sampled_from(["ignored", "against", "for"]),
    short_abandon_seconds=st.sampled_from([5.0, 0.0, 30.0]),
    cut_off_hours=st.sampled_from([24.0, 1.0]),
)


@st.composite
def call_logs(
    draw: st.DrawFn, *, subjects: Sequence[str] = ("C-1", "C-2", "C-3", "C-4"), most: int = 12
) -> list[bytes]:
    """The distinct events of a few visits, in no order. Most were queued, some twice, some never."""
    sequences = draw(st.sampled_from((st.none(), st.none() | st.sampled_from(("1", "2", "10")))))
    events: list[bytes] = []

    def add(kind: str, subject: str, seconds: float, data: object) -> None:
        sequence = draw(sequences)
        when = moment(seconds).isoformat()
        number = len(events)
        events.append(record(f"helpdesk.call.{kind}.v1", when, subject, data, id=f"{number}", sequence=sequence))

    for subject in subjects:
        begins = draw(call_offsets)
        if draw(st.integers(0, 9)) < 9:
            kind = "blocked" if draw(st.integers(0, 9)) == 9 else "queued"
            add(kind, subject, begins, draw(st.sampled_from(_PLACES)))
        if draw(st.integers(0, 4)) < 4:
            add(draw(st.sampled_from(_OUTCOMES)), subject, begins + draw(call_offsets), {})
    kinds = st.sampled_from((*_AFTERWARDS, *_OUTCOMES, "queued", "blocked"))
    for kind, subject, seconds in draw(
        st.lists(st.tuples(kinds, st.sampled_from(subjects), call_offsets), min_size=1, max_size=most)
    ):
        add(kind, subject, seconds, draw(st.sampled_from(_PLACES)) if kind in ("queued", "blocked") else {})
    return events
