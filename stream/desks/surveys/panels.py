"""What dashboards show of surveys."""

from __future__ import annotations

from typing import Final

from stream.state.figure import Figure, Statistic
from stream.state.panel import Form, Good, Page, Panel, PanelRow, Target, Unit

_NO_ANSWER: Final = "No answers in this window"
_INTERVAL: Final = "Where the true value is, with a certainty of 95 %, is from the lower to the upper bound."


def _with_interval(name: str, legend: str, window: str = "") -> tuple[Figure, ...]:
    return (
        Figure(name, window=window, legend=legend),
        Figure(name, Statistic.LOWER, window=window, legend="from"),
        Figure(name, Statistic.UPPER, window=window, legend="to"),
    )


def _score(name: str, unit: Unit) -> tuple[Panel, ...]:
    title = name.upper()
    return (
        Panel(
            title,
            _with_interval(name, title),
            Form.NUMBER,
            unit,
            _INTERVAL,
            Target(name, Good.AT_LEAST, shown=True),
            _NO_ANSWER,
            width=8,
        ),
    )


_NOW: Final = PanelRow(
    Page.NOW,
    "The service now",
    (
        Panel(
            "CSAT of the week",
            _with_interval("csat", "CSAT", "7d"),
            Form.NUMBER,
            Unit.RATIO,
            _INTERVAL,
            Target("csat", Good.AT_LEAST, shown=True),
            "No answers in 7 days",
            width=8,
        ),
    ),
)

_SCORES: Final = PanelRow(
    Page.VOICE,
    "Scores",
    (
        *_score("csat", Unit.RATIO),
        *_score("nps", Unit.SCORE),
        *_score("ces", Unit.RATIO),
        *(
            Panel(
                f"{survey.upper()}, answers",
                (Figure("survey_responses", only=(("survey", survey),)),),
                Form.NUMBER,
                description="The size of the sample that the score is of.",
                width=8,
            )
            for survey in ("csat", "nps", "ces")
        ),
        *(
            Panel(
                f"{survey.upper()} over time",
                _with_interval(survey, survey.upper()),
                unit=unit,
                description=_INTERVAL,
                target=Target(survey, Good.AT_LEAST),
                empty=_NO_ANSWER,
                width=8,
            )
            for survey, unit in (("csat", Unit.RATIO), ("nps", Unit.SCORE), ("ces", Unit.RATIO))
        ),
    ),
)

_ANSWERS: Final = PanelRow(
    Page.VOICE,
    "Answers",
    (
        *(
            Panel(
                f"{survey.upper()}, answers by score",
                (
                    Figure(
                        "survey_scores",
                        by=("scale", "score"),
                        only=(("survey", survey),),
                        legend="{{score}} of {{scale}}",
                    ),
                ),
                Form.BARS,
                empty=_NO_ANSWER,
                width=8,
            )
            for survey in ("csat", "nps", "ces")
        ),
        Panel(
            "Response rates",
            (Figure("survey_response", by=("survey",)),),
            Form.BARS,
            Unit.RATIO,
            empty="No surveys sent in this window",
            width=8,
        ),
        Panel(
            "Sent and answered",
            (
                Figure("surveys_sent", legend="sent"),
                Figure("survey_responses", legend="answered"),
            ),
            width=8,
        ),
        Panel(
            "NPS: promoters and detractors",
            (
                Figure("survey_favourable", only=(("survey", "nps"),), legend="promoters"),
                Figure("survey_detractors", only=(("survey", "nps"),), legend="detractors"),
            ),
            width=8,
        ),
        Panel(
            "Comments by sentiment",
            (Figure("survey_comments", by=("sentiment",)),),
            Form.BARS,
            description="As a model estimates it, where `sentiment.survey_comments` says so.",
            empty="No comments, or no model",
            width=24,
        ),
    ),
)

_WHERE: Final = PanelRow(
    Page.VOICE,
    "By team and channel",
    (
        Panel(
            "CSAT by team",
            (Figure("csat", by=("team",)),),
            Form.BARS,
            Unit.RATIO,
            target=Target("csat", Good.AT_LEAST),
            empty=_NO_ANSWER,
            width=8,
        ),
        Panel(
            "CSAT by channel",
            (Figure("csat", by=("channel",)),),
            Form.BARS,
            Unit.RATIO,
            target=Target("csat", Good.AT_LEAST),
            empty=_NO_ANSWER,
            width=8,
        ),
        Panel(
            "NPS by team",
            (Figure("nps", by=("team",)),),
            Form.BARS,
            Unit.SCORE,
            target=Target("nps", Good.AT_LEAST),
            empty=_NO_ANSWER,
            width=8,
        ),
    ),
)

PANELS: Final = (_NOW, _SCORES, _ANSWERS, _WHERE)
