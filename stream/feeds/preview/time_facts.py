"""What the times of a log's events tell, before they are put in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from stream.feeds.replay import ReplayedEvent
from stream.windows.moments import DAY, to_text

_CLEAR_MAJORITY: Final = 0.9


@dataclass(frozen=True, slots=True)
class TimeFacts:
    """The span of the events, in microseconds, and how they lie in it.

    ``recent`` events happened in the 30 days before the present. ``equal`` ones, of different rows, share subject and
    time with another one. ``rising`` and ``falling`` count the steps in time from a row of a subject to its next one
    in the file; the time of a row is that of its last event.
    """

    first: int
    last: int
    recent: int
    equal: int
    rising: int
    falling: int

    @property
    def is_newest_first(self) -> bool:
        """Whether the rows of a subject come in reverse, but for a few."""
        return self.falling > 0 and self.falling >= _CLEAR_MAJORITY * (self.rising + self.falling)

    @property
    def is_oldest_first(self) -> bool:
        """Whether the rows of a subject come in the order of time, but for a few."""
        return self.rising > 0 and self.rising >= _CLEAR_MAJORITY * (self.rising + self.falling)

    @property
    def is_unordered(self) -> bool:
        """Whether the rows of a subject come in no order of time."""
        return self.rising + self.falling > 0 and not self.is_newest_first and not self.is_oldest_first

    def as_json(self) -> dict[str, Any]:
        """The facts for scripts."""
        return {
            "first": to_text(self.first),
            "last": to_text(self.last),
            "in_the_last_30_days": self.recent,
            "equal_times": self.equal,
            "newest_first": self.is_newest_first,
            "unordered": self.is_unordered,
        }


def time_facts(events: Sequence[ReplayedEvent], now: int) -> TimeFacts | None:
    """The facts about events in the order of the file, at ``now`` (microseconds); ``None`` if there are none."""
    if not events:
        return None
    rising, falling = _steps(events)
    sharing: defaultdict[tuple[bytes, int], list[bytes]] = defaultdict(list)
    for event in events:
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


def _steps(events: Sequence[ReplayedEvent]) -> tuple[int, int]:
    """How often a row of a subject is later, and how often earlier, than the row before of the same subject."""
    last: dict[bytes, tuple[str, int]] = {}
    before: dict[bytes, int] = {}
    rising = falling = 0
    for event in events:
        row, time = _row_of(event.value), event.time
        known = last.get(event.key)
        if known is not None and known[0] == row:
            last[event.key] = row, max(known[1], time)
            continue
        if known is not None:
            earlier = before.get(event.key)
            rising += earlier is not None and known[1] > earlier
            falling += earlier is not None and known[1] < earlier
            before[event.key] = known[1]
        last[event.key] = row, time
    for key, (_, time) in last.items():
        rising += key in before and time > before[key]
        falling += key in before and time < before[key]
    return rising, falling


def _are_of_several_rows(values: Sequence[bytes]) -> bool:
    return len(set(map(_row_of, values))) > 1


def _row_of(value: bytes) -> str:
    # The events of one row have ids that differ in their end alone, the name of the type.
    return str(orjson.loads(value)["id"]).partition(":ticket.")[0].partition(":survey.")[0]
