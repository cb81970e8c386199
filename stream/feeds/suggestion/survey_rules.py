"""The rules for columns of scores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from schemas.surveys import SCALES, SCORES
from stream.feeds.suggestion import column_names as names
from stream.feeds.suggestion.columns import GOOD_OR_BAD, Column
from stream.feeds.suggestion.roles import Roles
from stream.feeds.suggestion.rule_text import FILLED, RuleText, column_value, listed, mapped
from stream.feeds.suggestion.time_rules import spelled
from stream.feeds.suggestion.toml_text import string, strings

# The scores of the first rows may well be those of dissatisfied customers alone: a scale that ends at 3 is rarer than
# that.
_GUESSED: Final = ("1-5", "1-7", "1-10", "0-10")


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
    answered = {} if side_by_side else {score.name: _given(score)}
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
        time=_time(roles, score),
        data=data | of_the_ticket,
        comment=comment,
    )
    if offered := [value for value in score.counts if value.lower() == "offered"]:
        yield RuleText(
            event="survey.sent",
            when={score.name: listed(offered)},
            once_per=[ticket, score.name] if ticket and roles.repeats else (),
            subject=subject,
            time=_time(roles, score),
            data={"survey": string(survey)} | of_the_ticket,
        )


def _given(score: Column) -> str:
    values = [value for value in score.counts if value.lower() in GOOD_OR_BAD]
    return FILLED if score.numbers else listed(values)


def _time(roles: Roles, score: Column) -> str:
    """The time that stands beside the score, in the same object of a record."""
    prefix, dot, _ = score.name.rpartition(".")
    if not dot or roles.main_time is None:
        return ""
    beside = (time for time in roles.times if time is not roles.main_time and time.column.name.startswith(prefix + dot))
    time = next(beside, None)
    return "" if time is None else spelled(time, roles.main_time)


def _asked(score: Column, numbers: Sequence[int]) -> tuple[str, str, str]:
    if not numbers:
        given = [value for value in score.counts if value.lower() in GOOD_OR_BAD]
        return "csat", "good-bad", mapped(score.name, {value: int(value.lower() == "good") for value in given})
    if score.matches(names.NPS):
        return "nps", "0-10", column_value(score.name)
    if score.matches(names.CES):
        narrow, wide = SCALES["ces"]
        return "ces", narrow if max(numbers) < SCORES[narrow].stop else wide, column_value(score.name)
    scale = next(name for name in _GUESSED if all(number in SCORES[name] for number in numbers))
    return "csat", scale, column_value(score.name)


def _range(score: Column) -> str:
    numbers = score.numbers
    words = sorted(value for value in score.counts if value.lower() in GOOD_OR_BAD)
    return f"{min(numbers)} to {max(numbers)}" if numbers else " to ".join(words)
