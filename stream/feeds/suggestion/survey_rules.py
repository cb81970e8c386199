"""The rule for a column of scores."""

from __future__ import annotations

from typing import Final

from stream.feeds.suggestion import column_names as names
from stream.feeds.suggestion.columns import Column
from stream.feeds.suggestion.roles import Roles
from stream.feeds.suggestion.rule_text import FILLED, RuleText, column_value, mapped
from stream.feeds.suggestion.toml_text import string

_SCALES: Final = ((1, 5, "1-5"), (1, 7, "1-7"), (1, 10, "1-10"), (0, 10, "0-10"))


def survey_rule(roles: Roles, *, of_ticket: bool) -> RuleText:
    """Answers with a score: of the ticket in the same row, or on their own."""
    score = roles.score
    assert score is not None  # noqa: S101 - asked before
    survey, scale, value = _asked(score)
    data = {"survey": string(survey), "scale": string(scale), "score": value}
    if roles.body is not None and not of_ticket:
        data["comment"] = column_value(roles.body.name)
    comment = [f"{string(score.name)} holds scores from {_range(score)}: check survey and scale."]
    if not of_ticket or roles.subject is None:
        return RuleText(event="survey.responded", when={score.name: FILLED}, data=data, comment=comment)
    ticket = roles.subject.name
    return RuleText(
        event="survey.responded",
        when={score.name: FILLED},
        once_per=[ticket, score.name] if roles.repeats else (),
        subject=f"{{{ticket}}}-{survey}",
        data=data | {"ticket": column_value(ticket)},
        comment=comment,
    )


def _asked(score: Column) -> tuple[str, str, str]:
    numbers = score.numbers
    if not numbers:
        return "csat", "good-bad", mapped(score.name, {value: int(value.lower() == "good") for value in score.counts})
    if score.matches(names.NPS):
        return "nps", "0-10", column_value(score.name)
    if score.matches(names.CES):
        return "ces", "1-5" if max(numbers) <= 5 else "1-7", column_value(score.name)  # noqa: PLR2004 - the scales
    scale = next(name for low, high, name in _SCALES if low <= min(numbers) and max(numbers) <= high)
    return "csat", scale, column_value(score.name)


def _range(score: Column) -> str:
    numbers = score.numbers
    return f"{min(numbers)} to {max(numbers)}" if numbers else " to ".join(sorted(score.counts))
