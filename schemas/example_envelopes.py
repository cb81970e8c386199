"""The envelopes of the golden examples."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Final, TypedDict

TICKETS_SOURCE: Final = "https://help.example.com/tickets"


class Attributes(TypedDict):
    """The envelope of an example without what every event has in common."""

    id: str
    source: str
    subject: str
    time: datetime
    recordedtime: datetime | None


class SourceAttributes(Attributes):
    """The same of an event that deskpulse reads."""

    sequence: str


class Few(TypedDict):
    """The envelope of an example with only what an event must have."""

    id: str
    source: str
    subject: str
    time: datetime


def full(number: int, subject: str, time: datetime, source: str = TICKETS_SOURCE) -> SourceAttributes:
    """Every attribute of an example."""
    return {
        "id": f"evt-{number}",
        "source": source,
        "subject": subject,
        "time": time,
        "recordedtime": time.astimezone(UTC) + timedelta(milliseconds=840),
        "sequence": f"{number:020}",
    }


def few(number: int, subject: str, time: datetime, source: str = TICKETS_SOURCE) -> Few:
    """The attributes that an example must have."""
    return {"id": f"evt-{number}", "source": source, "subject": subject, "time": time}


def at(day: int, hour: int, minute: int, second: int, zone: timezone = UTC) -> datetime:
    """A time in the month of the examples."""
    return datetime(2026, 3, day, hour, minute, second, tzinfo=zone)
