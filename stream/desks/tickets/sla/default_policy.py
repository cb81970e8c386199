"""The policy that holds while none is configured: what customers expect of each channel, in calendar time."""

from __future__ import annotations

from typing import Final

from stream.desks.tickets.sla.policy import Policy, SlaMetric, Target, TargetChoice
from stream.windows.moments import HOUR, MINUTE

_FIRST_REPLY: Final = {
    "phone": 4 * MINUTE,
    "chat": 2 * MINUTE,
    "social": HOUR,
    "email": 24 * HOUR,
    "web": 24 * HOUR,
}
_RESOLUTION: Final = {"urgent": 4 * HOUR, "high": 8 * HOUR, "normal": 24 * HOUR, "low": 72 * HOUR}


def _by_value(attribute: str, metric: SlaMetric, spans: dict[str, int]) -> TargetChoice:
    return TargetChoice(attribute, {value: Target.of(metric, span) for value, span in spans.items()})


DEFAULT_POLICY: Final = Policy(
    "default",
    {},
    {
        SlaMetric.FIRST_REPLY: _by_value("channel", SlaMetric.FIRST_REPLY, _FIRST_REPLY),
        SlaMetric.RESOLUTION: _by_value("priority", SlaMetric.RESOLUTION, _RESOLUTION),
    },
)
