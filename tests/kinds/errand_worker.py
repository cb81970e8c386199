"""Errands in this process: a partition of them, restarted at will, and a recount of its stock by the minute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import orjson

from stream.core import Core
from stream.metrics.view import WorkerView
from stream.settings.settings import new_settings
from stream.settings.shared import SharedSettings
from stream.state.checkpoint import DEFAULT_PACE, Pace
from stream.state.kind import Workplace
from stream.state.partition import Outcome
from stream.state.records import RecordLimits
from stream.state.rows import MemoryRows, Row
from stream.state.value_desks import ValueDesks
from stream.windows.clock import Clock, EventClock, WallClock
from stream.windows.moments import MINUTE, to_microseconds
from stream.windows.sliding import WINDOWS
from tests.kinds.errands.definition import Errands
from tests.kinds.errands.desk import ErrandDesk
from tests.kinds.worker import UNLIMITED, records_of

LATE_ENOUGH: Final = 1 << 61
DEFAULT_LIMITS: Final = RecordLimits()

ByMeans = dict[str, int]
Read = tuple[ByMeans, dict[str, tuple[ByMeans, ByMeans]]]
"""Levels now; before each window, and the integral over it in minutes. All by means, without zeros."""


class ErrandsUnder(Errands):
    """Errands under settings that no file has; ``fingerprint`` stands for them."""

    def __init__(self, fingerprint: bytes) -> None:
        self._fingerprint = fingerprint

    def new_group(self, workplace: Workplace) -> ValueDesks:
        return ValueDesks(self, workplace, lambda context: ErrandDesk(context, 0))

    def settings_content(self, _settings: SharedSettings) -> dict[str, Any]:
        return {"fingerprint": self._fingerprint.hex()}


class MovableClock(WallClock):
    """A wall clock that shows what it is set to, in microseconds."""

    def __init__(self, moment: int) -> None:
        super().__init__(lambda: self.moment * 1_000, lambda: 0)
        self.moment = moment


class ErrandWorker:
    """A partition of errands; ``rows`` are those that it has appended, batch by batch."""

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        rows: Iterable[Sequence[Row]] = (),
        events_between: int | None = None,
        fingerprint: bytes = b"",
        limits: RecordLimits = DEFAULT_LIMITS,
    ) -> None:
        self.rows = [list(batch) for batch in rows]
        self.core = Core(
            new_settings(),
            clock=clock or EventClock(),
            kinds=(ErrandsUnder(fingerprint),),
            limits=limits,
            pace=DEFAULT_PACE if events_between is None else Pace(events_between, bytes_an_event=1 << 30),
        )
        self.state = self.core.new_state("errands", MemoryRows())
        if self.rows:
            self.state.load(row for batch in self.rows for row in batch)
            self.state.loaded()

    def take(self, *values: str, first: int | None = None) -> Outcome:
        """Take records in as one batch, which follow those that it has unless ``first`` is the offset of the first."""
        records = records_of(map(str.encode, values), self.state.applied_offset + 1 if first is None else first)
        outcome = self.state.take_in(records, wall_now=LATE_ENOUGH, row_bytes=UNLIMITED)
        assert not outcome.rejections
        self.rows.append(outcome.rows)
        return outcome

    def turn(self) -> None:
        """What the timer does."""
        self.rows.append(self.state.advance(caught_up=True).rows)

    def view(self) -> WorkerView:
        """What is known now."""
        return self.core.view({"errands": [self.state]})

    def read(self) -> Read:
        """The stock as it can be read now."""
        view, name = self.view(), "errands_under_way"
        levels = {means: level for (means,), level in view.levels().get(name, {}).items()}
        windows = {}
        for shape in WINDOWS:
            totals = view.stocks(shape.name).totals.get(name, {})
            before = {means: total.before for (means,), total in totals.items() if total.before}
            assert not any(total.integral % MINUTE for total in totals.values())
            windows[shape.name] = before, {m: t.integral // MINUTE for (m,), t in totals.items() if t.integral}
        return levels, windows


def recount(values: Iterable[str], now: int) -> Read:
    """What can be read at ``now`` (microseconds), by looking at each minute; all happens on whole minutes."""
    begun: dict[str, tuple[int, str]] = {}
    done: dict[str, int] = {}
    for value in values:
        event = orjson.loads(value)
        subject, minute = event["subject"], _minute(event["time"])
        if event["type"] == "helpdesk.errand.begun.v1":
            means = event["data"].get("means") or "none"
            begun[subject] = min(begun.get(subject, (minute, means)), (minute, means))
        else:
            done[subject] = min(done.get(subject, minute), minute)
    errands = [(first, done.get(subject, LATE_ENOUGH), means) for subject, (first, means) in begun.items()]
    last = now // MINUTE
    longest = max(shape.length for shape in WINDOWS) // MINUTE
    by_minute = [_levels(errands, minute) for minute in range(last - longest, last + 1)]
    windows = {}
    for shape in WINDOWS:
        covered = by_minute[-1 - shape.length // MINUTE : -1]
        integral: Counter[str] = Counter()
        for levels in covered:
            integral.update(levels)
        windows[shape.name] = covered[0], dict(integral)
    return by_minute[-1], windows


def _levels(errands: Iterable[tuple[int, int, str]], minute: int) -> ByMeans:
    levels: dict[str, int] = {}
    for first, end, means in errands:
        if first <= minute < end:
            levels[means] = levels.get(means, 0) + 1
    return levels


def _minute(time: str) -> int:
    return to_microseconds(datetime.fromisoformat(time)) // MINUTE
