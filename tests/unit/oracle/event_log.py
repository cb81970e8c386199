"""Short ways to write down the events of a log and to ask the oracle about it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

from tests.event_records import record
from tests.oracle import OracleSettings, compute

START: Final = datetime(2024, 3, 4, 12, tzinfo=UTC)
MINUTE: Final = 60
HOUR: Final = 3_600
DAY: Final = 86_400


def at(seconds: float) -> datetime:
    """The moment that many seconds after the start of the story."""
    return START + timedelta(seconds=seconds)


def ticket(kind: str, seconds: float, subject: str = "T-1", **data: object) -> bytes:
    """An event of a ticket, so many seconds after the start of the story."""
    return record(f"helpdesk.ticket.{kind}.v1", subject, at(seconds).isoformat(), data)


def survey(kind: str, seconds: float, subject: str = "S-1", **data: object) -> bytes:
    """An event of a survey, so many seconds after the start of the story."""
    return record(f"helpdesk.survey.{kind}.v1", subject, at(seconds).isoformat(), data)


def lifetime(events: Iterable[bytes], settings: OracleSettings | None = None) -> dict[str, Any]:
    """The numbers of all time."""
    return _lifetime(tuple(events), settings or OracleSettings())


@cache
def _lifetime(events: tuple[bytes, ...], settings: OracleSettings) -> dict[str, Any]:
    answer: dict[str, Any] = compute(events, settings=settings)["windows"]["lifetime"]
    return answer
