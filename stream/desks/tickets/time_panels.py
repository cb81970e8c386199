"""What dashboards show of the durations of tickets: replies and resolution."""

from __future__ import annotations

from typing import Final

from stream.state.figure import Figure, Statistic
from stream.state.panel import Form, Page, Panel, PanelRow, Unit

_NO_REPLY: Final = "No reply in this window"
_NO_RESOLUTION: Final = "Nothing resolved in this window"


def _spread(name: str) -> tuple[Figure, ...]:
    shares = (Statistic.MEAN, Statistic.P50, Statistic.P90, Statistic.P95)
    return tuple(Figure(name, share, legend=share.value) for share in shares)


def _durations(title: str, name: str, empty: str = _NO_RESOLUTION) -> Panel:
    return Panel(title, _spread(name), unit=Unit.SECONDS, empty=empty)


_REPLIES: Final = PanelRow(
    Page.TICKETS,
    "Replies",
    (
        _durations("First reply", "first_reply_seconds", _NO_REPLY),
        _durations("Next reply", "next_reply_seconds", _NO_REPLY),
        Panel(
            "First reply by channel, p90",
            (Figure("first_reply_seconds", Statistic.P90, ("channel",)),),
            Form.BARS,
            Unit.SECONDS,
            empty=_NO_REPLY,
        ),
        Panel(
            "First reply by priority, p90",
            (Figure("first_reply_seconds", Statistic.P90, ("priority",)),),
            Form.BARS,
            Unit.SECONDS,
            empty=_NO_REPLY,
        ),
    ),
)

_RESOLUTION: Final = PanelRow(
    Page.TICKETS,
    "Resolution times",
    (
        _durations("Resolution", "resolution_seconds"),
        _durations("First resolution", "first_resolution_seconds"),
        _durations("Requester wait", "requester_wait_seconds"),
        _durations("Agent work", "agent_work_seconds"),
        _durations("On hold", "on_hold_seconds"),
        _durations("Complaints: resolution", "complaint_resolution_seconds", "No complaint resolved in this window"),
        _durations(
            "Complaints: first resolution", "complaint_first_resolution_seconds", "No complaint resolved in this window"
        ),
        Panel(
            "Resolution by priority, p90",
            (Figure("resolution_seconds", Statistic.P90, ("priority",)),),
            Form.BARS,
            Unit.SECONDS,
            empty=_NO_RESOLUTION,
        ),
    ),
)

TIME_ROWS: Final = (_REPLIES, _RESOLUTION)
