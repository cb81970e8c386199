"""What every kind of value entities is put through: deliveries, restarts and turns of the clock, against the oracle."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from hypothesis import Phase
from hypothesis import strategies as st

from stream.state.hot_entities import HOT_ENTITIES
from stream.state.partition import PartitionState
from stream.windows.clock import Clock, EventClock
from tests.kinds.kinds import KINDS_UNDER_TEST
from tests.kinds.worker import Worker, non_zero
from tests.moments import MovableClock
from tests.oracle import OracleSettings, compute, differences
from tests.property.histories import INVALID_RECORDS, Delivery, deliveries, moment
from tests.property.pictures import Changelog, take_delivery

WITHOUT_SHRINKING: Final = (Phase.explicit, Phase.reuse, Phase.generate)
PACES: Final = st.sampled_from([1, 3, 10_000])
"""After how many events a partition writes a checkpoint down."""

_MEANS_IN_MICROSECONDS: Final = 1e-5
"""The relative error that a mean of a few seconds has as a whole number of microseconds."""

Chosen = TypeVar("Chosen")
Outcome = tuple[dict[bytes, Any], dict[str, Any]]
"""What the rows of the entities say, and the numbers."""


@dataclass(frozen=True)
class KindTrial(Generic[Chosen]):
    """One kind, by its name; what is chosen for it is its part of the oracle's settings."""

    name: str
    sum_tolerance: float = _MEANS_IN_MICROSECONDS

    def worker_with(
        self,
        chosen: Chosen,
        *,
        clock: Clock | None = None,
        events_between: int | None = None,
        fingerprint: bytes = b"",
        hot: int = HOT_ENTITIES,
    ) -> Worker:
        """A worker that goes by chosen settings."""
        kinds = (kind.as_in(OracleSettings(chosen)) for kind in KINDS_UNDER_TEST if kind.name == self.name)
        return Worker(*kinds, clock=clock, events_between=events_between, fingerprint=fingerprint, hot=hot)

    def partition_of(self, worker: Worker) -> PartitionState:
        """The kind's partition of a worker."""
        return worker.states[self.name]

    def restarted(self, data: st.DataObject, chosen: Chosen, clock: Clock, changelog: Changelog) -> Worker:
        """A worker that goes on from what others have appended, with or without a checkpoint that it can use."""
        worker = self.worker_with(
            chosen,
            clock=clock,
            events_between=data.draw(PACES),
            fingerprint=data.draw(st.sampled_from([b"", b"other"])),
            hot=data.draw(st.sampled_from([1, HOT_ENTITIES])),
        )
        state = self.partition_of(worker)
        state.load(changelog.rows())
        state.loaded()
        return worker

    def differences_of(
        self, log: Iterable[bytes], chosen: Chosen, worker: Worker, now: datetime | None = None
    ) -> list[str]:
        """Where a worker's numbers are not the oracle's."""
        expected = compute(log, now=now, settings=OracleSettings(chosen))
        return differences(expected, worker.numbers(), sum_tolerance=self.sum_tolerance)

    def differences_after_delivery(
        self, data: st.DataObject, log: list[bytes], chosen: Chosen, events_between: int | None = None
    ) -> list[str]:
        """Where a worker's numbers are not the oracle's after the whole log, however it was delivered."""
        worker = self.worker_with(chosen, events_between=events_between)
        take_delivery(self.partition_of(worker), data.draw(deliveries(log, extra=INVALID_RECORDS[:4])))
        return self.differences_of(log, chosen, worker)

    def differences_at(
        self, data: st.DataObject, log: list[bytes], chosen: Chosen, turns: list[float]
    ) -> Iterator[list[str]]:
        """Where a worker's numbers are not the oracle's at each turn of its clock, and after each restart there."""
        clock = MovableClock(turns[0])
        worker = self.worker_with(chosen, clock=clock, events_between=data.draw(PACES))
        changelog = take_delivery(self.partition_of(worker), data.draw(deliveries(log)))
        for seconds in turns:
            clock.seconds = seconds
            self.partition_of(worker).advance(caught_up=True)
            yield self.differences_of(log, chosen, worker, moment(seconds))
            if data.draw(st.booleans()):
                worker = self.restarted(data, chosen, clock, changelog)
                yield self.differences_of(log, chosen, worker, moment(seconds))

    def steady(self, log: list[bytes], chosen: Chosen) -> Outcome:
        """The rows and numbers of a worker that takes the log in at once."""
        worker = self.worker_with(chosen)
        changelog = take_delivery(self.partition_of(worker), Delivery((tuple(log),)))
        return changelog.entities(), worker.numbers()

    def crashed(self, data: st.DataObject, log: list[bytes], chosen: Chosen, events_between: int) -> Outcome:
        """The rows and numbers after crashes, repetition and compaction."""
        delivery = data.draw(deliveries(log, extra=INVALID_RECORDS[:4]))
        changelog = Changelog()
        worker = self.worker_with(chosen, events_between=events_between)
        for _ in range(2):
            row_bytes = data.draw(st.sampled_from([1, 600, 1_000_000]))
            changelog += take_delivery(self.partition_of(worker), delivery, row_bytes=row_bytes)
            kept = changelog.until(data.draw(st.integers(0, len(changelog.batches))))
            changelog = kept.compacted() if data.draw(st.booleans()) else kept
            worker = self.restarted(data, chosen, EventClock(), changelog)
        changelog += take_delivery(self.partition_of(worker), delivery)
        return changelog.entities(), worker.numbers()

    def left_behind(
        self, data: st.DataObject, log: list[bytes], chosen: Chosen, subjects_of: Callable[[Any], Iterable[str]]
    ) -> list[Any]:
        """What windows and stocks hold once the entities of all subjects are taken back."""
        state = self.partition_of(self.worker_with(chosen, events_between=2))
        take_delivery(state, data.draw(deliveries(log)))
        desk: Any = state.desk
        for value in [desk.value(subject) for subject in subjects_of(desk)]:
            if value is not None:
                desk.contribute(value, -1)
        state.windows.apply(desk.contributions)
        state.stocks.apply(desk.steps)
        state.stocks.windowed.apply(desk.windowed_steps)
        totals = map(non_zero, state.windows.totals().values())
        stocks, windowed = state.stocks, state.stocks.windowed
        left = (stocks.buckets, stocks.older.levels, stocks.older.moments, windowed.buckets, windowed.older)
        return [found for found in (*totals, *left) if found]
