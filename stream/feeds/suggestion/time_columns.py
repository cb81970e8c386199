"""Which columns hold times, alone or a date and a time of day together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from stream.feeds.suggestion import column_names
from stream.feeds.suggestion.column_names import DUE, DURATION, HALF_OF_DAY, STAMP
from stream.feeds.suggestion.columns import Column
from stream.feeds.suggestion.time_spelling import TimeSpelling, clock_spelling_of, spelling_of

_DATE_LENGTH: Final = 10
_MOST_HOURS: Final = 12
_NAMES: Final = (
    column_names.OPENED,
    column_names.FIRST_REPLY,
    column_names.RESOLVED,
    column_names.CLOSED,
    column_names.ENDED,
    column_names.UPDATED,
    column_names.STAMP,
)


@dataclass(frozen=True, slots=True)
class TimeColumn:
    """A time as a template of ``columns``, in the order in which a row spells it; ``column`` tells it from others."""

    column: Column
    columns: tuple[Column, ...]
    spelling: TimeSpelling

    @property
    def template(self) -> str:
        """What ``time.value`` is to be."""
        return " ".join(f"{{{column.name}}}" for column in self.columns)


def time_columns_of(columns: Sequence[Column]) -> list[TimeColumn]:
    """The times of a row in the order of the columns; a deadline is none, for it has not happened."""
    found: dict[str, TimeColumn] = {}
    clocks: list[tuple[Column, TimeSpelling]] = []
    for column in columns:
        if not column.values or column.matches(DUE):
            continue
        named = any(column.matches(pattern) for pattern in _NAMES)
        spelling = spelling_of(column.values, named_like_a_time=named and not column.matches(DURATION))
        if spelling is not None:
            found[column.name] = TimeColumn(column, (column,), spelling)
        elif not column.matches(DURATION) and (clock := clock_spelling_of(column.values)) is not None:
            clocks.append((column, clock))
    dates = [time for time in found.values() if not _has_clock(time)]
    if not dates:
        return list(found.values())
    halves = [column for column in columns if column.counts and HALF_OF_DAY.issuperset(column.counts)]
    joined = [_joined(_date_of(column, dates, columns), column, spelling, halves) for column, spelling in clocks]
    used = {time.columns[0].name for time in joined}
    places = {column.name: place for place, column in enumerate(columns)}
    times = [time for time in found.values() if time.column.name not in used] + joined
    return sorted(times, key=lambda time: places[time.column.name])


def _has_clock(time: TimeColumn) -> bool:
    if time.spelling.format == "iso":
        return time.column.longest > _DATE_LENGTH
    return time.spelling.has_clock


def _date_of(clock: Column, dates: Sequence[TimeColumn], columns: Sequence[Column]) -> TimeColumn:
    """The date that a time of day belongs to: the one that is named alike, else the one before it."""
    about = STAMP.sub("", clock.words).split()
    alike = [date for date in dates if about and STAMP.sub("", date.column.words).split() == about]
    places = {column.name: place for place, column in enumerate(columns)}
    before = [date for date in dates if places[date.column.name] < places[clock.name]]
    return (alike or before[::-1] or list(dates))[0]


def _joined(date: TimeColumn, clock: Column, spelling: TimeSpelling, halves: Sequence[Column]) -> TimeColumn:
    parts: tuple[Column, ...] = (date.column, clock)
    clock_format = spelling.format
    if halves and "%H" in clock_format and all(_hour(value) <= _MOST_HOURS for value in clock.counts):
        parts += (halves[0],)
        clock_format = clock_format.replace("%H", "%I") + " %p"
    day = "%Y-%m-%d" if date.spelling.format == "iso" else date.spelling.format
    formats = [f"{each} {clock_format}" for each in (day, *date.spelling.others)]
    share = min(date.spelling.share, spelling.share)
    return TimeColumn(clock, parts, TimeSpelling(formats[0], share, tuple(formats[1:])))


def _hour(clock: str) -> int:
    digits = clock.strip()[:2].rstrip(":.h")
    return int(digits) if digits.isdigit() else 0
