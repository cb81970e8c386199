"""Expenses: what was spent, and on which days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from stream.desks.customers.customer import Entries
from stream.desks.customers.money import spread
from stream.windows.moments import to_microseconds

LONGEST: Final = 3_660
"""The most days that an expense may be for."""


@lru_cache(maxsize=20_000)
def start_of_day(day: int, zone: str) -> int:
    """The first moment (microseconds) of a local day, by its proleptic Gregorian ordinal."""
    found = date.fromordinal(day)
    return to_microseconds(datetime(found.year, found.month, found.day, tzinfo=ZoneInfo(zone)).astimezone(UTC))


def daily_parts(expenses: Entries, zone: str) -> Iterator[tuple[int, int]]:
    """The days on which an expense counts, by their first moments (microseconds), with the amount of each.

    What was said of it last holds.
    """
    last = expenses[-1]
    if last.days is None or last.number is None:
        return
    first_day, last_day = last.days
    for place, amount in enumerate(spread(last.number, last_day - first_day + 1)):
        yield start_of_day(first_day + place, zone), amount


def end_of(expenses: Entries, zone: str) -> int:
    """When the last day of an expense has begun (microseconds)."""
    days = expenses[-1].days
    return expenses[-1].at if days is None else start_of_day(days[1], zone)
