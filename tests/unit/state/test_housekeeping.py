"""What leaves the state of a partition, with checkpoints and between them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from stream.desks.kinds import KINDS
from stream.desks.tickets.desk import TicketDesk
from stream.feeds.simulator import Simulator, SimulatorSettings
from stream.feeds.simulator.disturbance import disturb
from stream.state.desk import Leaving
from stream.state.partition import PartitionState
from stream.state.records import RecordLimits
from stream.state.rows import CHECKPOINT, DEPARTED, ENTITY, SINCE, Row
from stream.windows.moments import DAY
from tests.kinds.tickets import ticket
from tests.kinds.worker import UNLIMITED, Worker, records_of
from tests.moments import DAY as DAY_SECONDS

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


def restored(
    kind: str,
    appends: Iterable[list[Row]],
    events_between: int | None = None,
    least_sweep: int = 1,
    fingerprint: bytes = b"",
) -> Worker:
    """A worker that was started again after the appends of a kind's partition."""
    worker = Worker(events_between=events_between, least_sweep=least_sweep, limits=LIMITS, fingerprint=fingerprint)
    worker.states[kind].load(itertools.chain(*appends))
    worker.states[kind].loaded()
    return worker


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
                again = restored(kind, appends, fingerprint=fingerprint)
                assert again.numbers() == free.numbers()
                assert dict(again.view().days()) == dict(free.view().days())
        assert any(map(is_checkpoint, appends))
        between += sum(map(leave_in, itertools.filterfalse(is_checkpoint, appends)))
    assert between > 0


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_what_came_after_a_checkpoint_and_left_before_the_next_is_told_after_every_restart(kind: str) -> None:
    values = history()[kind]
    third = len(values) // 3 + 1
    short = third // 10
    free = Worker()
    appends: list[list[Row]] = []
    for first in range(0, len(values), third):
        # A worker that writes checkpoints all the time, and after a restart one that is not there for long enough.
        for events_between, start, end in ((1, first, first + short), (third, first + short, first + third)):
            worker = restored(kind, appends, events_between=events_between, least_sweep=RUN)
            assert worker.numbers() == free.numbers()
            assert dict(worker.view().days()) == dict(free.view().days())
            appends += taken(worker, worker.states[kind], values[start:end])
            taken(free, free.states[kind], values[start:end])
            assert worker.numbers() == free.numbers()
    assert is_checkpoint(appends[0])
    # Agents leave nothing behind.
    assert any(row.key[:1] == SINCE for append in appends for row in append) is (kind != "agents")


def test_days_that_the_report_no_longer_reaches_are_one_sum_once_a_checkpoint_has_them() -> None:
    free = Worker()
    appends: list[list[Row]] = []
    kept = []
    for events_between, days in ((1, range(0, 4, 4)), (1_000_000, range(4, 560, 4)), (1, range(560, 568, 4))):
        worker = restored("tickets", appends, events_between=events_between)
        for day in days:
            errand = (
                ticket("opened", day * DAY_SECONDS, f"T-{day}"),
                ticket("resolved", day * DAY_SECONDS + 90, f"T-{day}"),
            )
            appends.append(worker.take(*errand).rows)
            free.take(*errand)
        rows = worker.tickets.rows
        kept.append([len(list(rows.keys(kind))) for kind in (DEPARTED, SINCE)])
        for again in (restored("tickets", appends), restored("tickets", appends, fingerprint=b"other")):
            assert again.numbers() == free.numbers()
            assert dict(again.view().days()) == dict(free.view().days())
    _, (_, between), last = kept
    assert between <= 101
    assert sum(last) <= 101


def test_where_what_is_left_behind_is_too_much_for_an_append_the_next_look_goes_on_from_there() -> None:
    worker = Worker(events_between=1_000, least_sweep=1, limits=LIMITS)
    old = [f"OLD-{number}" for number in range(10)]
    worker.take(*(ticket(what, at, name) for name in old for what, at in (("opened", 0), ("resolved", 90))))
    left = []
    for number in range(len(old)):
        records = records_of(
            [ticket("opened", 100 * DAY_SECONDS + number, f"NEW-{number}")], worker.tickets.applied_offset + 1
        )
        outcome = worker.tickets.take_in(records, wall_now=worker.wall_now, row_bytes=1)
        left += [
            row.key.removeprefix(ENTITY).decode() for row in outcome.rows if row.key[:1] == ENTITY and not row.value
        ]
    assert left == old


def test_entities_leave_long_before_the_first_checkpoint_is_due() -> None:
    worker = Worker(events_between=20_000, least_sweep=2_000, limits=LIMITS)
    free = Worker()
    values = history()["tickets"]
    appends = taken(worker, worker.tickets, values)
    taken(free, free.tickets, values)
    again = restored("tickets", appends)

    assert not any(map(is_checkpoint, appends))
    assert sum(map(leave_in, appends)) > 0
    assert worker.numbers() == again.numbers() == free.numbers()


def test_an_entity_leaves_once_though_more_could_be_looked_at_than_there_are() -> None:
    worker, free = Worker(events_between=SWEEP, limits=LIMITS), Worker()
    values = history()["surveys"]
    appends = taken(worker, worker.states["surveys"], values)
    taken(free, free.states["surveys"], values)
    again = restored("surveys", appends, fingerprint=b"other")

    assert again.numbers() == free.numbers()


def test_no_entity_is_looked_at_before_the_first_event_or_what_was_restored_may_be_old_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_at: list[bytes] = []
    depart = TicketDesk.depart

    def noted(desk: TicketDesk, key: bytes, value: bytes) -> Leaving | None:
        looked_at.append(key)
        return depart(desk, key, value)

    monkeypatch.setattr(TicketDesk, "depart", noted)
    worker = Worker(events_between=1_000, least_sweep=1, limits=LIMITS)
    values = [ticket("opened", day * DAY_SECONDS, f"T-{day}") for day in range(60)]
    appends = taken(worker, worker.tickets, values[:30])
    assert not looked_at

    again = restored("tickets", appends, events_between=1_000)
    taken(again, again.tickets, values[30:31])
    assert looked_at

    looked_at.clear()
    taken(worker, worker.tickets, values[30:])
    assert looked_at
