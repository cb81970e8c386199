"""What each column of a log is for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from stream.feeds.suggestion import column_names as names
from stream.feeds.suggestion.call_outcomes import CallOutcomes, is_log_of_calls, outcomes_of_calls
from stream.feeds.suggestion.columns import GOOD_OR_BAD, NOT_ANSWERED, Column
from stream.feeds.suggestion.lists import Happenings
from stream.feeds.suggestion.row_times import begin_with_their_text, main_time_of, rows_over_midnight
from stream.feeds.suggestion.status_words import actor_of, meaning_of
from stream.feeds.suggestion.subjects import comes_again, subject_of
from stream.feeds.suggestion.time_columns import TimeColumn, time_columns_of

_LONGEST_ID: Final = 400
_LONGEST_ATTRIBUTE: Final = 256
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

    ``asked_by`` has the same kind of ids as the author, and tells who asked. ``final_status`` is how a ticket ended,
    in all of its rows. ``text_first`` says that the first row of a ticket is its own text.

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
    asked_by: Column | None = None
    final_status: Column | None = None
    text_first: bool = False
    reopenings: Column | None = None
    role: Column | None = None
    private: Column | None = None
    body: Column | None = None
    is_of_calls: bool = False
    outcomes: CallOutcomes | None = None
    over_midnight: dict[str, int] = field(default_factory=dict)
    are_replies: bool = False


class _Free:
    """The columns that are not taken yet; where the rows are ``happenings``, those of them and those of the record."""

    def __init__(self, columns: Sequence[Column], happenings: Happenings | None) -> None:
        self._columns = columns
        self._prefix = "" if happenings is None else f"{happenings.path}."
        self._taken: set[str] = set()

    def take(self, *columns: Column | None) -> None:
        self._taken.update(column.name for column in columns if column is not None)

    def all(self) -> list[Column]:
        return [column for column in self._columns if column.name not in self._taken]

    def happened(self) -> list[Column]:
        return [column for column in self.all() if column.name.startswith(self._prefix)]

    def of_record(self) -> list[Column]:
        return [column for column in self.all() if not self._prefix or not column.name.startswith(self._prefix)]


def roles_of(columns: Sequence[Column], rows: Sequence[dict[str, str]], happenings: Happenings | None = None) -> Roles:
    """Find out what the columns are for, by their names and by their values.

    Where the rows are ``happenings`` within a record, what happened is told by their columns, and what the ticket is
    like by those of the record.
    """
    roles = Roles(times=time_columns_of(columns))
    free = _Free(columns, happenings)
    happened = free.happened()
    for time in roles.times:
        free.take(*time.columns)
    subject = subject_of(free.all(), roles.times)
    if subject is not None:
        roles.subject, roles.rival = subject.column, subject.rival
        free.take(subject.column)
        roles.repeats = comes_again(subject.column) or happenings is not None
    several = roles.subject if roles.repeats else None
    roles.main_time = main_time_of(roles.times, rows, subject=several, happened=happened)
    roles.over_midnight = rows_over_midnight(roles.main_time, roles.times, rows)
    _find_what_happened(roles, free, columns, happenings)
    _find_status(roles, free, rows, happenings)
    for name, patterns in _ATTRIBUTES.items():
        attribute = _attribute(patterns, [column for column in free.of_record() if _is_attribute(column)])
        if attribute is not None:
            roles.attributes[name] = attribute
            free.take(attribute)
    roles.reopenings = _first(names.REOPENINGS, [column for column in free.all() if column.numbers])
    _find_people(roles, free)
    if several is not None:
        kept = dict(roles.attributes)
        if roles.assignee is not None and roles.assignee.matches(names.ASSIGNED):
            kept["assignee"] = roles.assignee
        roles.moving = {name: column for name, column in kept.items() if _moves(column, several, rows)}
    roles.body = _first(names.BODY, _words(column for column in free.happened() if not column.is_choice))
    are_messages = happenings is not None and happenings.are_messages
    roles.are_replies = are_messages or roles.body is not None or roles.role is not None
    others = (time for time in roles.times if time is not roles.main_time and time.column.matches(names.OPENED))
    opened = next(others, None)
    if are_messages and roles.main_time is not None and opened is not None and several is not None:
        roles.text_first = begin_with_their_text(roles.main_time, opened, several, rows)
    return roles


def _find_what_happened(roles: Roles, free: _Free, columns: Sequence[Column], happenings: Happenings | None) -> None:
    roles.scores = _scores([column for column in free.of_record() if _is_score(column)])
    free.take(*roles.scores)
    roles.role = _first(names.ROLE, _words(column for column in free.happened() if _is_role(column)))
    free.take(roles.role)
    roles.is_of_calls = happenings is None and is_log_of_calls(columns)
    if roles.is_of_calls and not roles.repeats:
        roles.outcomes = outcomes_of_calls(_words(free.all()))
        free.take(roles.outcomes.column if roles.outcomes is not None else None)


def _find_status(roles: Roles, free: _Free, rows: Sequence[dict[str, str]], happenings: Happenings | None) -> None:
    if happenings is None:
        roles.status = _status(free.all())
        if roles.status is not None and roles.repeats and _is_constant(roles.status, roles.subject, rows):
            roles.status, roles.final_status = None, roles.status
    else:
        told = (column for column in free.happened() if not _is_of_changes(column, happenings))
        roles.status = _status([column for column in told if not _is_the_same_everywhere(column)])
        roles.final_status = _first(names.STATUS, _words(free.of_record()))
    free.take(roles.status, roles.final_status)


def _find_people(roles: Roles, free: _Free) -> None:
    flags = [column for column in free.happened() if len(column.counts) <= 2]  # noqa: PLR2004 - yes and no
    roles.private = _first(names.PRIVATE, flags) or _first(names.PUBLIC, flags)
    free.take(roles.private)
    askers = _people(free.of_record())
    roles.requester = _first(names.REQUESTER, askers)
    free.take(roles.requester)
    roles.assignee = _first(names.AGENT, _people(free.of_record()))
    roles.author = _first(names.AUTHOR, _people(free.happened()))
    if roles.author is not None and roles.role is None:
        roles.asked_by = _asked_by(roles.author, askers)


def _people(columns: Iterable[Column]) -> list[Column]:
    return [column for column in columns if column.longest <= _LONGEST_ID]


def _words(columns: Iterable[Column]) -> list[Column]:
    return [column for column in columns if not column.numbers]


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


def _is_of_changes(column: Column, happenings: Happenings | None) -> bool:
    """Whether a column is for other rules than those of a status."""
    if happenings is None:
        return False
    return happenings.changes is not None or (happenings.are_messages and not column.matches(names.STATUS))


def _asked_by(author: Column, people: Sequence[Column]) -> Column | None:
    """The column of who asked, whose ids the author often has."""
    asked = (column for column in people if column.values and column.matches(names.REQUESTER))
    return next(
        (one for one in asked if len(one.counts.keys() & author.counts.keys()) >= _SOME * len(one.counts)), None
    )


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
    values = {value.lower() for value in column.counts}
    return not GOOD_OR_BAD.isdisjoint(values) and values <= GOOD_OR_BAD | NOT_ANSWERED
