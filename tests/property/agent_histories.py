"""Histories of agents: shifts, and whatever a broken integration sends.

Times lie on both sides of full hours, of silences and of the borders of windows, and repeat often.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hypothesis import strategies as st

from tests.moments import record
from tests.oracle.agents import AgentSettings
from tests.property.histories import DAY, MINUTE, moment
from tests.property.histories import HOUR as HOUR_SECONDS

_OFFSETS: Final = (
    *(0, 1, 4.999999, MINUTE, 5 * MINUTE, 5 * MINUTE + 3, 59 * MINUTE, HOUR_SECONDS - 1e-6),
    *(HOUR_SECONDS, HOUR_SECONDS + 1, 1.5 * HOUR_SECONDS, 2 * HOUR_SECONDS, 3.2 * HOUR_SECONDS),
    *(7.9 * HOUR_SECONDS, 8 * HOUR_SECONDS, 8 * HOUR_SECONDS + 1e-6, 9 * HOUR_SECONDS, 16 * HOUR_SECONDS),
    *(DAY, DAY + 20, 2 * DAY, 7 * DAY, 30 * DAY, 30 * DAY + HOUR_SECONDS, 32 * DAY, 44.9 * DAY),
)
_STATES: Final = ("available", "busy", "wrap_up", "away", "offline")
_POSTS: Final[tuple[dict[str, object], ...]] = (
    {},
    {"team": "first", "channel": "phone", "queues": ["billing"]},
    {"team": "first", "queues": ["technical", "billing", "technical"]},
    {"channel": "chat", "queues": []},
)

agent_offsets: Final = st.sampled_from(_OFFSETS)
far_offsets: Final = st.sampled_from((*_OFFSETS, 46 * DAY, 60 * DAY, 60 * DAY + HOUR_SECONDS, 100 * DAY))
"""Beyond what is kept of agents, too."""

agent_settings: Final = st.builds(AgentSettings, silence_hours=st.sampled_from([8.0, 1.0, 0.5, 48.0]))


@st.composite
def agent_logs(
    draw: st.DrawFn,
    *,
    subjects: Sequence[str] = ("A-1", "A-2"),
    most: int = 14,
    offsets: st.SearchStrategy[float] = agent_offsets,
) -> list[bytes]:
    """The distinct events of a few agents, in no order."""
    sequences = draw(st.sampled_from((st.none(), st.none() | st.sampled_from(("1", "2", "10")))))
    told = st.tuples(st.sampled_from(subjects), offsets, st.sampled_from(_STATES), st.sampled_from(_POSTS), sequences)
    return [
        record(
            "helpdesk.agent.state_changed.v1",
            moment(seconds).isoformat(),
            subject,
            {"state": state, **post},
            id=f"{number}",
            sequence=sequence,
        )
        for number, (subject, seconds, state, post, sequence) in enumerate(
            draw(st.lists(told, min_size=1, max_size=most))
        )
    ]
