"""The final numbers of one worker: means, quantiles, ratios and scores, ready to be read.

This is the one place in which a ratio or a mean is formed outside of Prometheus.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from stream.metrics.view import AGE_EDGES, WINDOW_NAMES, OpenView, SeriesTotal, WindowTotals, WorkerView
from stream.state.measures import MEASURES, SLA_COUNTS, TICKET_BUSINESS_DURATIONS, TICKET_COUNTS, TICKET_DURATIONS
from stream.windows.histogram import quantile
from stream.windows.moments import MICROSECONDS, to_seconds, to_text

QUANTILES: Final = {"p50": 0.50, "p90": 0.90, "p95": 0.95, "p99": 0.99}

_NO_TEAM: Final = "none"
_COUNTED_BY_CATEGORY: Final = "tickets_opened_by_category"


def final_numbers(view: WorkerView, *, parts: bool = False) -> dict[str, Any]:
    """All windows and the state, as it is served as JSON; ``parts`` adds the additive parts by labels."""
    return {
        "now": to_text(view.now),
        "clock": view.clock_name,
        "state": _state(view.open_tickets()),
        "windows": {name: _window(view.window(name), parts=parts) for name in WINDOW_NAMES},
    }


def daily_numbers(view: WorkerView) -> dict[str, Any]:
    """The numbers of each local day that has any, by ISO date."""
    return {"days": {day: _window(totals, parts=False) for day, totals in view.days()}}


def _state(view: OpenView) -> dict[str, Any]:
    totals = view.by_labels.values()
    tickets = sum(total.tickets for total in totals)
    ages = {
        str(edge // MICROSECONDS): sum(total.ages[index] for total in totals) for index, edge in enumerate(AGE_EDGES)
    }
    return {
        "open_tickets": tickets,
        "open_cases": view.waiting.total(),
        "backlog_tickets": sum(total.backlog for total in totals),
        "backlog_threshold_seconds": to_seconds(view.backlog_threshold),
        "oldest_open_ticket": None if view.oldest is None else to_text(view.oldest),
        "open_ticket_age_seconds": {**ages, "+Inf": tickets},
        "tickets_without_opening": view.without_opening,
    }


def _window(totals: WindowTotals, *, parts: bool) -> dict[str, Any]:
    merged = _merged(totals)
    count = {measure.name: merged[measure.name].count for measure in TICKET_COUNTS}
    in_time, late = (merged[measure.name].count for measure in SLA_COUNTS)
    by_channel = _counts_by(totals, "tickets_opened", "channel")
    opened, resolved = count["tickets_opened"], count["tickets_resolved"]
    result: dict[str, Any] = {measure.name: _distribution(merged[measure.name]) for measure in TICKET_DURATIONS}
    result.update(
        (measure.name, _distribution(merged[measure.name]))
        for measure in TICKET_BUSINESS_DURATIONS
        if merged[measure.name].count
    )
    result |= {
        name: number for name, number in count.items() if name not in (_COUNTED_BY_CATEGORY, "tickets_opened_resolved")
    }
    result |= {
        "tickets_opened_by_channel": dict(by_channel.most_common()),
        "channel_share": {channel: number / opened for channel, number in by_channel.most_common()},
        _COUNTED_BY_CATEGORY: dict(_counts_by(totals, _COUNTED_BY_CATEGORY, "category").most_common()),
        "resolution_ratio": _ratio(count["tickets_opened_resolved"], opened),
        "resolution_ratio_by_team": _resolution_by_team(totals),
        "first_contact_resolution_ratio": _ratio(count["tickets_resolved_first_contact"], resolved),
        "reopen_ratio": _ratio(count["tickets_reopened"], resolved),
        "escalation_ratio": _ratio(count["tickets_escalated"], opened),
        "abandonment_ratio": _ratio(count["tickets_abandoned"], opened),
        "sla_ended_in_time": in_time,
        "sla_ended_late": late,
        "sla_compliance_ratio": _ratio(in_time, in_time + late),
        "csat": _survey(totals, "csat"),
        "nps": _nps(totals),
        "ces": _survey(totals, "ces"),
    }
    if parts:
        result["parts"] = _parts(totals)
    return result


def _merged(totals: WindowTotals) -> dict[str, SeriesTotal]:
    merged = {name: SeriesTotal() for name in MEASURES}
    for series, total in totals.items():
        into = merged[series.measure]
        into.count += total.count
        into.sum += total.sum
        for bucket, count in total.buckets.items():
            into.buckets[bucket] = into.buckets.get(bucket, 0) + count
    return merged


def _distribution(total: SeriesTotal) -> dict[str, float | int | None]:
    result: dict[str, float | int | None] = {
        "count": total.count,
        "sum": to_seconds(total.sum),
        "mean": to_seconds(total.sum) / total.count if total.count else None,
    }
    for name, share in QUANTILES.items():
        value = quantile(total.buckets, share)
        result[name] = None if value is None else value / MICROSECONDS
    return result


def _counts_by(totals: WindowTotals, measure: str, label: str) -> Counter[str]:
    place = MEASURES[measure].labels.index(label)
    counts: Counter[str] = Counter()
    for series, total in totals.items():
        if series.measure == measure:
            counts[series.values[place]] += total.count
    return counts


def _resolution_by_team(totals: WindowTotals) -> dict[str, float]:
    resolved = _counts_by(totals, "tickets_opened_resolved", "team")
    opened = _counts_by(totals, "tickets_opened", "team")
    return {team: resolved[team] / number for team, number in sorted(opened.items()) if team != _NO_TEAM}


def _survey(totals: WindowTotals, survey: str) -> dict[str, Any]:
    sent = _survey_count(totals, "surveys_sent", survey)
    responses = _survey_count(totals, "survey_responses", survey)
    favourable = _survey_count(totals, "survey_favourable", survey)
    scores: dict[str, dict[str, int]] = {}
    for series, total in totals.items():
        if series.measure == "survey_scores" and series.values[0] == survey:
            scores.setdefault(series.values[1], {})[series.values[2]] = total.count
    return {
        "sent": sent,
        "responses": responses,
        "favourable": favourable,
        "percent": 100 * favourable / responses if responses else None,
        "response_ratio": _ratio(responses, sent),
        "scores": {
            scale: dict(sorted(counts.items(), key=lambda item: int(item[0]))) for scale, counts in scores.items()
        },
    }


def _nps(totals: WindowTotals) -> dict[str, Any]:
    result = _survey(totals, "nps")
    del result["percent"]
    responses, promoters = result["responses"], result["favourable"]
    detractors = _survey_count(totals, "survey_detractors", "nps")
    result["promoters"] = promoters
    result["passives"] = responses - promoters - detractors
    result["detractors"] = detractors
    result["score"] = 100 * (promoters - detractors) / responses if responses else None
    return result


def _survey_count(totals: WindowTotals, measure: str, survey: str) -> int:
    return sum(
        total.count for series, total in totals.items() if series.measure == measure and series.values[0] == survey
    )


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _parts(totals: WindowTotals) -> dict[str, list[dict[str, Any]]]:
    parts: dict[str, list[dict[str, Any]]] = {}
    for series, total in sorted(_counted(totals), key=lambda item: item[0]):
        measure = MEASURES[series.measure]
        part: dict[str, Any] = {
            "labels": dict(zip(measure.labels, series.values, strict=True)),
            "count": total.count,
        }
        if measure.duration:
            part["sum"] = to_seconds(total.sum)
        parts.setdefault(series.measure, []).append(part)
    return parts


def _counted(totals: WindowTotals) -> Iterable[tuple[Any, SeriesTotal]]:
    return ((series, total) for series, total in totals.items() if total.count)
