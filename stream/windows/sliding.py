"""Sliding windows made of panes, with running totals.

A contribution is ``(slot, at, count, duration)``: in the pane of the time ``at`` it adds ``count`` to the
slot, and ``duration`` (microseconds, zero if it is none) to the slot of the same series that holds the sum.
A retraction is the same contribution with both negated. Each window keeps the sum over the panes
that it covers, adding new contributions as they come and taking a pane's sums away when the pane falls
out, so reading a window costs its slots and not its events.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from stream.windows.daily_totals import DailyTotals, Totals, add_totals, keys_between
from stream.windows.local_days import LocalDays
from stream.windows.moments import DAY, HOUR, MICROSECONDS, MINUTE
from stream.windows.series import SUM

Contribution = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class WindowShape:
    """A rolling window: its name, its length and the length of a pane, both in microseconds.

    At the time ``now`` it covers the panes ``floor(now / pane) - length / pane < i <= floor(now / pane)``.
    """

    name: str
    length: int
    pane: int


WINDOWS: Final[tuple[WindowShape, ...]] = (
    WindowShape("5m", 5 * MINUTE, 3 * MICROSECONDS),
    WindowShape("1h", HOUR, 30 * MICROSECONDS),
    WindowShape("24h", DAY, 15 * MINUTE),
    WindowShape("7d", 7 * DAY, 2 * HOUR),
    WindowShape("30d", 30 * DAY, 6 * HOUR),
)
"""The closed set of windows; their edges are sharp to about one percent of their length."""

LIFETIME: Final = "lifetime"
"""The name of the totals over everything that ever contributed."""

SPARE: Final = MINUTE
"""For how long panes are kept that have left their window: so far the time may go back and nothing is missing."""


class SlidingWindow:
    """The panes of one window and their running total; ``changed`` are the panes added to since it was cleared.

    The window covers the panes after ``oldest`` up to ``newest``. Of those before it, the ones after ``forgotten`` are
    kept in case that the time goes back.
    """

    __slots__ = (
        "_pane_count",
        "_spare",
        "changed",
        "forgotten",
        "newest",
        "oldest",
        "pane",
        "panes",
        "shape",
        "totals",
    )

    def __init__(self, shape: WindowShape) -> None:
        self.shape = shape
        self.pane = shape.pane
        self._pane_count = shape.length // shape.pane
        self._spare = -(-SPARE // shape.pane)
        self.newest = 0
        self.oldest = -self._pane_count
        self.forgotten = self.oldest - self._spare
        self.panes: dict[int, Totals] = {}
        self.changed: set[int] = set()
        self.totals: Totals = defaultdict(int)

    def advance(self, now: int) -> None:
        """Move the window's end to ``now``. Where that goes back beyond the panes kept, the window `lacks_panes`."""
        newest = now // self.pane
        if newest == self.newest:
            return
        oldest = newest - self._pane_count
        self._move(self.totals, newest, oldest)
        if newest > self.newest:
            forgotten = oldest - self._spare
            if forgotten > self.forgotten:
                for index in keys_between(self.panes, self.forgotten, forgotten):
                    del self.panes[index]
                self.forgotten = forgotten
        self.newest = newest
        self.oldest = oldest

    @property
    def lacks_panes(self) -> bool:
        """Whether panes that the window covers have been forgotten."""
        return self.oldest < self.forgotten

    def totals_at(self, now: int) -> Totals:
        """The totals as they are once the window ends at ``now``; it stays where it is."""
        newest = now // self.pane
        if newest == self.newest:
            return self.totals
        totals = self.totals.copy()
        self._move(totals, newest, newest - self._pane_count)
        return totals

    def _move(self, totals: Totals, newest: int, oldest: int) -> None:
        """Take totals of the present panes to those after ``oldest`` up to ``newest``."""
        if newest > self.newest:
            self._add(totals, keys_between(self.panes, self.newest, newest))
            self._take_away(totals, keys_between(self.panes, self.oldest, oldest))
        else:
            self._take_away(totals, keys_between(self.panes, newest, self.newest))
            self._add(totals, keys_between(self.panes, oldest, self.oldest))

    def _add(self, totals: Totals, indices: Iterable[int]) -> None:
        for index in indices:
            add_totals(totals, self.panes[index])

    def _take_away(self, totals: Totals, indices: Iterable[int]) -> None:
        for index in indices:
            for slot, amount in self.panes[index].items():
                left = totals[slot] - amount
                if left:
                    totals[slot] = left
                else:
                    del totals[slot]


class WindowSet:
    """Every window, the lifetime and the days of one partition."""

    __slots__ = ("_windows", "days")

    def __init__(self, local_days: LocalDays) -> None:
        self._windows = tuple(SlidingWindow(shape) for shape in reversed(WINDOWS))
        self.days = DailyTotals(local_days)

    def advance(self, now: int) -> None:
        """Move every window's end to ``now``, which may lie before the present end."""
        for window in self._windows:
            window.advance(now)
        self.days.advance(now)

    @property
    def end(self) -> int:
        """The beginning of the newest pane of the shortest window, in microseconds: about where all of them end."""
        return max(window.newest * window.pane for window in self._windows)

    @property
    def lacks_panes(self) -> bool:
        """Whether the time went back so far that the windows must be worked out anew."""
        return any(window.lacks_panes for window in self._windows)

    def apply(self, contributions: Iterable[Contribution]) -> None:
        """Add contributions to every window that their time lies in."""
        day_totals = self.days.totals_at
        # Most of what is worked out anew lies before all windows.
        earliest = (self._windows[0].forgotten + 1) * self._windows[0].pane
        last_at = None
        targets: list[Totals] = []
        for slot, at, count, duration in contributions:
            if at != last_at:
                last_at = at
                targets = [day_totals(at)]
                if at >= earliest:
                    self._add_panes(at, targets)
            if duration:
                sum_slot = slot | SUM
                for target in targets:
                    target[slot] += count
                    target[sum_slot] += duration
            else:
                for target in targets:
                    target[slot] += count

    def _add_panes(self, at: int, targets: list[Totals]) -> None:
        """Add the panes, and the totals of the windows, that a time lies in."""
        for window in self._windows:
            index = at // window.pane
            if index <= window.forgotten:
                break
            pane = window.panes.get(index)
            if pane is None:
                pane = window.panes[index] = defaultdict(int)
            window.changed.add(index)
            targets.append(pane)
            if window.oldest < index <= window.newest:
                targets.append(window.totals)

    def panes(self) -> Iterator[tuple[int, int]]:
        """Every pane there is, as the place of its window in ``WINDOWS`` and its number."""
        return ((place, index) for place, window in enumerate(self._windows) for index in window.panes)

    def changed_panes(self) -> Iterator[tuple[int, int, Totals]]:
        """The panes added to since this was last asked, with their totals."""
        for place, window in enumerate(self._windows):
            changed, window.changed = window.changed, set()
            for index in changed:
                pane = window.panes.get(index)
                if pane is not None:
                    yield place, index, pane

    def all_changed(self) -> None:
        """Whatever was written down of the panes and days is of no use."""
        for window in self._windows:
            window.changed.update(window.panes)
        self.days.all_changed()

    def new_pane(self, place: int, index: int) -> Totals:
        """An empty pane of a set of windows that was not advanced yet, to be filled."""
        pane = self._windows[place].panes[index] = defaultdict(int)
        return pane

    def totals(self) -> dict[str, Mapping[int, int]]:
        """The totals by slot of every window and of the lifetime; slots may hold zero."""
        return {name: self.totals_of(name) for name in (*(shape.name for shape in WINDOWS), LIFETIME)}

    def totals_of(self, name: str) -> Totals:
        """The totals by slot of one window or of the lifetime; slots may hold zero."""
        for window in self._windows:
            if window.shape.name == name:
                return window.totals
        return self.lifetime

    def totals_at(self, name: str, now: int) -> Totals:
        """The totals by slot of one window as they are at ``now``, without moving it; slots may hold zero."""
        for window in self._windows:
            if window.shape.name == name:
                return window.totals_at(now)
        raise LookupError(name)

    @property
    def lifetime(self) -> Totals:
        """The totals over everything that ever contributed."""
        return self.days.sum()
