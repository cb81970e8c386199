"""The final numbers of surveys: CSAT, NPS and CES of a window."""

from __future__ import annotations

from typing import Any, Final

from stream.desks.surveys.measures import MEASURES
from stream.state.measure import by_name
from stream.state.numbers import ratio
from stream.state.totals import WindowTotals, counts_by

_MEASURES: Final = by_name(MEASURES)


def window_numbers(totals: WindowTotals) -> dict[str, Any]:
    """The numbers of each kind of survey."""
    return {"csat": _survey(totals, "csat"), "nps": _nps(totals), "ces": _survey(totals, "ces")}


def _survey(totals: WindowTotals, survey: str) -> dict[str, Any]:
    sent = _count(totals, "surveys_sent", survey)
    responses = _count(totals, "survey_responses", survey)
    favourable = _count(totals, "survey_favourable", survey)
    scores: dict[str, dict[str, int]] = {}
    for (of, scale, score), count in counts_by(totals, _MEASURES["survey_scores"], "survey", "scale", "score").items():
        if of == survey:
            scores.setdefault(scale, {})[score] = count
    return {
        "sent": sent,
        "responses": responses,
        "favourable": favourable,
        "percent": 100 * favourable / responses if responses else None,
        "response_ratio": ratio(responses, sent),
        "scores": {
            scale: dict(sorted(counts.items(), key=lambda item: int(item[0]))) for scale, counts in scores.items()
        },
    }


def _nps(totals: WindowTotals) -> dict[str, Any]:
    result = _survey(totals, "nps")
    del result["percent"]
    responses, promoters = result["responses"], result["favourable"]
    detractors = _count(totals, "survey_detractors", "nps")
    result["promoters"] = promoters
    result["passives"] = responses - promoters - detractors
    result["detractors"] = detractors
    result["score"] = 100 * (promoters - detractors) / responses if responses else None
    return result


def _count(totals: WindowTotals, measure: str, survey: str) -> int:
    return counts_by(totals, _MEASURES[measure], "survey")[(survey,)]
