"""What entities contributed that have left: sums by local day, which no restart can work out again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from struct import Struct
from typing import Final

from stream.state.checkpoint import Checkpoints
from stream.state.departed_rows import add_departed, encode_departed
from stream.state.rows import DEPARTED, Row, RowStore
from stream.windows.daily_totals import REPORT_DAYS, DailyTotals, Totals
from stream.windows.local_days import LocalDays
from stream.windows.series import SUM, SeriesRegistry
from stream.windows.sliding import Contribution

_KEY: Final = Struct(">cI")
_OLDER: Final = 0


class Departed:
    """Adds what entities leave behind to the rows of a partition.

    Entities leave so late that they are out of every rolling window; what stays of them are days of the
    report, and one sum of all days that the report does not reach back to at ``now`` (microseconds).
    ``touched`` is the size in bytes of the rows that are to be written again.
    """

    def __init__(
        self, rows: RowStore, local_days: LocalDays, registry: SeriesRegistry, checkpoints: Checkpoints, now: int
    ) -> None:
        self._stored = rows
        self._checkpoints = checkpoints
        self._local_days = local_days
        self._registry = registry
        self._oldest = local_days.day_of(now) - REPORT_DAYS
        self._changed: dict[int, Totals] = {}
        self.touched = 0

    def add(self, left: Iterable[Contribution]) -> None:
        """Take over what an entity contributed."""
        day_of = self._local_days.day_of
        for slot, at, count, duration in left:
            day = day_of(at)
            totals = self._totals(day if day > self._oldest else _OLDER)
            totals[slot] += count
            if duration:
                totals[slot | SUM] += duration

    def rows(self) -> Iterator[Row]:
        """The rows that change."""
        if not self._changed:
            return
        for key in self._stored.keys(DEPARTED):
            day = _KEY.unpack(key)[1]
            value = self._stored.get(key)
            if _OLDER < day <= self._oldest and value is not None:
                add_departed(value, self._checkpoints.slot, self._totals(_OLDER))
                yield Row(key, None)
        for day, totals in self._changed.items():
            yield Row(_KEY.pack(DEPARTED, day), encode_departed(totals, self._registry, self._checkpoints.labels))

    def _totals(self, day: int) -> Totals:
        totals = self._changed.get(day)
        if totals is None:
            totals = self._changed[day] = Totals(int)
            value = self._stored.get(_KEY.pack(DEPARTED, day))
            if value is not None:
                self.touched += len(value)
                add_departed(value, self._checkpoints.slot, totals)
        return totals


def restore_departed(rows: RowStore, days: DailyTotals, checkpoints: Checkpoints) -> None:
    """Add what departed entities left behind to ``days``, with label values folded as they are today."""
    for key, value in rows.scan(DEPARTED):
        add_departed(value, checkpoints.folded_slot, days.of_day(_KEY.unpack(key)[1]))
