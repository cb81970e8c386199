"""What a row must be like for a rule to apply."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from stream.feeds.replay.toml_table import TomlTable


@dataclass(frozen=True, slots=True)
class Condition:
    """A test of one column of a row; an absent column is an empty one.

    ``fits`` tests a value. ``listed`` are the values that the test names, in their order; ``is_pattern`` says that
    it has a regular expression instead.
    """

    column: str
    place: str
    fits: Callable[[str], bool]
    listed: tuple[str, ...] = ()
    is_pattern: bool = False

    def holds(self, fields: Mapping[str, str]) -> bool:
        """Whether a row passes."""
        return self.fits(fields.get(self.column, ""))


def read_conditions(when: TomlTable) -> tuple[Condition, ...]:
    """Read the table ``when``: a column and its value, or values, or a table of tests that must all hold.

    The tests are ``matches`` (a regular expression that is found in the value), ``empty`` (true or false)
    and ``not`` (a value or values). Raises ``ReplayError`` when the table holds anything else.
    """
    return tuple(condition for column in when.keys() for condition in _of_column(when, column))  # noqa: SIM118


def _of_column(when: TomlTable, column: str) -> list[Condition]:
    if not isinstance(when.value(column), dict):
        listed = when.texts(column)
        return [Condition(column, when.place(column), frozenset(listed).__contains__, listed)]
    tests = when.table(column)
    place = when.place(column)
    conditions = []
    if tests.has("matches"):
        conditions.append(Condition(column, place, _found(tests), is_pattern=True))
    empty = tests.flag("empty")
    if empty is not None:
        conditions.append(Condition(column, place, _blank if empty else _filled))
    if tests.has("not"):
        listed = tests.texts("not")
        others = frozenset(listed)
        conditions.append(Condition(column, place, lambda value: value not in others, listed))
    tests.finish()
    if not conditions:
        when.fail(column, "must hold a test: matches, empty or not")
    return conditions


def _found(tests: TomlTable) -> Callable[[str], bool]:
    try:
        with warnings.catch_warnings():
            # What a later Python may read otherwise is no concern of who replays a log with this one.
            warnings.simplefilter("ignore", FutureWarning)
            search = re.compile(tests.text("matches")).search
    except (re.error, OverflowError, RecursionError) as error:
        tests.fail("matches", f"not a regular expression: {error}")
    return lambda value: search(value) is not None


def _blank(value: str) -> bool:
    return not value.strip()


def _filled(value: str) -> bool:
    return bool(value.strip())
