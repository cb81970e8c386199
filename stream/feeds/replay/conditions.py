"""What a row must be like for a rule to apply."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from stream.feeds.replay.comparisons import COMPARISONS, Comparison, read_comparisons
from stream.feeds.replay.number_spelling import PLAIN, NumberSpelling
from stream.feeds.replay.patterns import read_pattern
from stream.feeds.replay.times import TimeFormat
from stream.feeds.replay.toml_table import TomlTable


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


def read_conditions(
    when: TomlTable, time_format: TimeFormat, numbers: NumberSpelling = PLAIN
) -> tuple[Condition | Comparison, ...]:
    """Read the table ``when``: a column and its value, or values, or a table of tests that must all hold.

    The tests are ``matches`` (a regular expression that is found in the value), ``empty`` (true or false),
    ``not`` (a value or values), and those that compare the column with another one. Raises ``ReplayError`` when
    the table holds anything else.
    """
    return tuple(condition for column in when.keys() for condition in _of_column(when, column, time_format, numbers))


def _of_column(
    when: TomlTable, column: str, time_format: TimeFormat, numbers: NumberSpelling
) -> list[Condition | Comparison]:
    if not isinstance(when.value(column), dict):
        listed = when.texts(column)
        return [Condition(column, when.place(column), frozenset(listed).__contains__, listed)]
    tests = when.table(column)
    place = when.place(column)
    conditions: list[Condition | Comparison] = []
    if tests.has("matches"):
        conditions.append(Condition(column, place, _found(tests), is_pattern=True))
    empty = tests.flag("empty")
    if empty is not None:
        conditions.append(Condition(column, place, _blank if empty else _filled))
    if tests.has("not"):
        others = frozenset(tests.texts("not"))
        conditions.append(Condition(column, place, lambda value: value not in others))
    conditions += read_comparisons(tests, column, place, time_format, numbers)
    tests.finish()
    if not conditions:
        when.fail(column, f"must hold a test: matches, empty, not, {', '.join(COMPARISONS)}")
    return conditions


def _found(tests: TomlTable) -> Callable[[str], bool]:
    search = read_pattern(tests, "matches").search
    return lambda value: search(value) is not None


def _blank(value: str) -> bool:
    return not value.strip()


def _filled(value: str) -> bool:
    return bool(value.strip())
