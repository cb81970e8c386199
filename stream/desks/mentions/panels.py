"""What dashboards show of mentions."""

from __future__ import annotations

from typing import Final

from stream.state.figure import Figure, Statistic
from stream.state.panel import Form, Good, Page, Panel, PanelRow, Target, Unit

_NONE: Final = "No mentions in this window"
_INTERVAL: Final = "Where the true value is, with a certainty of 95 %, is from the lower to the upper bound."
_TARGET: Final = Target("net_sentiment", Good.AT_LEAST)
_NET: Final = (
    Figure("net_sentiment", legend="net sentiment"),
    Figure("net_sentiment", Statistic.LOWER, legend="from"),
    Figure("net_sentiment", Statistic.UPPER, legend="to"),
)

_MENTIONS: Final = PanelRow(
    Page.VOICE,
    "Mentions",
    (
        Panel(
            "Net sentiment",
            _NET,
            Form.NUMBER,
            Unit.SCORE,
            _INTERVAL,
            Target("net_sentiment", Good.AT_LEAST, shown=True),
            _NONE,
            width=8,
        ),
        Panel("Mentions", (Figure("mentions"),), Form.NUMBER, empty=_NONE, width=8),
        Panel(
            "Estimated by the model",
            (Figure("estimated_mentions"),),
            Form.NUMBER,
            Unit.RATIO,
            "How much of the sentiment nobody has labelled.",
            empty=_NONE,
            width=8,
        ),
        Panel(
            "Net sentiment over time",
            _NET,
            unit=Unit.SCORE,
            description=_INTERVAL,
            target=_TARGET,
            empty=_NONE,
            width=12,
        ),
        Panel(
            "Net sentiment by category",
            (Figure("net_sentiment", by=("category",)),),
            unit=Unit.SCORE,
            target=_TARGET,
            empty=_NONE,
            width=12,
        ),
        Panel(
            "Mentions by sentiment",
            (Figure("mentions", by=("sentiment",)),),
            Form.AREAS,
            description="Unlabelled are those that nobody has labelled and no model has estimated.",
            empty=_NONE,
            width=12,
        ),
        Panel(
            "Shares of positive, neutral and negative mentions",
            (
                Figure("positive_mentions", legend="positive"),
                Figure("neutral_mentions", legend="neutral"),
                Figure("negative_mentions", legend="negative"),
            ),
            Form.AREAS,
            Unit.RATIO,
            empty=_NONE,
            width=12,
        ),
        Panel(
            "Net sentiment by channel",
            (Figure("net_sentiment", by=("channel",)),),
            Form.BARS,
            Unit.SCORE,
            target=_TARGET,
            empty=_NONE,
            width=12,
        ),
        Panel(
            "Labelled, but never posted",
            (Figure("mentions_without_posting"),),
            Form.NUMBER,
            description="What was labelled is not known: its posting did not come, or has another subject.",
            width=12,
        ),
    ),
)

PANELS: Final = (_MENTIONS,)
