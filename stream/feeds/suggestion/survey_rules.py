"""The rules for columns of scores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from stream.feeds.suggestion import column_names as names
from stream.feeds.suggestion.columns import Column
from stream.feeds.suggestion.roles import Roles
from stream.feeds.suggestion.rule_text import FILLED, RuleText, column_value, mapped
from stream.feeds.suggestion.toml_text import string, strings

_SCALES: Final = ((1, 5, "1-5"), (1, 7, "1-7"), (1, 10, "1-10"), (0, 10, "0-10"))


def survey_rules(
    roles: Roles, *, of_ticket: bool, after: Sequence[str] = (), filled: Sequence[Column] = ()
) -> Iterator[RuleText]:
    """Answers with a score: of the ticket in the same row, or on their own.

    Scores of one survey side by side are told by one rule. They came ``after`` the row's time if the columns
    ``filled`` are.
    """
    if not roles.scores:
        return
    score = roles.scores[0]
    side_by_side = len(roles.scores) > 1
    survey, scale, value = _asked(score, [number for column in roles.scores for number in column.numbers])
    data = {"survey": string(survey), "scale": string(scale), "score": string("{@value}") if side_by_side else value}
    if roles.body is not None and not of_ticket:
        data["comment"] = column_value(roles.body.name)
    comment = [
        f"{string(column.name)} holds scores from {_range(column)}: check survey and scale." for column in roles.scores
    ]
    answered = {} if side_by_side else {score.name: FILLED}
    ticket = roles.subject.name if of_ticket and roles.subject is not None else ""
    of_the_ticket = {"ticket": column_value(ticket)} if ticket else {}
    subject = f"{{{ticket}}}-{'{@column}' if side_by_side else survey}" if ticket else ""
    yield RuleText(
        event="survey.responded",
        when=answered | {column.name: FILLED for column in filled},
        for_each=strings(column.name for column in roles.scores) if side_by_side else "",
        once_per=[ticket, "@column" if side_by_side else score.name] if ticket and roles.repeats else (),
        subject=subject,
        after=after,
        data=data | of_the_ticket,
        comment=comment,
    )


def _asked(score: Column, numbers: Sequence[int]) -> tuple[str, str, str]:
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
