"""What the entities of a partition add up to: windows and stocks, and how they are worked out from the rows."""

from __future__ import annotations

from typing import Any, Final

from stream.state.checkpoint import Checkpoints
from stream.state.departed import restore_departed, restore_departed_since
from stream.state.desk import Desk
from stream.state.rows import ENTITY
from stream.windows.clock import Clock
from stream.windows.local_days import LocalDays
from stream.windows.sliding import WINDOWS, WindowSet
from stream.windows.stocks import Stocks

_CHUNK: Final = 500
_LENGTHS: Final = tuple(shape.length for shape in WINDOWS)


class Aggregates:
    """The ``windows`` and ``stocks`` over the entities of a desk, at the time of a clock."""

    def __init__(self, desk: Desk[Any], clock: Clock, local_days: LocalDays, checkpoints: Checkpoints) -> None:
        self._desk = desk
        self._clock = clock
        self._local_days = local_days
        self._checkpoints = checkpoints
        self.windows = WindowSet(local_days)
        self.stocks = Stocks(_LENGTHS)

    def advance(self) -> None:
        """Move on to the clock's time, or back."""
        now = self._clock.now()
        self.windows.advance(now)
        self.stocks.advance(now)
        self._desk.windowed_settled_before = self.stocks.windowed.settled_before

    @property
    def lack_past(self) -> bool:
        """Whether the time went back so far that they must be worked out anew."""
        return self.windows.lacks_panes or self.stocks.lacks_buckets

    def all_changed(self) -> None:
        """Whatever was written down of them is of no use."""
        self.windows.all_changed()
        self.stocks.all_changed()

    def update(self) -> None:
        """Move to the clock's time and add what the desk has collected."""
        self.advance()
        self._add()

    def restore(self) -> int:
        """Fill them, and the desk, from the rows: the last checkpoint if it can be used, and the entities.

        Returns how many entities had to be worked out anew because it cannot.
        """
        desk, rows = self._desk, self._desk.rows
        head = self._checkpoints.head(rows)
        checkpoint = None
        if head is not None:
            desk.checkpoint = head.number
            if self._checkpoints.restore(head, rows, self.windows, self.stocks):
                self.advance()
                if self.lack_past:
                    self.windows, self.stocks = WindowSet(self._local_days), Stocks(_LENGTHS)
                else:
                    checkpoint = head.number
                    restore_departed_since(rows, self.windows.days, self._checkpoints, checkpoint)
        if checkpoint is None:
            restore_departed(rows, self.windows.days, self._checkpoints)
        self.advance()
        count = 0
        for count, (key, value) in enumerate(rows.scan(ENTITY), 1):
            desk.restore(key, value, checkpoint)
            if not count % _CHUNK:
                self._add()
        desk.restored()
        self.update()
        if checkpoint is not None:
            return 0
        self.all_changed()
        return count

    def rebuild(self) -> None:
        """Work them out anew from the rows."""
        desk = self._desk
        self.windows, self.stocks = WindowSet(self._local_days), Stocks(_LENGTHS)
        restore_departed(desk.rows, self.windows.days, self._checkpoints)
        self.advance()
        for _, value in desk.rows.scan(ENTITY):
            contributions, steps, windowed_steps = desk.all_in(value)
            self.windows.apply(contributions)
            self.stocks.apply(steps)
            self.stocks.windowed.apply(windowed_steps)
        self.all_changed()

    def _add(self) -> None:
        desk = self._desk
        self.windows.apply(desk.contributions)
        desk.contributions.clear()
        if desk.steps:
            self.stocks.apply(desk.steps)
            desk.steps.clear()
        if desk.windowed_steps:
            self.stocks.windowed.apply(desk.windowed_steps)
            desk.windowed_steps.clear()
