"""A worker without Kafka that takes events of every kind in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import orjson

from stream.core import Core
from stream.metrics.final_numbers import final_numbers
from stream.metrics.view import WorkerView
from stream.settings.settings import Settings
from stream.settings.shared import ClockSettings
from stream.state.checkpoint import DEFAULT_PACE, Pace
from stream.state.desk import Desk
from stream.state.hot_entities import HOT_ENTITIES
from stream.state.kind import Samples
from stream.state.labels import LabelBounds
from stream.state.partition import Outcome, PartitionState
from stream.state.records import RecordLimits
from stream.state.rows import MemoryRows, RowStore
from stream.state.totals import total_of
from stream.windows.clock import Clock, EventClock
from stream.windows.sliding import LIFETIME
from tests.kinds.kind_under_test import KindUnderTest
from tests.kinds.kinds import KINDS_UNDER_TEST
from tests.moments import microseconds

SOURCE: Final = "deskpulse/tests"
"""The CloudEvents source of what workers publish here."""

UNLIMITED: Final = 1_000_000_000
"""So many bytes of rows that no run of records is split."""

DEFAULT_LIMITS: Final = RecordLimits()

SomeDesk = TypeVar("SomeDesk", bound=Desk[Any])


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A record as the partition state sees it."""

    offset: int
    value: bytes | None


class Worker:
    """The functional core with one partition of each kind, and the numbers that a reader sees.

    ``chosen`` are the kinds that are not as usual.
    """

    def __init__(
        self,
        *chosen: KindUnderTest,
        clock: Clock | None = None,
        zone: str = "UTC",
        limits: RecordLimits = DEFAULT_LIMITS,
        bounds: LabelBounds | None = None,
        events_between: int | None = None,
        bytes_an_event: int = 1 << 30,
        least_sweep: int = DEFAULT_PACE.least_sweep,
        fingerprint: bytes = b"",
        hot: int = HOT_ENTITIES,
    ) -> None:
        self.limits = limits
        self.wall_now = microseconds("2030-01-01T00:00:00+00:00")
        kinds = {kind.name: kind() for kind in KINDS_UNDER_TEST} | {kind.name: kind for kind in chosen}
        for kind in kinds.values():
            kind.fingerprint = fingerprint
        self.core = Core(
            Settings(clock=ClockSettings(time_zone=zone)),
            SOURCE,
            clock=clock or EventClock(),
            kinds=tuple(kinds.values()),
            bounds=bounds,
            limits=limits,
            pace=DEFAULT_PACE if events_between is None else Pace(events_between, bytes_an_event, least_sweep),
            hot=hot,
        )
        self.clock = self.core.clock
        self.registry = self.core.registry
        self.bounds = self.core.bounds
        self.states = {name: self.new_state(name) for name in kinds}
        """The partition of each kind, by its name."""

    @property
    def tickets(self) -> PartitionState:
        """The partition of tickets."""
        return self.states["tickets"]

    @tickets.setter
    def tickets(self, state: PartitionState) -> None:
        self.states["tickets"] = state

    def new_state(self, kind: str, rows: RowStore | None = None) -> PartitionState:
        """An empty partition of a kind that shares the worker's clock and series."""
        return self.core.new_state(kind, rows or MemoryRows())

    def desk(self, desk: type[SomeDesk]) -> SomeDesk:
        """The desk of a class."""
        return next(state.desk for state in self.states.values() if isinstance(state.desk, desk))

    def take(self, *values: bytes | None) -> Outcome:
        """Take ticket records in, as one batch."""
        return self.take_of("tickets", *values)

    def take_of(self, kind: str, *values: bytes | None) -> Outcome:
        """Take records of a kind in, as one batch."""
        return self.take_into(self.states[kind], values)

    def take_into(self, state: PartitionState, values: Iterable[bytes | None]) -> Outcome:
        """Take records in that follow those which the partition has."""
        records = records_of(values, state.applied_offset + 1)
        outcome = state.take_in(records, wall_now=self.wall_now, row_bytes=UNLIMITED)
        state.went_out(len(outcome.outgoing))
        return outcome

    def view(self, *others: PartitionState) -> WorkerView:
        """What the worker knows now, with other partitions beside its own."""
        held = (*self.states.values(), *others)
        states = {
            name: [state for state in held if type(state.desk) is type(own.desk)] for name, own in self.states.items()
        }
        return self.core.view(states)

    def counted(self) -> list[Samples]:
        """What the kinds have counted so far."""
        return [samples for desks in self.core.desks.values() for samples in desks.group.counted()]

    def numbers(self) -> dict[str, Any]:
        """The final numbers with their parts, as they are read from JSON."""
        return as_json(self.view())

    def window(self, name: str = LIFETIME) -> dict[str, Any]:
        """The final numbers of a window."""
        numbers: dict[str, Any] = self.numbers()["windows"][name]
        return numbers

    def state(self) -> dict[str, Any]:
        """The gauges."""
        numbers: dict[str, Any] = self.numbers()["state"]
        return numbers

    def count(self, measure: str, window: str = LIFETIME) -> int:
        """How often a measure was contributed to."""
        return sum(part["count"] for part in self.window(window)["parts"].get(measure, ()))

    def seconds(self, measure: str, window: str = LIFETIME) -> tuple[int, float]:
        """The count and the sum in seconds of a duration."""
        parts = self.window(window)["parts"].get(measure, ())
        return sum(part["count"] for part in parts), sum(part["sum"] for part in parts)

    def by_labels(self, measure: str, window: str = LIFETIME) -> dict[tuple[str, ...], int]:
        """The counts of a measure by its label values, in the order in which the measure names the labels."""
        parts = self.window(window)["parts"].get(measure, ())
        return {tuple(part["labels"].values()): part["count"] for part in parts}

    def days(self, measure: str) -> dict[str, int]:
        """How often a measure was contributed to on each local day."""
        return {day: count for day, totals in self.view().days() if (count := total_of(totals, measure).count)}


def records_of(values: Iterable[bytes | None], first: int = 0) -> list[SourceRecord]:
    """Records of a source topic with consecutive offsets."""
    return [SourceRecord(offset, value) for offset, value in enumerate(values, first)]


def as_json(view: WorkerView) -> dict[str, Any]:
    """The final numbers of a view with their parts, through JSON."""
    numbers: dict[str, Any] = orjson.loads(orjson.dumps(final_numbers(view, parts=True)))
    return numbers


def settled(*values: bytes, under: Iterable[KindUnderTest] = ()) -> Worker:
    """A worker that has taken ticket records in and let happen what was due, with kinds that are not as usual."""
    worker = Worker(*under)
    outcome = worker.take(*values)
    assert not outcome.rejections, outcome.rejections
    advanced = worker.tickets.advance(caught_up=True)
    worker.tickets.went_out(len(advanced.outgoing))
    return worker


def non_zero(totals: Mapping[int, int]) -> dict[int, int]:
    """Totals without the slots that came back to zero."""
    return {slot: amount for slot, amount in totals.items() if amount}
