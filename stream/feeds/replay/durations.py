"""How long after, or before, the time of its row an event happened."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isfinite
from typing import Final

from stream.feeds.replay.number_spelling import PLAIN, NumberSpelling
from stream.feeds.replay.quoting import quoted
from stream.feeds.replay.templates import Template
from stream.feeds.replay.times import LONGEST_SECONDS, parse_duration

SECONDS_IN: Final = {
    "milliseconds": 0.001,
    "seconds": 1.0,
    "minutes": 60.0,
    "hours": 3600.0,
    "days": 86_400.0,
}
"""The units, in seconds."""

_SPELLINGS: Final = {
    "milliseconds": ("ms", "millisecond"),
    "seconds": ("s", "sec", "secs", "second"),
    "minutes": ("m", "min", "mins", "minute"),
    "hours": ("h", "hr", "hrs", "hour"),
    "days": ("d", "day"),
}
_UNITS: Final = {
    spelling: SECONDS_IN[unit] for unit, spellings in _SPELLINGS.items() for spelling in (unit, *spellings)
}
_PART: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*,?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Offset:
    """A duration from a row, which lies after the row's time or, under the ``key`` before, before it.

    Without a ``unit`` (in seconds) its text says what it is: seconds, hours with colons, or numbers with units.
    """

    key: str
    template: Template
    unit: float | None = None
    numbers: NumberSpelling = PLAIN

    def applied(self, time: datetime, fields: Mapping[str, str]) -> datetime:
        """A time, moved by the duration of a row; raises ``ValueError`` when there is none, or no such time."""
        duration = self.of(fields)
        try:
            return time + duration
        except OverflowError as error:
            raise ValueError(f"{self.key}: there is no time {duration} from {time}") from error

    def of(self, fields: Mapping[str, str]) -> timedelta:
        """The duration of a row, negative for ``before``; raises ``ValueError`` when the row's text is none."""
        missing = self.template.missing(fields)
        if missing is not None:
            raise ValueError(
                f'{self.key}: the column {missing!r} is empty; time_empty = "skip" makes no event of such a row'
            )
        given = self.template.render(fields)
        text = self.numbers.plain(given)
        try:
            duration = _with_unit(text, self.unit) if self.unit is not None else _spelled(text)
        except ValueError as error:
            raise ValueError(f"{error}{self.numbers.hint(given)}") from None
        return -duration if self.key == "before" else duration


def _with_unit(text: str, unit: float) -> timedelta:
    try:
        seconds = float(text) * unit
    except ValueError:
        seconds = -1.0
    if not isfinite(seconds) or not 0 <= seconds <= LONGEST_SECONDS:
        raise ValueError(f"{quoted(text)} is not a number of the unit that the mapping gives, such as 109 or 12.5")
    return timedelta(seconds=seconds)


def _spelled(text: str) -> timedelta:
    seconds, place = 0.0, 0
    while part := _PART.match(text, place):
        unit = _UNITS.get(part.group(2).lower())
        if unit is None:
            break
        seconds += float(part.group(1)) * unit
        place = part.end()
    if place == 0 or text[place:].strip() or seconds > LONGEST_SECONDS:
        return parse_duration(text)
    return timedelta(seconds=seconds)
