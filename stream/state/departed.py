"""What entities contributed that have left: sums by local day, which no restart can work out again.

What entities contributed that came after a checkpoint and left before the next lies in rows of their own, by the number
of the checkpoint that lacks it: a restart that goes on from that checkpoint adds these, one without a checkpoint adds
all there are. The checkpoints that follow have it in their days.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import Final

from stream.state.checkpoint import Checkpoints
from stream.state.departed_rows import add_departed, encode_departed
from stream.state.desk import Leaving
from stream.state.rows import DEPARTED, SINCE, Row, RowStore
from stream.windows.daily_totals import REPORT_DAYS, DailyTotals, Totals
from stream.windows.local_days import LocalDays
from stream.windows.series import SUM, SeriesRegistry

_KEY: Final = Struct(">cI")
_SINCE_KEY: Final = Struct(">cII")
_OLDER: Final = 0


class Departed:
    """Adds what entities leave behind to the rows of a partition, whose last checkpoint has the number ``checkpoint``.

    Entities leave so late that they are out of every rolling window; what stays of them are days of the
    report, and one sum of all days that the report does not reach back to at ``now`` (microseconds).
    ``touched`` is the size in bytes of the rows that are to be written again.
    """

    def __init__(
        self,
        rows: RowStore,
        local_days: LocalDays,
        registry: SeriesRegistry,
        checkpoints: Checkpoints,
        now: int,
        checkpoint: int,
    ) -> None:
        self._stored = rows
        self._checkpoints = checkpoints
        self._checkpoint = checkpoint
        self._local_days = local_days
        self._registry = registry
        self._oldest = local_days.day_of(now) - REPORT_DAYS
        self._changed: dict[bytes, Totals] = {}
        self.touched = 0

    def add(self, leaving: Leaving) -> None:
        """Take over what an entity contributed."""
        day_of = self._local_days.day_of
        for slot, at, count, duration in leaving.contributions:
            day = day_of(at)
            totals = self._totals(self._key(day if day > self._oldest else _OLDER, is_new=leaving.is_new))
            totals[slot] += count
            if duration:
                totals[slot | SUM] += duration

    def rows(self) -> Iterator[Row]:
        """The rows that change."""
        if not self._changed:
            return
        for key, since in self._older_keys():
            self._add_row(key, self._totals(self._key(_OLDER, is_new=since == self._checkpoint)))
            yield Row(key, None)
        for key, totals in self._changed.items():
            yield Row(key, encode_departed(totals, self._registry, self._checkpoints.labels))

    def _key(self, day: int, *, is_new: bool) -> bytes:
        return _SINCE_KEY.pack(SINCE, self._checkpoint, day) if is_new else _KEY.pack(DEPARTED, day)

    def _totals(self, key: bytes) -> Totals:
        totals = self._changed.get(key)
        if totals is None:
            totals = self._changed[key] = Totals(int)
            self._add_row(key, totals)
        return totals

    def _add_row(self, key: bytes, into: Totals) -> None:
        value = self._stored.get(key)
        if value is not None:
            self.touched += len(value)
            add_departed(value, self._checkpoints.slot, into)

    def _older_keys(self) -> Iterator[tuple[bytes, int | None]]:
        """The keys of days that the report does not reach back to, with the number of the checkpoint that lacks them.

        There is none for what every checkpoint has. Left out is the one sum of such days, which is to be added to.
        """
        for key in self._stored.keys(DEPARTED):
            if _OLDER < _KEY.unpack(key)[1] <= self._oldest:
                yield key, None
        for key in self._stored.keys(SINCE):
            _, since, day = _SINCE_KEY.unpack(key)
            if day <= self._oldest and (since, day) != (self._checkpoint, _OLDER):
                yield key, since


def restore_departed(rows: RowStore, days: DailyTotals, checkpoints: Checkpoints) -> None:
    """Add what departed entities left behind to ``days``, with label values folded as they are today."""
    for key, value in rows.scan(DEPARTED):
        add_departed(value, checkpoints.folded_slot, days.of_day(_KEY.unpack(key)[1]))
    for key, value in rows.scan(SINCE):
        add_departed(value, checkpoints.folded_slot, days.of_day(_SINCE_KEY.unpack(key)[2]))


def restore_departed_since(rows: RowStore, days: DailyTotals, checkpoints: Checkpoints, checkpoint: int) -> None:
    """Add to ``days`` what the checkpoint of a number, of which they are, lacks of departed entities."""
    for key, value in rows.scan(SINCE):
        _, number, day = _SINCE_KEY.unpack(key)
        if number == checkpoint:
            add_departed(value, checkpoints.folded_slot, days.of_changed_day(day))
