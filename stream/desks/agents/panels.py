"""What dashboards show of agents."""

from __future__ import annotations

from typing import Final

from stream.state.figure import Figure, Statistic
from stream.state.panel import Form, Good, Panel, PanelRow, Target, Unit

QUEUE: Final = "queue"
"""The dashboard of calls and of those who answer them."""

_NOBODY: Final = "Nobody was on queue in this window"

PANELS: Final = (
    PanelRow(
        QUEUE,
        "Agents",
        (
            Panel(
                "Agents on queue now",
                (Figure("agents_on_queue", legend="on queue"),),
                Form.NUMBER,
                empty="Nobody is on queue",
                width=8,
            ),
            Panel(
                "Agents occupied now",
                (Figure("agents_occupied", legend="occupied"),),
                Form.NUMBER,
                empty="Nobody is busy or in wrap-up",
                width=8,
            ),
            Panel(
                "Occupancy",
                (Figure("occupancy", legend="occupancy"),),
                Form.NUMBER,
                Unit.RATIO,
                "Near the whole, nobody has time to recover, and waits grow fast.",
                Target("occupancy", Good.AT_MOST, shown=True),
                _NOBODY,
                width=8,
            ),
            Panel(
                "Agents by state",
                (Figure("agents", by=("state",)),),
                Form.AREAS,
                empty="Nobody is signed on",
                width=8,
            ),
            Panel(
                "Occupancy by team",
                (Figure("occupancy", by=("team",)),),
                unit=Unit.RATIO,
                target=Target("occupancy", Good.AT_MOST),
                empty=_NOBODY,
                width=8,
            ),
            Panel(
                "Time by state",
                (Figure("agents_seconds", by=("state",)),),
                Form.BARS,
                Unit.SECONDS,
                empty="Nobody was signed on in this window",
                width=8,
            ),
            Panel(
                "On queue and occupied",
                (
                    Figure("agents_on_queue", legend="on queue"),
                    Figure("agents_occupied", legend="occupied"),
                ),
                empty="Nobody is on queue",
                width=8,
            ),
            Panel(
                "Agents on queue by queue",
                (Figure("queue_members", by=("queue",)),),
                Form.BARS,
                empty="Nobody is on queue",
                width=8,
            ),
            Panel(
                "Agents on queue by queue, mean",
                (Figure("queue_members", Statistic.MEAN, by=("queue",)),),
                Form.BARS,
                empty=_NOBODY,
                width=8,
            ),
        ),
    ),
)
