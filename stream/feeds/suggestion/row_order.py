"""The order in which the rows of a ticket stand in a file, and the column that counts them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final

from stream.feeds.suggestion import column_names as names
from stream.feeds.suggestion.columns import Column
from stream.feeds.suggestion.roles import Roles
from stream.feeds.suggestion.rule_text import column_value
from stream.feeds.suggestion.time_spelling import moments_of

_CLEAR: Final = 0.9
_FEWEST_PAIRS: Final = 2

_Timed = tuple[datetime, dict[str, str]]


def order_lines(roles: Roles, columns: Sequence[Column], rows: Sequence[dict[str, str]]) -> Iterator[str]:
    """What a mapping is to say of rows with the same time: a column that counts them, or how they stand in the file.

    Nothing, if the file mostly goes forward in time, as a mapping takes it to.
    """
    if not roles.repeats or roles.subject is None or roles.main_time is None:
        return
    subjects = _by_subject(roles, rows)
    rising, falling = _steps(subjects)
    if rising and rising >= _CLEAR * (rising + falling):
        return
    counter = next((column for column in columns if _counts(column, subjects)), None)
    if counter is not None:
        yield f"sequence = {column_value(counter.name)} # counts the rows of a ticket, and orders those of one time"
    elif falling and falling >= _CLEAR * (rising + falling):
        yield 'equal_times = "file_reversed" # the newest row of a ticket comes first'
    elif falling:
        yield f'equal_times = "kind" # no order: {rising} rows come after the one above, {falling} before it'


def _by_subject(roles: Roles, rows: Sequence[dict[str, str]]) -> list[list[_Timed]]:
    assert roles.subject is not None  # noqa: S101 - asked before
    assert roles.main_time is not None  # noqa: S101 - asked before
    texts = [" ".join(fields.get(column.name, "") for column in roles.main_time.columns) for fields in rows]
    moments = moments_of(roles.main_time.spelling.format, texts)
    found: defaultdict[str, list[_Timed]] = defaultdict(list)
    for text, fields in zip(texts, rows, strict=True):
        if text in moments:
            found[fields.get(roles.subject.name, "")].append((moments[text], fields))
    return list(found.values())


def _steps(subjects: Sequence[Sequence[_Timed]]) -> tuple[int, int]:
    rising = falling = 0
    for timed in subjects:
        for (earlier, _), (later, _) in pairwise(timed):
            rising += earlier < later
            falling += earlier > later
    return rising, falling


def _counts(column: Column, subjects: Sequence[Sequence[_Timed]]) -> bool:
    """Whether it has whole numbers in every row, which rise with time and differ where the times do not."""
    if not column.matches(names.COUNTER) or column.filled < 1 or not column.numbers or min(column.numbers) < 0:
        return False
    pairs = rising = 0
    for timed in subjects:
        numbered = sorted((moment, int(float(fields[column.name]))) for moment, fields in timed)
        for (earlier, lower), (later, higher) in pairwise(numbered):
            pairs += 1
            rising += lower < higher if earlier < later else lower != higher
    return pairs >= _FEWEST_PAIRS and rising >= _CLEAR * pairs
