"""Warning of events that a worker will refuse because they happened before its horizon."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, Final

from stream.cli.snapshot import WorkerUnreachableError, fetch
from stream.desks.kinds import entities_of
from stream.feeds.replay import ReplayedEvent
from stream.settings.settings import Settings
from stream.windows.moments import DAY, to_microseconds, to_text

_TIMEOUT_SECONDS: Final = 2.0


def horizons_at(url: str, settings: Settings) -> dict[str, int]:
    """The latest horizon of each source topic of the settings, in microseconds, that the worker at ``url`` tells.

    None if no worker answers there, refuses the token, or holds nothing yet.
    """
    token = settings.web.bearer_token
    try:
        about = fetch(
            url.rstrip("/"),
            "/api/v1/worker",
            None if token is None else token.get_secret_value(),
            timeout=_TIMEOUT_SECONDS,
        )
        return _latest(about, settings.source_topics)
    except (WorkerUnreachableError, AttributeError, KeyError, TypeError, ValueError):
        # Whatever answers may be no worker of this version; it is asked as a courtesy.
        return {}


def _latest(about: dict[str, Any], topics: Collection[str]) -> dict[str, int]:
    return {
        topic: max(to_microseconds(datetime.fromisoformat(text)) for text in held["horizon"].values())
        for topic, held in about["topics"].items()
        if topic in topics and held["horizon"]
    }


def late_warning(events: Iterable[ReplayedEvent], horizons: dict[str, int]) -> str | None:
    """What to say of the events that happened before the horizon of their topic; ``None`` if there are none."""
    late = [event for event in events if event.time < horizons.get(event.topic, 0)]
    if not late:
        return None
    earliest = min(late, key=lambda event: event.time)
    horizon = horizons[earliest.topic]
    days = (horizon - earliest.time) // DAY + 1
    topics = {event.topic for event in late}
    entities = " and ".join(entities_of(topic) for topic in horizons if topic in topics)
    return (
        f"{len(late)} events happened before {to_text(max(horizons[event.topic] for event in late))}, which the worker "
        f"does not look back beyond: those of {entities} that it does not know become dead letters (too_late), "
        f"and where most records do, the worker stops. Raise its retention.days by {days} to take them in"
    )
