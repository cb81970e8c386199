"""Tests of a column against another one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from stream.feeds.replay.number_spelling import NumberSpelling
from stream.feeds.replay.quoting import quoted
from stream.feeds.replay.templates import Template
from stream.feeds.replay.times import TimeFormat


@dataclass(frozen=True, slots=True)
class Comparison:
    """A test of one column of a row against a template. Of numbers and times, it fails where either is empty."""

    column: str
    place: str
    other: Template
    _fits: Callable[[str, str], bool]

    def holds(self, fields: Mapping[str, str]) -> bool:
        """Whether a row passes; raises ``ValueError`` when what is to be compared is no number or no time."""
        return self._fits(fields.get(self.column, "").strip(), self.other.render(fields).strip())


def comparison(
    name: str, column: str, place: str, other: Template, time_format: TimeFormat, numbers: NumberSpelling
) -> Comparison:
    """The comparison of that name, of a column with a template."""
    return Comparison(column, place, other, _test(name, place, time_format, numbers))


def _test(name: str, place: str, time_format: TimeFormat, numbers: NumberSpelling) -> Callable[[str, str], bool]:
    def number(text: str) -> float:
        try:
            return float(numbers.plain(text))
        except ValueError:
            raise ValueError(f"{place}: {quoted(text)} is not a number{numbers.hint(text)}") from None

    def time(text: str) -> datetime:
        try:
            return time_format.parse(text)
        except (ValueError, OverflowError):
            raise ValueError(f"{place}: {quoted(text)} is not a time in the format {time_format.spelling}") from None

    tests: dict[str, Callable[[str, str], bool]] = {
        "equals": lambda value, other: value == other,
        "differs": lambda value, other: value != other,
        "less": lambda value, other: bool(value and other) and number(value) < number(other),
        "greater": lambda value, other: bool(value and other) and number(value) > number(other),
        "before": lambda value, other: bool(value and other) and time(value) < time(other),
        "after": lambda value, other: bool(value and other) and time(value) > time(other),
    }
    return tests[name]
