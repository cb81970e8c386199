"""Moments as the oracle counts them: microseconds since the Unix epoch."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
SECOND: Final = 1_000_000
"""Of microseconds, as are the others."""

HOUR: Final = 3_600 * SECOND
DAY: Final = 24 * HOUR
EARLIEST_MOMENT: Final = (datetime(1990, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND
LATEST_MOMENT: Final = (datetime.max.replace(tzinfo=UTC) - EPOCH) // MICROSECOND

_RFC_3339: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ]((?:[01]\d|2[0-3]):\d\d:\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):?(\d\d))", re.ASCII
)
_HOURS_OF_A_DAY: Final = 24
_MINUTES_OF_AN_HOUR: Final = 60
_DIGITS_OF_A_MICROSECOND: Final = 6


def moment_of(text: object) -> int | None:
    """Return the microseconds from the Unix epoch to an RFC 3339 time with a zone.

    Finer fractions are rounded half up. Returns ``None`` for anything that is no such time.
    """
    match = _RFC_3339.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    day, clock, fraction, sign, zone_hours, zone_minutes = match.groups()
    try:
        local = datetime.fromisoformat(f"{day}T{clock}+00:00")
    except ValueError:
        return None
    moment = (local - EPOCH) // MICROSECOND
    if fraction:
        digits = fraction[: _DIGITS_OF_A_MICROSECOND + 1].ljust(_DIGITS_OF_A_MICROSECOND + 1, "0")
        moment += (int(digits) + 5) // 10
    if sign:
        hours, minutes = int(zone_hours), int(zone_minutes)
        if hours >= _HOURS_OF_A_DAY or minutes >= _MINUTES_OF_AN_HOUR:
            return None
        offset = timedelta(hours=hours, minutes=minutes) // MICROSECOND
        moment += offset if sign == "-" else -offset
    return moment


def text_of(moment: int) -> str:
    """A moment as the snapshot shows it."""
    return (EPOCH + moment * MICROSECOND).isoformat().replace("+00:00", "Z")
