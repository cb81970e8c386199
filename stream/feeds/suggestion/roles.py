"""What each column of a log is for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from stream.feeds.suggestion import column_names as names
from stream.feeds.suggestion.call_outcomes import CallOutcomes, is_log_of_calls, outcomes_of_calls
from stream.feeds.suggestion.columns import Column
from stream.feeds.suggestion.status_words import actor_of, meaning_of
from stream.feeds.suggestion.subjects import comes_again, subject_of
from stream.feeds.suggestion.time_columns import TimeColumn, time_columns_of
from stream.feeds.suggestion.time_spelling import moments_of

_LONGEST_ID: Final = 400
_LONGEST_ATTRIBUTE: Final = 256
_MOSTLY: Final = 0.9
_SOME: Final = 0.3
_MOST_STATUSES: Final = 80
_HIGHEST_SCORE: Final = 10
_FEWEST_ROWS_EACH: Final = 1.5
_ATTRIBUTES: Final[dict[str, tuple[re.Pattern[str], ...]]] = {
    "channel": (names.CHANNEL,),
    "priority": (names.PRIORITY, names.LIKE_PRIORITY),
    "category": (names.CATEGORY,),
    "team": (names.TEAM,),
    "customer_tier": (names.TIER,),
}
_YES_OR_NO: Final = frozenset({"true", "false", "yes", "no", "y", "n"})


@dataclass(slots=True)
class Roles:
    """The columns by what they are for. ``repeats`` says that a subject has several rows.

    ``rival`` is another column that might be the subject. Of the ``attributes`` and the assignee, ``moving`` ones
    differ from row to row of a subject.
    """

    subject: Column | None = None
    rival: Column | None = None
    repeats: bool = False
    times: list[TimeColumn] = field(default_factory=list)
    main_time: TimeColumn | None = None
    status: Column | None = None
    scores: list[Column] = field(default_factory=list)
    attributes: dict[str, Column] = field(default_factory=dict)
    moving: dict[str, Column] = field(default_factory=dict)
    assignee: Column | None = None
    requester: Column | None = None
    author: Column | None = None
    reopenings: Column | None = None
    role: Column | None = None
    private: Column | None = None
    body: Column | None = None
    is_of_calls: bool = False
    outcomes: CallOutcomes | None = None
    over_midnight: dict[str, int] = field(default_factory=dict)


def roles_of(columns: Sequence[Column], rows: Sequence[dict[str, str]]) -> Roles:
    """Find out what the columns are for, by their names and by their values."""
    roles = Roles(times=time_columns_of(columns))
    taken = {part.name for time in roles.times for part in time.columns}

    def free(*, numbers: bool = False) -> list[Column]:
        return [column for column in columns if column.name not in taken and (numbers or not column.numbers)]

    subject = subject_of(free(numbers=True), roles.times)
    if subject is not None:
        roles.subject, roles.rival = subject.column, subject.rival
        taken.add(subject.column.name)
        roles.repeats = comes_again(subject.column)
    roles.main_time = _main_time(roles, rows)
    roles.over_midnight = _over_midnight(roles, rows)
    roles.scores = _scores([column for column in free(numbers=True) if _is_score(column)])
    roles.role = _first(names.ROLE, [column for column in free() if _is_role(column)])
    roles.is_of_calls = is_log_of_calls(columns)
    if roles.is_of_calls and not roles.repeats:
        roles.outcomes = outcomes_of_calls(free())
    taken.update(column.name for column in roles.scores)
    taken.update(found.name for found in (roles.role, roles.outcomes and roles.outcomes.column) if found)
    roles.status = _status(free(numbers=True))
    if roles.status is not None and roles.repeats and _is_constant(roles.status, roles.subject, rows):
        # It tells how a ticket ended, and not what happened in the row.
        roles.status = None
    if roles.status is not None:
        taken.add(roles.status.name)
    for name, patterns in _ATTRIBUTES.items():
        attribute = _attribute(patterns, [column for column in free(numbers=True) if _is_attribute(column)])
        if attribute is not None:
            roles.attributes[name] = attribute
            taken.add(attribute.name)
    roles.reopenings = _first(names.REOPENINGS, [column for column in free(numbers=True) if column.numbers])
    flags = [column for column in free(numbers=True) if len(column.counts) <= 2]  # noqa: PLR2004 - yes and no
    roles.private = _first(names.PRIVATE, flags) or _first(names.PUBLIC, flags)
    people = [column for column in free(numbers=True) if column.longest <= _LONGEST_ID and column is not roles.private]
    roles.requester = _first(names.REQUESTER, people)
    roles.assignee = _first(names.AGENT, [column for column in people if column is not roles.requester])
    roles.author = _first(names.AUTHOR, [column for column in people if column is not roles.requester])
    if roles.repeats and roles.subject is not None:
        kept = dict(roles.attributes)
        if roles.assignee is not None and roles.assignee.matches(names.ASSIGNED):
            kept["assignee"] = roles.assignee
        roles.moving = {name: column for name, column in kept.items() if _moves(column, roles.subject, rows)}
    roles.body = _first(names.BODY, [column for column in free() if not column.is_choice])
    return roles


def _first(pattern: re.Pattern[str], columns: Sequence[Column]) -> Column | None:
    """The first column that is named so, but one that is the same in all rows only if there is no other."""
    named = [column for column in columns if column.values and column.matches(pattern)]
    return min(named, key=_is_the_same_everywhere, default=None)


def _attribute(patterns: Sequence[re.Pattern[str]], columns: Sequence[Column]) -> Column | None:
    """The column that varies, and is named most like the first pattern, and by nothing else."""
    ranked = [
        ((_is_the_same_everywhere(column), rank, pattern.fullmatch(column.words) is None), column)
        for column in columns
        for rank, pattern in enumerate(patterns)
        if column.values and column.matches(pattern)
    ]
    return min(ranked, key=lambda item: item[0], default=(None, None))[1]


def _is_the_same_everywhere(column: Column) -> bool:
    return len(column.counts) <= 1


def _main_time(roles: Roles, rows: Sequence[dict[str, str]]) -> TimeColumn | None:
    if not roles.times:
        return None
    if roles.subject is None or not roles.repeats:
        opened = [time for time in roles.times if time.column.matches(names.OPENED)]
        plain = [time for time in roles.times if time.column.matches(names.STAMP)]
        return max(opened or plain or roles.times, key=lambda time: round(time.column.filled, 1))
    subject = roles.subject.name

    def changes(time: TimeColumn) -> tuple[int, bool]:
        moments = {(fields.get(subject, ""), *(fields.get(part.name, "") for part in time.columns)) for fields in rows}
        return len(moments), time.column.matches(names.UPDATED) or time.column.matches(names.STAMP)

    return max((time for time in roles.times if time.column.filled >= _MOSTLY), key=changes, default=roles.times[0])


def _over_midnight(roles: Roles, rows: Sequence[dict[str, str]]) -> dict[str, int]:
    """In how many rows a time of day that has its date from elsewhere is before that of the row."""
    main = roles.main_time
    joined = [time for time in roles.times if time is not main and len(time.columns) > 1]
    if main is None or not joined:
        return {}
    begun = _moments(main, rows)
    found = {}
    for time in joined:
        ended = _moments(time, rows)
        found[time.column.name] = sum(
            earlier is not None and later is not None and later < earlier
            for earlier, later in zip(begun, ended, strict=True)
        )
    return found


def _moments(time: TimeColumn, rows: Sequence[dict[str, str]]) -> list[datetime | None]:
    texts = [" ".join(fields.get(column.name, "") for column in time.columns) for fields in rows]
    moments = moments_of(time.spelling.format, texts)
    return [moments.get(text) for text in texts]


def _scores(columns: Sequence[Column]) -> list[Column]:
    """The first score, and those beside it that are called the same."""
    found = [(column, match.group()) for column in columns if (match := names.SCORE.search(column.words)) is not None]
    if not found:
        return []
    alike = [
        column for column, word in found if word == found[0][1] and bool(column.numbers) == bool(found[0][0].numbers)
    ]
    return alike if found[0][0].numbers else alike[:1]


def _status(columns: Sequence[Column]) -> Column | None:
    best, found = 0.0, None
    for column in columns:
        if not column.values or len(column.counts) > _MOST_STATUSES or column.longest > _LONGEST_ATTRIBUTE:
            continue
        if column.numbers and not column.matches(names.STATUS):
            continue
        known = sum(count for value, count in column.counts.items() if meaning_of(value)) / len(column.values)
        named = column.matches(names.STATUS) or column.matches(names.ACTIVITY)
        score = (named and len(column.counts) > 1) + known
        if score > best and (known >= _SOME or (named and len(column.counts) > 1)):
            best, found = score, column
    return found


def _is_constant(column: Column, subject: Column | None, rows: Sequence[dict[str, str]]) -> bool:
    """Whether each subject has one value in all of its rows, and so many rows that this is no accident."""
    if subject is None:
        return False
    pairs = {(fields.get(subject.name, ""), fields.get(column.name, "")) for fields in rows}
    return len(pairs) <= len(subject.counts) and len(rows) >= _FEWEST_ROWS_EACH * len(subject.counts)


def _moves(column: Column, subject: Column, rows: Sequence[dict[str, str]]) -> bool:
    """Whether a subject has several values, or gets its value after its first row."""
    known = set(column.counts)
    pairs = {
        (fields.get(subject.name, ""), value if (value := fields.get(column.name, "")) in known else "")
        for fields in rows
    }
    return len(pairs) > len(subject.counts)


def _is_role(column: Column) -> bool:
    few = len(column.counts) <= _HIGHEST_SCORE
    return few and any(actor_of(value) for value in column.counts)


def _is_attribute(column: Column) -> bool:
    is_flag = _YES_OR_NO.issuperset(value.lower() for value in column.counts)
    return column.is_choice and column.longest <= _LONGEST_ATTRIBUTE and not is_flag


def _is_score(column: Column) -> bool:
    numbers = column.numbers
    if numbers:
        return min(numbers) >= 0 and max(numbers) <= _HIGHEST_SCORE
    return bool(column.counts) and all(value.lower() in {"good", "bad"} for value in column.counts)
