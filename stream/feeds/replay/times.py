"""Reading times and durations as logs spell them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from math import inf
from typing import Final

from stream.feeds.replay.local_times import LocalTimes, Reading
from stream.feeds.replay.quoting import quoted

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)

LONGEST_SECONDS: Final = 100 * 366 * 86_400
"""A longer duration is none."""

_REMEMBERED: Final = 4096
_DURATION: Final = re.compile(r"(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d*)?)", re.ASCII)
_ZONE_NAME: Final = re.compile(r"(?<!%)(?:%%)*%Z")
_HALF_OF_DAY: Final = re.compile(r"(?<![a-z])(?:([ap])\.?\s?m\b\.?|(noon)|(midnight))", re.IGNORECASE)
_SECONDS_IN: Final = {"epoch": 1.0, "epoch_ms": 0.001}


class TimeFormat:
    """How a log spells times: ``iso``, ``epoch`` (seconds), ``epoch_ms``, or a format of ``strptime``.

    Of several spellings the first one that fits counts. ``local_times`` reads the times that name no zone. Raises
    ``ValueError`` when ``strptime`` cannot use a format.
    """

    def __init__(self, spellings: str | Sequence[str], local_times: LocalTimes | tzinfo) -> None:
        self.local_times = local_times if isinstance(local_times, LocalTimes) else LocalTimes(local_times)
        self.read = lru_cache(_REMEMBERED)(self._parse)
        self._spellings = (spellings,) if isinstance(spellings, str) else tuple(spellings)
        for spelling in self._spellings:
            check_spelling(spelling)

    @property
    def spelling(self) -> str:
        """The spellings, for people."""
        return " or ".join(self._spellings)

    def parse(self, text: str) -> datetime:
        """The moment in UTC, the first of two; ``read`` tells both, and how a local time was read.

        Raises ``ValueError`` or ``OverflowError`` when a text is not spelled so.
        """
        return self.read(text).time

    def next_day(self, time: datetime) -> datetime:
        """The moment at which the clocks of the zone show the same a day later, in UTC; raises ``ValueError``."""
        local = time.astimezone(self.local_times.zone).replace(tzinfo=None)
        return self.local_times.read(local + timedelta(days=1)).time

    def _parse(self, text: str) -> Reading:
        for spelling in self._spellings[:-1]:
            try:
                moment = _moment(text, spelling)
            except (ValueError, OverflowError):
                continue
            return self._reading(moment)
        return self._reading(_moment(text, self._spellings[-1]))

    def _reading(self, moment: datetime) -> Reading:
        return (
            self.local_times.read(moment)
            if moment.tzinfo is None
            else Reading(moment.astimezone(UTC), is_steady=not self.local_times.order_tells)
        )


def check_spelling(spelling: str) -> None:
    """Raise ``ValueError`` when times cannot be spelled so."""
    if spelling in {"iso", *_SECONDS_IN}:
        return
    if "%" not in spelling:
        raise ValueError(f'{spelling!r} is neither "iso", "epoch" nor a format such as "%d/%m/%Y %H:%M"')
    if _ZONE_NAME.search(spelling):
        raise ValueError(
            f"{spelling!r} has %Z, the name of a zone, which many zones share (CST, IST); if it is always the same, "
            f'write it as it is, such as "%d/%m/%Y %H:%M CET", and give its IANA zone; %z is an offset such as +01:00'
        )
    sample = datetime(2004, 2, 29, 13, 5, 7, 123456, tzinfo=timezone(timedelta(hours=1)))
    try:
        datetime.strptime(sample.strftime(spelling), spelling)  # noqa: DTZ007 - the result is not used
    except re.error as error:
        raise ValueError(f"{spelling!r} names a part of the time twice") from error


def _moment(text: str, spelling: str) -> datetime:
    if spelling in _SECONDS_IN:
        return EPOCH + timedelta(seconds=float(text) * _SECONDS_IN[spelling])
    if spelling == "iso":
        return datetime.fromisoformat(text.strip())
    if "%p" in spelling:
        text = _HALF_OF_DAY.sub(_half_of_day, text)
    return datetime.strptime(text.strip(), spelling)  # noqa: DTZ007 - the zone follows


def _half_of_day(match: re.Match[str]) -> str:
    letter, noon, _ = match.groups()
    return f"{letter}M" if letter else ("PM" if noon else "AM")


def parse_duration(text: str) -> timedelta:
    """Read seconds (``109``, ``12.5``), minutes and seconds (``4:02``) or hours too (``0:04:02``).

    Raises ``ValueError`` when the text is none of these, or longer than a hundred years.
    """
    match = _DURATION.fullmatch(text.strip())
    hours, minutes, seconds = (float(part or 0) for part in match.groups()) if match else (inf, 0.0, 0.0)
    total = hours * 3600 + minutes * 60 + seconds
    if total > LONGEST_SECONDS:
        raise ValueError(f"{quoted(text)} is no duration, such as 109 or 0:01:49")
    return timedelta(seconds=total)
