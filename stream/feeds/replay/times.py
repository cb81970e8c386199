"""Reading times and durations as logs spell them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from math import inf
from typing import Final

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)

_REMEMBERED: Final = 4096
_LONGEST_SECONDS: Final = 100 * 366 * 86_400
_DURATION: Final = re.compile(r"(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d*)?)", re.ASCII)
_SECONDS_IN: Final = {"epoch": 1.0, "epoch_ms": 0.001}


class TimeFormat:
    """How a log spells times: ``iso``, ``epoch`` (seconds), ``epoch_ms``, or a format of ``strptime``.

    ``zone`` is that of times that name none. ``parse`` gives the moment in UTC, and raises ``ValueError`` or
    ``OverflowError`` when a text is not spelled so. Raises ``ValueError`` when ``strptime`` cannot use the format.
    """

    def __init__(self, spelling: str, zone: tzinfo) -> None:
        self.spelling = spelling
        self.parse = lru_cache(_REMEMBERED)(self._parse)
        self._zone = zone
        if spelling not in {"iso", *_SECONDS_IN}:
            if "%" not in spelling:
                raise ValueError(f'{spelling!r} is neither "iso", "epoch" nor a format such as "%d/%m/%Y %H:%M"')
            sample = datetime(2004, 2, 29, 13, 5, 7, 123456, tzinfo=timezone(timedelta(hours=1)))
            try:
                datetime.strptime(sample.strftime(spelling), spelling)  # noqa: DTZ007 - the result is not used
            except re.error as error:
                raise ValueError(f"{spelling!r} names a part of the time twice") from error

    def _parse(self, text: str) -> datetime:
        if self.spelling in _SECONDS_IN:
            return EPOCH + timedelta(seconds=float(text) * _SECONDS_IN[self.spelling])
        if self.spelling == "iso":
            moment = datetime.fromisoformat(text.strip())
        else:
            moment = datetime.strptime(text.strip(), self.spelling)  # noqa: DTZ007 - the zone follows
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self._zone)
        return moment.astimezone(UTC)


def parse_duration(text: str) -> timedelta:
    """Read seconds (``109``, ``12.5``), minutes and seconds (``4:02``) or hours too (``0:04:02``).

    Raises ``ValueError`` when the text is none of these, or longer than a hundred years.
    """
    match = _DURATION.fullmatch(text.strip())
    hours, minutes, seconds = (float(part or 0) for part in match.groups()) if match else (inf, 0.0, 0.0)
    total = hours * 3600 + minutes * 60 + seconds
    if total > _LONGEST_SECONDS:
        raise ValueError(f"{text!r} is no duration, such as 109 or 0:01:49")
    return timedelta(seconds=total)
