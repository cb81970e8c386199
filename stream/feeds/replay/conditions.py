"""What a row must be like for a rule to apply."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from stream.feeds.replay.comparisons import Comparison, comparison
from stream.feeds.replay.language.when_tables import ColumnTests, When
from stream.feeds.replay.number_spelling import NumberSpelling
from stream.feeds.replay.times import TimeFormat


@dataclass(frozen=True, slots=True)
class Condition:
    """A test of one column of a row; an absent column is an empty one.

    ``fits`` tests a value. ``listed`` are the values of which it must be one, in their order; ``is_pattern`` says that
    the test has a regular expression instead.
    """

    column: str
    place: str
    fits: Callable[[str], bool]
    listed: tuple[str, ...] = ()
    is_pattern: bool = False

    def holds(self, fields: Mapping[str, str]) -> bool:
        """Whether a row passes."""
        return self.fits(fields.get(self.column, ""))


def conditions_of(
    when: When, place: str, time_format: TimeFormat, numbers: NumberSpelling
) -> tuple[Condition | Comparison, ...]:
    """The conditions of a table ``when`` at a place of the mapping."""
    return tuple(
        condition
        for column, tests in when.items()
        for condition in _of_column(column, tests, f"{place}.{column}", time_format, numbers)
    )


def _of_column(
    column: str, tests: ColumnTests | tuple[str, ...], place: str, time_format: TimeFormat, numbers: NumberSpelling
) -> Iterator[Condition | Comparison]:
    if not isinstance(tests, ColumnTests):
        yield Condition(column, place, frozenset(tests).__contains__, tests)
        return
    if tests.matches is not None:
        yield Condition(column, place, _found(tests.matches), is_pattern=True)
    if tests.empty is not None:
        yield Condition(column, place, _blank if tests.empty else _filled)
    if tests.not_ is not None:
        yield Condition(column, place, _none_of(frozenset(tests.not_)))
    for name, other in tests.comparisons().items():
        yield comparison(name, column, f"{place}.{name}", other, time_format, numbers)


def _found(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    search = pattern.search
    return lambda value: search(value) is not None


def _none_of(others: frozenset[str]) -> Callable[[str], bool]:
    return lambda value: value not in others


def _blank(value: str) -> bool:
    return not value.strip()


def _filled(value: str) -> bool:
    return bool(value.strip())
