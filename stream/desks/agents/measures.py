"""What there is of agents at a moment, and what that comes to over the windows."""

from __future__ import annotations

from typing import Final

from stream.state.measure import Ratio
from stream.state.stock import Stock

_POST: Final = ("team", "channel")
_LEVELS: Final = ((), ("team",), ("channel",))

STOCKS: Final = (
    Stock(
        "agents",
        ("state", *_POST),
        "Agents who are signed on, by what they are doing.",
        levels=((), ("state",), ("state", "team")),
    ),
    Stock("agents_on_queue", _POST, "Agents who are available, busy or in wrap-up.", levels=_LEVELS),
    Stock("agents_occupied", _POST, "Agents who are busy or in wrap-up.", levels=_LEVELS),
    Stock(
        "queue_members",
        ("queue", *_POST),
        "Agents on queue by the queues that they serve; who serves several is a member of each.",
        levels=(("queue",),),
    ),
)

RATIOS: Final = (Ratio("occupancy", "agents_occupied_seconds", "agents_on_queue_seconds", _LEVELS),)
