"""What calls contribute to the windows, and what there is of them at a moment."""

from __future__ import annotations

from typing import Final

from stream.state.measure import Measure, Ratio
from stream.state.metric import OverFleet, gauge
from stream.state.stock import Stock

_PLACE: Final = ("queue", "channel", "team")
_WITHIN: Final = (*_PLACE, "within")

MEASURES: Final = (
    Measure("calls_queued", _PLACE, "Visits of queues, each when it began."),
    Measure("calls_offered", _PLACE, "Visits of queues, each when it began, but for those abandoned shortly after."),
    Measure("calls_abandoned", _PLACE, "Visits that the customer gave up, but for those abandoned shortly after."),
    Measure("calls_abandoned_short", _PLACE, "Visits that the customer gave up sooner than counts."),
    Measure("calls_evicted", _PLACE, "Visits that the queue ended: the longest wait was reached, or it was emptied."),
    Measure("callbacks_requested", _PLACE, "Visits that ended with the wish to be called back."),
    Measure("calls_blocked", _PLACE, "Customers turned away before the queue."),
    Measure("calls_transferred", _PLACE, "Visits whose customer was passed on."),
    Measure(
        "speed_of_answer_seconds",
        _PLACE,
        "From joining the queue to the answer, ringing included, of answered visits.",
        duration=True,
    ),
    Measure(
        "call_abandon_seconds",
        _PLACE,
        "From joining the queue to giving up, of visits that count as abandoned.",
        duration=True,
    ),
    Measure(
        "call_handle_seconds",
        _PLACE,
        "Talk, hold and wrap-up of answered visits, each at the end of the wrap-up, or of a call without one.",
        duration=True,
    ),
    Measure("call_talk_seconds", _PLACE, "The part of the handle time in which both talked.", duration=True),
    Measure("call_hold_seconds", _PLACE, "The part of the handle time on hold.", duration=True),
    Measure("call_wrap_up_seconds", _PLACE, "The part of the handle time after the end of the call.", duration=True),
    Measure("calls_answered_in_time", _WITHIN, "Visits answered after a wait of at most so many seconds."),
    Measure("calls_abandoned_in_time", _WITHIN, "Visits abandoned after a wait of at most so many seconds."),
    Measure("calls_late", _WITHIN, "Visits that waited longer than so many seconds, each when these were over."),
    Measure("service_level_met", _PLACE, "Visits that count for the headline service level."),
    Measure("service_level_counted", _PLACE, "Visits that count for or against the headline service level."),
)

STOCKS: Final = (
    Stock("calls_waiting", _PLACE, "Visits that wait in a queue.", levels=((), ("queue",))),
    Stock("calls_in_service", _PLACE, "Visits that were answered and whose call is not over.", levels=((), ("queue",))),
)

LONGEST_WAIT: Final = gauge(
    "longest_waiting_call_timestamp_seconds",
    ("queue",),
    "When the visit that waits longest joined the queue; take the smallest over the fleet.",
    OverFleet.MIN,
)
WITHOUT_QUEUEING: Final = gauge(
    "calls_without_queueing",
    (),
    "Visits of which some event is known but not that they joined a queue, so that they count nowhere else.",
)

_LEVELS: Final = ((), ("queue",), ("channel",), ("team",))
_WITHIN_LEVELS: Final = (("within",), ("queue", "within"))

RATIOS: Final = (
    Ratio("service_level", "service_level_met", "service_level_counted", _LEVELS),
    Ratio(
        "service_level_abandoned_ignored",
        "calls_answered_in_time",
        ("calls_answered_in_time", "calls_late"),
        _WITHIN_LEVELS,
        whole_name="calls_answered_in_time_or_late",
    ),
    Ratio(
        "service_level_abandoned_against",
        "calls_answered_in_time",
        ("calls_answered_in_time", "calls_late", "calls_abandoned_in_time"),
        _WITHIN_LEVELS,
        whole_name="calls_classified",
    ),
    Ratio(
        "service_level_abandoned_for",
        ("calls_answered_in_time", "calls_abandoned_in_time"),
        ("calls_answered_in_time", "calls_late", "calls_abandoned_in_time"),
        _WITHIN_LEVELS,
        whole_name="calls_classified",
    ),
    Ratio("call_abandonment", "calls_abandoned", "calls_offered", _LEVELS),
    Ratio("call_blocking", "calls_blocked", ("calls_queued", "calls_blocked"), _LEVELS, whole_name="call_attempts"),
)
