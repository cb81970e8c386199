from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from stream.runtime.kafka.growth import GrowthError, chunks
from stream.runtime.kafka.lost_state import LostStateError
from stream.runtime.kafka.placement import partition_of
from stream.state.partition import PartitionState
from stream.state.records import RecordLimits
from stream.state.rows import CHECKPOINT, DAY, DEPARTED, GROWTH, OUTBOX, PANE, Row
from stream.windows.moments import DAY as A_DAY
from tests.kinds.tickets import ticket
from tests.kinds.worker import Worker, as_json
from tests.moments import HOUR
from tests.unit.runtime.growing_cluster import GrowingCluster, Killed

LIMITS = RecordLimits(kept=35 * A_DAY)
BEFORE = 4


def new_worker() -> Worker:
    return Worker(events_between=6, limits=LIMITS)


def stories(first: int, count: int) -> list[tuple[bytes, bytes]]:
    """Keys and events of tickets, two days from one to the next; every third stays open, every other is reopened."""
    events = []
    for number in range(first, first + count):
        start, subject = number * 48 * HOUR, f"T-{number}"
        story = [
            ticket("opened", start, subject, channel="email"),
            ticket("replied", start + 60, subject, actor="agent"),
        ]
        if number % 3:
            story.append(ticket("resolved", start + 5 * HOUR, subject))
        if not number % 2:
            story.append(ticket("reopened", start + 6 * HOUR, subject))
        events += [(subject.encode(), event) for event in story]
    return events


def replies(first: int, count: int) -> list[tuple[bytes, bytes]]:
    """More events of the same tickets."""
    return [
        (f"T-{number}".encode(), ticket("replied", number * 48 * HOUR + 7 * HOUR, f"T-{number}", actor="customer"))
        for number in range(first, first + count)
    ]


def restored(worker: Worker, rows: Iterable[Row]) -> PartitionState:
    state = worker.new_state("tickets")
    state.load(rows)
    assert not state.growing
    state.loaded()
    return state


def work(cluster: GrowingCluster, *, upto: int | None = None) -> dict[str, Any]:
    """Let a worker read all partitions to their ends, and advance all clocks; return its numbers."""
    worker = new_worker()
    states = []
    for number, rows in enumerate(cluster.changelog):
        state = restored(worker, rows)
        if state.is_empty:
            _, claim = state.claimed_by(1)
            state.load(claim)
            rows.extend(claim)
        cluster.note(state.unsent)
        records = cluster.source[number][state.applied_offset + 1 : upto]
        for record in records:
            outcome = state.take_in([record], wall_now=worker.wall_now, row_bytes=1 << 30)
            rows.extend(outcome.rows)
            cluster.note(outcome.outgoing)
            state.went_out(len(outcome.outgoing))
        states.append(state)
    if upto is None:
        latest = max(state.watermark for state in states)
        for state in states:
            more = True
            while more:
                outcome = state.advance_until(latest)
                cluster.note(outcome.outgoing)
                more = outcome.more
            state.move_windows()
    return as_json(worker.view(*states))


def net(announced: list[str]) -> set[str]:
    """What was announced and not taken back."""
    return {one for one in announced if not one.endswith("/retracted") and f"{one}/retracted" not in announced}


def read_by_one(events: Iterable[tuple[bytes, bytes]]) -> tuple[dict[str, Any], set[str]]:
    """The numbers, and what is announced, if one partition had it all."""
    cluster = GrowingCluster(1)
    for key, value in events:
        cluster.publish(key, value, 1)
    return work(cluster), net(cluster.announced)


def installation(after: int) -> GrowingCluster:
    """A topic of which all but the last events were read, and some are published while it grows."""
    cluster = GrowingCluster(BEFORE)
    for key, value in stories(0, 60):
        cluster.publish(key, value, BEFORE)
    work(cluster, upto=40)
    cluster.stale = [*replies(51, 4), *stories(60, 4)]
    cluster.knowing = [*replies(55, 5), *stories(64, 4)]
    assert after > BEFORE
    return cluster


EVENTS = [*stories(0, 68), *replies(51, 4), *replies(55, 5)]


def steps_of(monkeypatch: pytest.MonkeyPatch) -> None:
    # Small appends, so that there are many moments in which it can be cut short.
    monkeypatch.setattr("stream.runtime.kafka.growth._ROWS_IN_AN_APPEND", 3)


@pytest.mark.parametrize("after", [6, 8])
async def test_numbers_and_announcements_are_those_of_one_partition_wherever_the_growth_is_cut_short(
    after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps_of(monkeypatch)
    numbers, announced = read_by_one(EVENTS)
    whole = installation(after)
    whole.install(monkeypatch)
    begins = whole.steps
    report = await whole.grow(new_worker(), after)
    assert report is not None
    assert report.late > 0
    assert report.moved > 0
    assert work(whole) == numbers
    assert net(whole.announced) == announced

    for steps in range(0, whole.steps - begins, 2):
        cluster = installation(after)
        cluster.install(monkeypatch)
        cluster.steps_left = steps
        with pytest.raises(Killed):
            await cluster.grow(new_worker(), after)
        cluster.steps_left = 3
        with pytest.raises(Killed):
            await cluster.grow(new_worker(), after)
        cluster.steps_left = None
        await cluster.grow(new_worker(), after)
        assert (steps, work(cluster)) == (steps, numbers)
        assert net(cluster.announced) == announced


async def test_every_entity_is_where_its_key_belongs_and_no_checkpoint_or_plan_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cluster = installation(8)
    cluster.install(monkeypatch)
    departed = [restored(new_worker(), rows).rows for rows in cluster.changelog]
    assert any(list(rows.keys(DEPARTED)) for rows in departed)
    await cluster.grow(new_worker(), 8)

    heads = set()
    for number, rows in enumerate(cluster.changelog):
        state = restored(new_worker(), rows)
        assert {partition_of(key[1:], 8) for key in state.rows.keys(b"e")} <= {number}
        assert [key for kind in (PANE, DAY, OUTBOX, GROWTH) for key in state.rows.keys(kind)] == []
        heads.add(state.rows.get(CHECKPOINT))
    assert len(heads) == 1
    assert await cluster.grow(new_worker(), 8) is None


async def test_checkpoints_that_are_written_after_the_growth_are_not_mixed_with_those_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cluster = installation(6)
    cluster.install(monkeypatch)
    await cluster.grow(new_worker(), 6)
    work(cluster)
    for key, value in (later := replies(56, 12)):
        cluster.publish(key, value, 6)
    work(cluster)

    assert work(cluster) == read_by_one([*EVENTS, *later])[0]


async def test_a_changelog_that_grows_is_not_gone_on_from(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = installation(8)
    cluster.install(monkeypatch)
    cluster.steps_left = BEFORE + 1
    with pytest.raises(Killed):
        await cluster.grow(new_worker(), 8)

    state = new_worker().new_state("tickets")
    state.load(cluster.changelog[0])
    assert state.growing
    cluster.steps_left = None
    with pytest.raises(
        GrowthError, match=r"is being given 8 partitions; run `deskpulse topics grow .* --partitions 8`"
    ):
        await cluster.grow(new_worker(), 12)


async def test_keys_that_are_not_where_kafkas_partitioner_sends_them_are_told_before_anything_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cluster = GrowingCluster(BEFORE)
    for key, value in stories(0, 8):
        cluster.publish(key, value, 1)
    work(cluster)
    cluster.install(monkeypatch)

    with pytest.raises(GrowthError, match=r"'T-\d' is in helpdesk.tickets\[0\], where Kafka's default partitioner"):
        await cluster.grow(new_worker(), 8)
    assert cluster.steps == 0


async def test_a_state_that_is_lost_is_not_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = installation(8)
    cluster.install(monkeypatch)
    cluster.changelog[2].clear()
    cluster.committed = {("helpdesk.tickets", 2): 7}

    with pytest.raises(LostStateError, match=r"desk-helpdesk.tickets-changelog\[2\] is empty"):
        await cluster.grow(new_worker(), 8)
    assert cluster.steps == 0


async def test_fewer_partitions_cannot_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = installation(8)
    cluster.install(monkeypatch)

    with pytest.raises(GrowthError, match="Kafka cannot remove any"):
        await cluster.grow(new_worker(), 3)


def test_rows_are_cut_into_appends_and_there_is_at_least_one() -> None:
    large = Row(b"e1", b"x" * 3_000_000)

    assert [len(chunk) for chunk in chunks([large] * 5)] == [2, 2, 1]
    assert list(chunks([])) == [[]]
