"""The final numbers of tickets in a window."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from stream.desks.tickets.measures import BUSINESS_DURATIONS, COUNTS, DURATIONS, IN_TIME, LATE, MEASURES
from stream.state.measure import by_name
from stream.state.numbers import distribution, ratio
from stream.state.totals import WindowTotals, counts_by, total_of

_NO_TEAM: Final = "none"
_COUNTED_BY_CATEGORY: Final = "tickets_opened_by_category"
_MEASURES: Final = by_name(MEASURES)


def window_numbers(totals: WindowTotals) -> dict[str, Any]:
    """Counts, durations, ratios and shares, SLA compliance among them."""
    count = {measure.name: total_of(totals, measure.name).count for measure in COUNTS}
    in_time, late = (total_of(totals, measure.name).count for measure in (IN_TIME, LATE))
    by_channel = _by(totals, "tickets_opened", "channel")
    opened, resolved = count["tickets_opened"], count["tickets_resolved"]
    result: dict[str, Any] = {measure.name: distribution(total_of(totals, measure.name)) for measure in DURATIONS}
    result |= {
        measure.name: distribution(total)
        for measure in BUSINESS_DURATIONS
        if (total := total_of(totals, measure.name)).count
    }
    result |= {
        name: number for name, number in count.items() if name not in (_COUNTED_BY_CATEGORY, "tickets_opened_resolved")
    }
    return result | {
        "tickets_opened_by_channel": dict(by_channel.most_common()),
        "channel_share": {channel: number / opened for channel, number in by_channel.most_common()},
        _COUNTED_BY_CATEGORY: dict(_by(totals, _COUNTED_BY_CATEGORY, "category").most_common()),
        "resolution_ratio": ratio(count["tickets_opened_resolved"], opened),
        "resolution_ratio_by_team": _resolution_by_team(totals),
        "first_contact_resolution_ratio": ratio(count["tickets_resolved_first_contact"], resolved),
        "reopen_ratio": ratio(count["tickets_reopened"], resolved),
        "escalation_ratio": ratio(count["tickets_escalated"], opened),
        "abandonment_ratio": ratio(count["tickets_abandoned"], opened),
        "sla_ended_in_time": in_time,
        "sla_ended_late": late,
        "sla_compliance_ratio": ratio(in_time, in_time + late),
    }


def _resolution_by_team(totals: WindowTotals) -> dict[str, float]:
    resolved = _by(totals, "tickets_opened_resolved", "team")
    opened = _by(totals, "tickets_opened", "team")
    return {team: resolved[team] / number for team, number in sorted(opened.items()) if team != _NO_TEAM}


def _by(totals: WindowTotals, measure: str, label: str) -> Counter[str]:
    counts = counts_by(totals, _MEASURES[measure], label)
    return Counter({value: count for (value,), count in counts.items()})
