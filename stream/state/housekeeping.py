"""What a partition does at a pace: it writes a checkpoint, and lets entities go that may leave."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from itertools import islice
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
        self._sweep: Iterator[bytes] = iter(())

    def note(self, records: int) -> None:
        """So many records were taken in."""
        self._since += records

    @property
    def is_due(self) -> bool:
        """Whether a checkpoint is due."""
        return self._since >= self._until

    def rows(self, aggregates: Aggregates, most_bytes: int) -> list[Row]:
        """The rows of a checkpoint and of what may leave with it; none if they come to more than ``most_bytes``."""
        since, self._since = self._since, 0
        number = self._desk.checkpoint + 1
        rows = list(self._checkpoints.rows(number, aggregates.windows, aggregates.stocks, self._stored))
        size = sum(len(row.key) + len(row.value or b"") for row in rows)
        self._until = max(self._pace.least_events, size // self._pace.bytes_an_event)
        if size > most_bytes:
            logger.warning(
                "A checkpoint of a partition's %ss takes %d bytes, and no more than %d fit into an append: it is left"
                " out, so a restart takes long and nothing old leaves the state; give the topic more partitions"
                " (deskpulse topics grow) or lower labels.combinations",
                *(self._desk.noun, size, most_bytes),
            )
            aggregates.all_changed()
            return []
        self._desk.checkpoint = number
        self._desk.settled_before = aggregates.stocks.settled_before
        return [*rows, *self._departures(2 * since, since, most_bytes // 4)]

    def _departures(self, look_at: int, most: int, most_bytes: int) -> Iterator[Row]:
        """The rows of the entities that leave, among the next ones to look at, and of what they leave behind."""
        departed = Departed(self._stored, self._local_days, self._registry, self._checkpoints, self._clock.now())
        left = 0
        for key in self._next_entities(look_at):
            value = self._stored.get(key)
            contributions = None if value is None else self._desk.depart(key, value)
            if contributions is not None:
                departed.add(contributions)
                yield Row(key, None)
                left += 1
                if left == most or departed.touched > most_bytes:
                    break
        yield from departed.rows()

    def _next_entities(self, count: int) -> Iterator[bytes]:
        """The keys of the entities round which the sweep goes, from where it last was."""
        keys = list(islice(self._sweep, count))
        if len(keys) < count:
            self._sweep = self._stored.keys(ENTITY)
            keys += islice(self._sweep, count - len(keys))
        return iter(keys)
