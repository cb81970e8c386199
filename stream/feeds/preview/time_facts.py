"""What the times of a log's events tell, before they are put in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from stream.feeds.replay import ReplayedEvent
from stream.windows.moments import DAY, to_text


@dataclass(frozen=True, slots=True)
class TimeFacts:
    """The span of the events, in microseconds, and how they lie in it.

    ``recent`` events happened in the 30 days before the present. ``equal`` ones, of different rows, share subject and
    time with another one. ``rising`` and ``falling`` count the steps in time from an event of a subject to the next
    one in the file.
    """

    first: int
    last: int
    recent: int
    equal: int
    rising: int
    falling: int

    @property
    def is_newest_first(self) -> bool:
        """Whether the events of a subject mostly come in reverse."""
        return self.falling > self.rising

    def as_json(self) -> dict[str, Any]:
        """The facts for scripts."""
        return {
            "first": to_text(self.first),
            "last": to_text(self.last),
            "in_the_last_30_days": self.recent,
            "equal_times": self.equal,
            "newest_first": self.is_newest_first,
        }


def time_facts(events: Sequence[ReplayedEvent], now: int) -> TimeFacts | None:
    """The facts about events in the order of the file, at ``now`` (microseconds); ``None`` if there are none."""
    if not events:
        return None
    previous: dict[bytes, int] = {}
    rising = falling = 0
    sharing: defaultdict[tuple[bytes, int], list[bytes]] = defaultdict(list)
    for event in events:
        before = previous.get(event.key)
        if before is not None:
            rising += event.time > before
            falling += event.time < before
        previous[event.key] = event.time
        sharing[event.key, event.time].append(event.value)
    times = [event.time for event in events]
    return TimeFacts(
        first=min(times),
        last=max(times),
        recent=sum(time > now - 30 * DAY for time in times),
        equal=sum(len(values) for values in sharing.values() if len(values) > 1 and _are_of_several_rows(values)),
        rising=rising,
        falling=falling,
    )


def _are_of_several_rows(values: Sequence[bytes]) -> bool:
    # The events of one row have ids that differ in their end alone, the name of the type.
    return (
        len({str(orjson.loads(value)["id"]).partition(":ticket.")[0].partition(":survey.")[0] for value in values}) > 1
    )
