"""Which column holds the id of the ticket, and which other one might."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from stream.feeds.suggestion import column_names as names
from stream.feeds.suggestion.columns import Column
from stream.feeds.suggestion.time_columns import TimeColumn

_LONGEST_ID: Final = 400
_MOSTLY: Final = 0.9
_FEWEST_REPEATS: Final = 0.05
_FEWEST_SUBJECTS: Final = 0.005
_NAMED_LIKE_A_TICKET: Final = 3
_NAMED_LIKE_AN_ID: Final = 2
_STAGES: Final = (names.FIRST_REPLY, names.RESOLVED, names.CLOSED, names.UPDATED)


@dataclass(frozen=True, slots=True)
class Subject:
    """The column of the ticket's id, and the ``rival`` that it was a close call with."""

    column: Column
    rival: Column | None = None


def subject_of(columns: Sequence[Column], times: Sequence[TimeColumn]) -> Subject | None:
    """The column that is named most like the id of a ticket; ``None`` if none is.

    Of two that are named alike, the one that comes again is the ticket's and the other the row's, unless the rows tell
    the stages of a ticket side by side: then each row is a ticket.
    """
    prefer_unique = _are_tickets(times)
    ranked = [(rank, column) for column in columns if (rank := _rank(column))]
    if not ranked:
        return None

    def score(item: tuple[int, Column]) -> tuple[int, int, float]:
        rank, column = item
        share = len(column.counts) / len(column.values)
        return rank, -column.name.count("."), share if prefer_unique else -share

    best, column = max(ranked, key=score)
    rivals = (
        other
        for rank, other in ranked
        if rank >= max(best - 1, 1) and "." not in other.name and comes_again(other) is not comes_again(column)
    )
    return Subject(column, next(rivals, None) if best < _NAMED_LIKE_A_TICKET else None)


def comes_again(column: Column) -> bool:
    """Whether an id has several rows so often that this is no accident."""
    return len(column.counts) < (1 - _FEWEST_REPEATS) * len(column.values)


def _are_tickets(times: Sequence[TimeColumn]) -> bool:
    opened = any(time.column.matches(names.OPENED) for time in times)
    stages = sum(any(time.column.matches(stage) for time in times) for stage in _STAGES)
    return opened and stages > 1


def _rank(column: Column) -> int:
    rank = _named(column)
    if not rank or column.filled < _MOSTLY or column.longest > _LONGEST_ID:
        return 0
    few = len(column.counts) < _FEWEST_SUBJECTS * len(column.values)
    return 0 if few and rank < _NAMED_LIKE_A_TICKET else rank


def _named(column: Column) -> int:
    if column.matches(names.OF_SOMETHING_ELSE):
        return 0
    if column.matches(names.TICKET) or re.fullmatch(
        r"(?:ticket|case|incident|issue|request|call|conversation)(?:id|number|no|nr|key|num)", column.words
    ):
        return _NAMED_LIKE_A_TICKET
    if column.matches(names.IDENTIFIER):
        return _NAMED_LIKE_AN_ID
    return 1 if column.matches(names.SOME_IDENTIFIER) else 0
