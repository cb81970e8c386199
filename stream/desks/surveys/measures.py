"""What surveys contribute to the windows."""

from __future__ import annotations

from typing import Final

from stream.state.measure import Measure, Ratio, Score

_BY_SURVEY: Final = ("survey", "channel", "team")

MEASURES: Final = (
    Measure("surveys_sent", _BY_SURVEY, "Surveys sent to customers."),
    Measure("survey_responses", _BY_SURVEY, "Surveys answered, each by its latest answer."),
    Measure(
        "survey_favourable",
        _BY_SURVEY,
        "Answers of satisfied customers (csat), promoters (nps), customers with low effort (ces).",
    ),
    Measure("survey_detractors", _BY_SURVEY, "Answers of detractors (nps, scores 0 to 6)."),
    Measure("survey_scores", ("survey", "scale", "score"), "Answers by the score given, the raw distribution."),
    Measure(
        "survey_comments",
        ("survey", "sentiment", "channel", "team"),
        "Answers with a comment by the sentiment that a model estimates; only with `sentiment.survey_comments`.",
    ),
)

_LEVELS: Final = ((), ("channel",), ("team",))

RATIOS: Final = (
    Ratio(
        "survey_response",
        "survey_responses",
        "surveys_sent",
        (("survey",), ("survey", "channel"), ("survey", "team")),
    ),
    *(
        Ratio(survey, "survey_favourable", "survey_responses", _LEVELS, (("survey", survey),))
        for survey in ("csat", "ces")
    ),
)

SCORES: Final = (
    Score("nps", "survey_favourable", "survey_detractors", "survey_responses", _LEVELS, (("survey", "nps"),)),
)
