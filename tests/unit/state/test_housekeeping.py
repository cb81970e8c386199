"""What leaves the state of a partition, with checkpoints and between them."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from stream.desks.kinds import KINDS
from stream.feeds.simulator import Simulator, SimulatorSettings
from stream.feeds.simulator.disturbance import disturb
from stream.state.partition import PartitionState
from stream.state.records import RecordLimits
from stream.state.rows import CHECKPOINT, ENTITY, Row
from stream.windows.moments import DAY
from tests.kinds.worker import UNLIMITED, Worker, records_of

END = datetime(2026, 11, 1, tzinfo=UTC)
LIMITS = RecordLimits(kept=32 * DAY)
RUN = 15
SWEEP = 40


@cache
def history() -> dict[str, list[bytes]]:
    """The events of every kind, by its name, some of them twice and some late."""
    story = Simulator(SimulatorSettings(), 3).history(END - timedelta(days=200), END, 900)
    values: dict[str, list[bytes]] = {kind.topic: [] for kind in KINDS}
    for event in disturb(story, 3, duplicates=0.02, late=0.05, poison=0.0):
        values[event.topic].append(event.value)
    return {kind.name: values[kind.topic] for kind in KINDS}


def taken(worker: Worker, state: PartitionState, values: list[bytes]) -> list[list[Row]]:
    """The appends of a partition that takes records in by short runs."""
    appends = []
    for first in range(0, len(values), RUN):
        records = records_of(values[first : first + RUN], state.applied_offset + 1)
        outcome = state.take_in(records, wall_now=worker.wall_now, row_bytes=UNLIMITED)
        state.went_out(len(outcome.outgoing))
        appends.append(outcome.rows)
    return appends


def leave_in(append: list[Row]) -> int:
    """How many entities leave with an append."""
    return sum(row.key[:1] == ENTITY and row.value is None for row in append)


def is_checkpoint(append: list[Row]) -> bool:
    """Whether an append has a checkpoint."""
    return any(row.key == CHECKPOINT for row in append)


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_what_leaves_with_checkpoints_and_between_them_leaves_its_numbers_behind(kind: str) -> None:
    values = history()[kind]
    third = len(values) // 3 + 1
    between = 0
    for bytes_an_event in (40, 100):
        worker, free = Worker(events_between=SWEEP, bytes_an_event=bytes_an_event, limits=LIMITS), Worker()
        appends: list[list[Row]] = []
        for part in (values[start : start + third] for start in range(0, len(values), third)):
            appends += taken(worker, worker.states[kind], part)
            taken(free, free.states[kind], part)
            assert worker.numbers() == free.numbers()
            for fingerprint in (b"", b"other"):
                again = Worker(limits=LIMITS, fingerprint=fingerprint)
                again.states[kind].load(itertools.chain(*appends))
                again.states[kind].loaded()
                assert again.numbers() == free.numbers()
                assert dict(again.view().days()) == dict(free.view().days())
        assert any(map(is_checkpoint, appends))
        between += sum(map(leave_in, itertools.filterfalse(is_checkpoint, appends)))
    assert between > 0


def test_entities_leave_long_before_the_first_checkpoint_is_due() -> None:
    worker = Worker(events_between=20_000, least_sweep=2_000, limits=LIMITS)
    free, again = Worker(), Worker(limits=LIMITS)
    values = history()["tickets"]
    appends = taken(worker, worker.tickets, values)
    taken(free, free.tickets, values)
    again.tickets.load(itertools.chain(*appends))
    again.tickets.loaded()

    assert not any(map(is_checkpoint, appends))
    assert sum(map(leave_in, appends)) > 0
    assert worker.numbers() == again.numbers() == free.numbers()


def test_an_entity_leaves_once_though_more_could_be_looked_at_than_there_are() -> None:
    worker, free = Worker(events_between=SWEEP, limits=LIMITS), Worker()
    values = history()["surveys"]
    appends = taken(worker, worker.states["surveys"], values)
    taken(free, free.states["surveys"], values)
    again = Worker(limits=LIMITS, fingerprint=b"other")
    again.states["surveys"].load(itertools.chain(*appends))
    again.states["surveys"].loaded()

    assert again.numbers() == free.numbers()
