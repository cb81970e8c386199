"""What a partition does at a pace: it writes a checkpoint, and lets entities go that may leave."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import Any, Final

from stream.state.aggregates import Aggregates
from stream.state.checkpoint import Checkpoints, Pace
from stream.state.departed import Departed
from stream.state.desk import Desk
from stream.state.rows import ENTITY, Row
from stream.windows.clock import Clock
from stream.windows.local_days import LocalDays
from stream.windows.series import SeriesRegistry

logger: Final = logging.getLogger(__name__)


class Housekeeping:
    """Makes the rows of checkpoints and departures, at a ``pace``."""

    def __init__(
        self,
        desk: Desk[Any],
        clock: Clock,
        local_days: LocalDays,
        checkpoints: Checkpoints,
        registry: SeriesRegistry,
        pace: Pace,
    ) -> None:
        self._desk = desk
        self._stored = desk.rows
        self._clock = clock
        self._local_days = local_days
        self._checkpoints = checkpoints
        self._registry = registry
        self._pace = pace
        self._until = pace.least_events
        self._since = 0
        self._sweep_after = self._least_sweep = min(pace.least_sweep, pace.least_events)
        self._unswept = 0
        self._earliest: int | None = None
        self._sweep: Iterator[bytes] = iter(())

    def note(self, records: int, earliest: int) -> None:
        """So many records were taken in, none of them of an event before ``earliest`` (microseconds)."""
        self._since += records
        self._unswept += records
        self._earliest = earliest if self._earliest is None else min(self._earliest, earliest)

    @property
    def is_due(self) -> bool:
        """Whether a checkpoint is due, or a look at what may leave."""
        return self._since >= self._until or self._unswept >= self._sweep_after

    def rows(self, aggregates: Aggregates, most_bytes: int) -> list[Row]:
        """The rows of a checkpoint, unless none is due or it comes to more than ``most_bytes``, and of what leaves."""
        self._desk.settled_before = aggregates.stocks.settled_before
        checkpoint = self._checkpoint(aggregates, most_bytes) if self._since >= self._until else []
        return [*checkpoint, *self._departed(most_bytes // 4)]

    def _checkpoint(self, aggregates: Aggregates, most_bytes: int) -> list[Row]:
        self._since = 0
        number = self._desk.checkpoint + 1
        rows = list(self._checkpoints.rows(number, aggregates.windows, aggregates.stocks, self._stored))
        size = _size_of(rows)
        self._until = max(self._pace.least_events, size // self._pace.bytes_an_event)
        if size > most_bytes:
            logger.warning(
                "A checkpoint of a partition's %ss takes %d bytes, and no more than %d fit into an append: it is left"
                " out, so a restart takes long; give the topic more partitions (deskpulse topics grow) or lower"
                " labels.combinations",
                *(self._desk.noun, size, most_bytes),
            )
            aggregates.all_changed()
            return []
        self._desk.checkpoint = number
        return rows

    def _departed(self, most_bytes: int) -> list[Row]:
        """The rows of the entities that leave, among the next ones to look at, and of what they leave behind."""
        desk, pace = self._desk, self._pace
        if self._earliest is None or desk.horizon <= self._earliest:
            # As long as even the first event is too young, a look at each would find nothing.
            desk.arrived = self._unswept = 0
            return []
        looks = pace.looks_an_arrival * desk.arrived + self._unswept // pace.events_a_look + 1
        departed = Departed(
            self._stored, self._local_days, self._registry, self._checkpoints, self._clock.now(), desk.checkpoint
        )
        left, freed = [], 0
        for key in self._next_entities(looks):
            value = self._stored.get(key)
            leaving = None if value is None else desk.depart(key, value)
            if value is not None and leaving is not None:
                departed.add(leaving)
                left.append(Row(key, None))
                freed += len(value)
                if departed.touched > most_bytes:
                    break
        rows = list(departed.rows())
        desk.arrived = self._unswept = 0
        # Whatever leaves has to be written once more; only what it takes beyond what it held has to be earned.
        self._sweep_after = max(self._least_sweep, (_size_of(rows) - freed) // pace.bytes_an_event)
        return left + rows

    def _next_entities(self, count: int) -> Iterator[bytes]:
        """The keys of the entities round which the sweep goes, from where it last was; none of them twice."""
        # Those that leave are still in the rows meanwhile.
        seen: set[bytes] = set()
        for _ in range(2):
            for key in self._sweep:
                if key not in seen:
                    seen.add(key)
                    yield key
                    if len(seen) == count:
                        return
            self._sweep = self._stored.keys(ENTITY)


def _size_of(rows: Iterable[Row]) -> int:
    return sum(len(row.key) + len(row.value or b"") for row in rows)
