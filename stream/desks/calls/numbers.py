"""The final numbers of calls in a window."""

from __future__ import annotations

from typing import Any, Final

from stream.desks.calls.measures import MEASURES
from stream.state.measure import by_name
from stream.state.numbers import number_of, ratio
from stream.state.totals import WindowTotals, counts_by, total_of

_MEASURES: Final = by_name(MEASURES)
_WITHIN: Final = "within"
_CLASSES: Final = ("calls_answered_in_time", "calls_abandoned_in_time", "calls_late")


def window_numbers(totals: WindowTotals) -> dict[str, Any]:
    """Counts and durations over all labels, the rates, and the service levels by the seconds to answer in."""
    numbers = {measure.name: number_of(measure, totals) for measure in MEASURES if _WITHIN not in measure.labels}
    queued, offered, abandoned, blocked, met, counted = (
        total_of(totals, name).count
        for name in (
            "calls_queued",
            "calls_offered",
            "calls_abandoned",
            "calls_blocked",
            "service_level_met",
            "service_level_counted",
        )
    )
    return numbers | {
        "call_abandonment_ratio": ratio(abandoned, offered),
        "call_blocking_ratio": ratio(blocked, queued + blocked),
        "service_level_ratio": ratio(met, counted),
        "service_levels": _service_levels(totals),
    }


def _service_levels(totals: WindowTotals) -> dict[str, dict[str, float | int | None]]:
    """By the seconds to answer in: how many calls of each class, and what each formula makes of them."""
    by_class = {name: counts_by(totals, _MEASURES[name], _WITHIN) for name in _CLASSES}
    found = sorted({within for counts in by_class.values() for (within,) in counts}, key=int)
    levels: dict[str, dict[str, float | int | None]] = {}
    for within in found:
        answered, abandoned, late = (by_class[name][within,] for name in _CLASSES)
        every = answered + abandoned + late
        levels[within] = {
            "answered_in_time": answered,
            "abandoned_in_time": abandoned,
            "late": late,
            "abandoned_ignored_ratio": ratio(answered, answered + late),
            "abandoned_against_ratio": ratio(answered, every),
            "abandoned_for_ratio": ratio(answered + abandoned, every),
        }
    return levels
