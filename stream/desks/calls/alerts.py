"""What of calls somebody has to be told of."""

from __future__ import annotations

from typing import Final

from stream.desks.calls.panels import QUEUE
from stream.state.alert import Alert, Comparison, Condition, Severity
from stream.state.figure import Figure, Statistic

_QUEUE: Final = ("queue",)

ALERTS: Final[tuple[Alert, ...]] = (
    Alert(
        "HelpdeskServiceLevelLow",
        Severity.WARNING,
        "Calls are not answered soon enough.",
        "In the last hour, the service level of queue {{ $labels.queue }} was {{ $value | humanizePercentage }}.",
        (
            Condition(Figure("service_level", by=_QUEUE, window="1h"), Comparison.BELOW, "call_service_level"),
            Condition(
                Figure("service_level_counted", by=_QUEUE, window="1h"), Comparison.AT_LEAST, "call_service_level_calls"
            ),
        ),
        QUEUE.page,
        "Service level by queue",
        _QUEUE,
        "5m",
    ),
    Alert(
        "HelpdeskQueueWaitLong",
        Severity.WARNING,
        "Somebody has been waiting in a queue for too long.",
        "Who waits longest in queue {{ $labels.queue }} has waited for {{ $value | humanizeDuration }}.",
        (
            Condition(
                Figure("longest_waiting_call_timestamp_seconds", Statistic.AGE, _QUEUE),
                Comparison.ABOVE,
                "call_wait_seconds",
            ),
        ),
        QUEUE.page,
        "Longest wait by queue",
        _QUEUE,
        "1m",
    ),
)
