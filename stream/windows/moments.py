"""Moments and spans as whole microseconds, the one unit of time inside deskpulse.

Integers make every sum exact, so that what is retracted cancels what was applied to the last digit.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

MICROSECONDS: Final = 1_000_000
MINUTE: Final = 60 * MICROSECONDS
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)


def to_microseconds(moment: datetime) -> int:
    """Microseconds since the Unix epoch of a moment that has a zone."""
    return (moment - EPOCH) // MICROSECOND


def from_microseconds(microseconds: int) -> datetime:
    """The moment in UTC of microseconds since the Unix epoch."""
    return EPOCH + microseconds * MICROSECOND


def to_seconds(microseconds: int) -> float:
    """A span or moment in seconds, the unit of everything that is exported."""
    return microseconds / MICROSECONDS


def to_text(microseconds: int) -> str:
    """A moment as RFC 3339 in UTC, for instance ``2026-01-02T03:04:05Z``."""
    return from_microseconds(microseconds).isoformat().replace("+00:00", "Z")
