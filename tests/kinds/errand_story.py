"""Errands as a helpdesk would tell of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from tests.event_records import record

START: Final = datetime(2026, 3, 2, 8, tzinfo=UTC)
MEANS: Final = ("on foot", "bicycle", "van")
ERRANDS: Final = 60
NOW: Final = 649
"""When the last of the story happens, in minutes after the start."""

FINISHED: Final = tuple(number for number in range(ERRANDS) if number % 6)


def begun(number: int, minutes: float, **data: object) -> str:
    """An errand begins so many minutes after the start."""
    return _event("begun", number, minutes, data)


def done(number: int, minutes: float) -> str:
    """An errand ends so many minutes after the start."""
    return _event("done", number, minutes, {})


def story() -> list[str]:
    """Sixty errands, one every ten minutes, each a minute longer than the last; each sixth is still under way."""
    values = []
    for number in range(ERRANDS):
        values.append(begun(number, 10 * number, team="post", means=MEANS[number % len(MEANS)]))
        if number in FINISHED:
            values.append(done(number, 10 * number + number))
    return values


def _event(what: str, number: int, minutes: float, data: object) -> str:
    time = (START + timedelta(minutes=minutes)).isoformat()
    return record(f"helpdesk.errand.{what}.v1", f"E-{number}", time, data).decode()
