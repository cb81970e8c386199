from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, cast

import faust
import pytest
from aiokafka.errors import KafkaTimeoutError
from faust.types import TP, AppT, EventT

from stream.desks.tickets.sla.gauges import BREACHES, TRANSITIONS
from stream.desks.tickets.sla.policy import Policies, Policy, SlaMetric, Target
from stream.runtime.faust import processor as processor_module
from stream.runtime.faust import reassignment as reassignment_module
from stream.runtime.faust.batch_errors import TooManyInvalidRecordsError
from stream.runtime.faust.processor import DEFAULT_REJECTION_LIMIT, Processor
from stream.runtime.faust.state_table import StateTable
from stream.runtime.faust.transport import Batch
from stream.runtime.kafka.changelog import AppendTooLargeError
from stream.runtime.kafka.fencing import FencedError
from stream.runtime.kafka.positions import RenewedSourceError
from stream.state.metric import Metric
from stream.state.partition import PartitionState
from stream.state.rejection_share import RejectionLimit
from stream.state.rows import MARKER, OUTBOX, Row
from stream.windows.clock import Clock, EventClock, WallClock
from tests.kinds.tickets import TicketsUnder, ticket
from tests.kinds.worker import Worker
from tests.moments import HOUR, microseconds
from tests.unit.runtime.fakes import TOPIC, FakeApp, FakeChangelog, FakeDeadLetters, FakePublisher, batch_event, settle

FIRST, SECOND, THIRD = ([ticket("opened", number, f"T-{number}")] for number in range(3))
WALL = microseconds("2025-01-01T00:00:00Z") * 1_000


class Bench:
    """A processor with partitions 0 and 1 restored, and all that surrounds it."""

    def __init__(
        self,
        *,
        held: bool = True,
        rejection_limit: RejectionLimit = DEFAULT_REJECTION_LIMIT,
        clock: Clock | None = None,
        policies: Policies | None = None,
    ) -> None:
        self.app = FakeApp()
        self.worker = Worker(TicketsUnder(policies=policies), clock=clock or EventClock())
        self.changelog = FakeChangelog(held=held)
        self.dead_letters = FakeDeadLetters(self.changelog)
        self.publisher = FakePublisher(self.changelog)
        self.failures: list[BaseException] = []
        app = faust.App("test", broker="kafka://127.0.0.1:1", store="memory://")
        self.table = StateTable(
            app,
            source_topic=TOPIC,
            new_state=lambda _partition, _end: self.worker.new_state("tickets"),
            changelog=self.changelog,
            name=TOPIC,
            partitions=2,
        )
        for partition in (0, 1):
            self.table.install(partition, self.table.new_state(partition, 0), 0)
        self.processor = Processor(
            cast("AppT", self.app),
            self.table,
            self.changelog,
            self.dead_letters,
            self.failures.append,
            lambda: WALL,
            rejection_limit,
            self.publisher,
        )

    def event(self, values: Sequence[bytes | None], *, first: int = 0, partition: int = 0) -> EventT[Batch]:
        """A batch as it comes from the consumer."""
        return batch_event(self.app, values, first=first, partition=partition)

    async def run(self, values: Sequence[bytes | None], *, first: int = 0, partition: int = 0) -> asyncio.Task[None]:
        """Give a batch to the processor and let it come as far as it can."""
        task = asyncio.create_task(self.processor.run(self.event(values, first=first, partition=partition)))
        await settle()
        return task

    def state(self, partition: int = 0) -> PartitionState:
        """The state of a partition."""
        state = self.table.state_of(partition)
        assert state is not None
        return state

    def committable(self, partition: int = 0) -> int | None:
        """The offset that would be committed."""
        return self.app.spans.committable(TP(TOPIC, partition))


async def cancel(*tasks: asyncio.Task[None]) -> None:
    """End tasks that wait for ever."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class TestDurability:
    async def test_a_batch_is_done_once_its_append_is_acknowledged(self) -> None:
        bench = Bench()
        await bench.run(FIRST)
        assert len(bench.changelog.begun) == 1
        assert bench.committable() is None
        assert not bench.table.keeps(0, 0)

        bench.changelog.acknowledge()
        await settle()
        assert bench.committable() == 1
        assert bench.table.keeps(0, 2)

    async def test_the_append_has_the_rows_of_the_batch_the_marker_last(self) -> None:
        bench = Bench(held=False)
        await bench.run([*FIRST, *SECOND])

        ((partition, rows),) = bench.changelog.written
        assert partition == 0
        assert [row.key for row in rows] == [b"eT-0", b"eT-1", b"m"]

    async def test_a_batch_that_was_known_is_done_without_an_append(self) -> None:
        bench = Bench(held=False)
        await bench.run(FIRST)
        await bench.run(FIRST)

        assert len(bench.changelog.begun) == 1
        assert bench.committable() == 1
        assert bench.processor.events["replayed"] == 1

    async def test_a_long_batch_is_several_appends_and_done_with_the_last(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(processor_module, "ROW_BYTES", 1)
        bench = Bench()
        await bench.run([*FIRST, *SECOND, *THIRD])

        for appended in (1, 2):
            assert len(bench.changelog.begun) == appended
            bench.changelog.acknowledge()
            await settle()
            assert bench.committable() is None
        bench.changelog.acknowledge()
        await settle()
        assert bench.committable() == 3
        assert [[row.key for row in rows] for _, rows in bench.changelog.written] == [
            [b"eT-0", b"m"],
            [b"eT-1", b"m"],
            [b"eT-2", b"m"],
        ]

    async def test_dead_letters_are_written_before_the_append(self) -> None:
        bench = Bench(held=False)
        await bench.run([b"{", *FIRST, None])

        assert [rejection.record.offset for rejection in bench.dead_letters.written] == [0, 2]
        assert bench.dead_letters.appends_before == [0]
        assert bench.committable() == 3


class TestPipelining:
    async def test_the_next_batch_is_worked_on_while_an_append_is_under_way(self) -> None:
        bench = Bench()
        first = await bench.run(FIRST)
        assert first.done()

        second = await bench.run(SECOND, first=1)
        assert bench.state().applied_offset == 1
        assert not second.done()
        assert len(bench.changelog.begun) == 1

        bench.changelog.acknowledge()
        await settle()
        assert second.done()
        assert len(bench.changelog.begun) == 2
        assert bench.committable() == 1

        bench.changelog.acknowledge()
        await settle()
        assert bench.committable() == 2

    async def test_partitions_do_not_wait_for_each_other(self) -> None:
        bench = Bench()
        await bench.run(FIRST)
        await bench.run(SECOND, partition=1)

        assert [partition for partition, _ in bench.changelog.begun] == [0, 1]
        bench.changelog.acknowledge()
        bench.changelog.acknowledge()
        await settle()
        assert (bench.committable(0), bench.committable(1)) == (1, 1)

    async def test_appends_keep_the_order_of_the_batches(self) -> None:
        bench = Bench()
        tasks = [await bench.run(FIRST)]
        tasks.append(await bench.run(SECOND, first=1))
        for _ in range(2):
            bench.changelog.acknowledge()
            await settle()

        assert [rows[0].key for _, rows in bench.changelog.written] == [b"eT-0", b"eT-1"]
        assert all(task.done() for task in tasks)


class TestFailure:
    async def test_after_a_failed_append_nothing_is_appended_or_done(self) -> None:
        bench = Bench()
        await bench.run(FIRST)
        error = KafkaTimeoutError()
        bench.changelog.fail(error)
        await settle()
        assert bench.failures == [error]

        later = [await bench.run(SECOND, first=1), await bench.run(SECOND, partition=1)]
        assert not any(task.done() for task in later)
        assert len(bench.changelog.begun) == 1
        assert bench.committable(0) is None
        assert bench.committable(1) is None
        assert not bench.table.keeps(0, 0)
        await cancel(*later)

    async def test_a_batch_that_waits_for_a_failed_append_is_not_appended(self) -> None:
        bench = Bench()
        await bench.run(FIRST)
        second = await bench.run(SECOND, first=1)
        error = KafkaTimeoutError()
        bench.changelog.fail(error)
        await settle()

        assert set(bench.failures) == {error}
        assert not second.done()
        assert len(bench.changelog.begun) == 1
        assert bench.changelog.written == []
        assert bench.committable() is None
        await cancel(second)

    async def test_a_batch_that_raises_stops_the_worker(self, monkeypatch: pytest.MonkeyPatch) -> None:
        bench = Bench()
        monkeypatch.setattr(PartitionState, "take_in", lambda *_, **__: 1 / 0)
        task = await bench.run(FIRST)

        assert isinstance(bench.failures[0], ZeroDivisionError)
        assert not task.done()
        await cancel(task)

    async def test_after_a_turn_of_the_timer_that_raises_nothing_is_appended_or_done(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bench = Bench(held=False)
        monkeypatch.setattr(PartitionState, "advance", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await bench.processor.advance()
        task = await bench.run(FIRST)

        assert isinstance(bench.failures[0], ZeroDivisionError)
        assert bench.changelog.begun == []
        assert not task.done()
        await cancel(task)

    async def test_rows_that_do_not_fit_stop_the_worker(self) -> None:
        bench = Bench()
        await bench.run(FIRST)
        bench.changelog.fail(AppendTooLargeError())
        await settle()

        assert isinstance(bench.failures[0], AppendTooLargeError)
        assert bench.committable() is None

    async def test_a_dead_letter_that_cannot_be_written_stops_the_worker_before_the_append(self) -> None:
        bench = Bench(held=False)
        bench.dead_letters.error = KafkaTimeoutError()
        await bench.run([b"{", *FIRST])

        assert bench.failures == [bench.dead_letters.error]
        assert bench.changelog.begun == []
        assert bench.committable() is None

    async def test_a_run_that_is_cancelled_leaves_an_unsettled_state(self) -> None:
        bench = Bench()
        await bench.run(FIRST)
        second = await bench.run(SECOND, first=1)
        await cancel(second)
        await settle()

        assert bench.failures == []
        assert bench.committable() is None
        assert not bench.table.keeps(0, 0)


class TestTooManyInvalidRecords:
    async def test_the_batch_with_too_many_is_neither_dead_lettered_nor_appended_nor_done(self) -> None:
        bench = Bench(held=False, rejection_limit=RejectionLimit(share=0.5, window=10, least=3))
        await bench.run([*FIRST, b"{", b"{"])
        task = await bench.run([b"{", b"[]", *SECOND], first=3)

        (error,) = bench.failures
        assert isinstance(error, TooManyInvalidRecordsError)
        assert str(error).startswith(
            "4 of the last 6 records of helpdesk.tickets are invalid (67%, at most 50% are tolerated), most of them"
            " not_json; stopped before offsets 3 to 5 of partition 0: "
        )
        assert "limits.invalid_share" in str(error)
        assert [rejection.record.offset for rejection in bench.dead_letters.written] == [1, 2]
        assert len(bench.changelog.begun) == 1
        assert bench.committable() == 3
        await cancel(task)

    async def test_all_partitions_of_the_topic_count_together(self) -> None:
        bench = Bench(held=False, rejection_limit=RejectionLimit(share=0.5, window=10, least=2))
        await bench.run([b"{"])
        task = await bench.run([b"{"], partition=1)

        assert len(bench.failures) == 1
        await cancel(task)

    async def test_records_that_come_again_do_not_count(self) -> None:
        bench = Bench(held=False, rejection_limit=RejectionLimit(share=0.5, window=10, least=2))
        await bench.run([b"{", *FIRST, *SECOND])
        for _ in range(5):
            await bench.run([b"{", *FIRST, *SECOND])
        await bench.run([b"{"], first=3)

        assert not bench.failures


class TestARenewedSource:
    async def test_records_that_come_again_from_a_source_that_ends_before_the_marker_stop_the_worker(self) -> None:
        bench = Bench(held=False)
        await bench.run([*FIRST, *SECOND, *THIRD])
        bench.app.source_end = 1
        task = await bench.run(SECOND)

        (error,) = bench.failures
        assert isinstance(error, RenewedSourceError)
        assert str(error).startswith("helpdesk.tickets[0] ends at offset 1, but changelog says that offset 2 was read")
        await cancel(task)

    async def test_records_that_come_again_from_a_source_that_reaches_the_marker_do_not(self) -> None:
        bench = Bench(held=False)
        await bench.run([*FIRST, *SECOND, *THIRD])
        bench.app.source_end = 3
        await bench.run([*FIRST, *SECOND])

        assert not bench.failures
        assert bench.processor.events["replayed"] == 2


class TestStaleBatches:
    async def test_a_batch_of_an_earlier_generation_is_dropped(self) -> None:
        bench = Bench()
        event = bench.event(FIRST)
        bench.app.consumer_generation_id += 1
        await bench.processor.run(event)

        assert bench.state().applied_offset == -1
        assert bench.table.keeps(0, 0)
        assert bench.changelog.begun == []
        assert bench.failures == []

    async def test_a_batch_of_a_partition_that_is_not_held_is_dropped(self) -> None:
        bench = Bench()
        bench.table.drop([0])
        task = await bench.run(FIRST)

        assert task.done()
        assert bench.changelog.begun == []
        assert bench.failures == []

    async def test_a_batch_that_became_stale_while_its_dead_letters_were_written_is_not_appended(self) -> None:
        bench = Bench()
        task = asyncio.create_task(bench.processor.run(bench.event([b"{", *FIRST])))
        await asyncio.sleep(0)
        bench.app.consumer_generation_id += 1
        await settle()

        assert task.done()
        assert bench.state().applied_offset == 1
        assert bench.changelog.begun == []
        assert bench.committable() is None
        assert bench.failures == []
        assert not bench.table.keeps(0, 0)

    async def test_a_batch_that_waited_for_an_append_of_an_earlier_generation_is_not_appended(self) -> None:
        bench = Bench()
        await bench.run(FIRST)
        second = await bench.run(SECOND, first=1)
        bench.app.consumer_generation_id += 1
        bench.changelog.acknowledge()
        await settle()

        assert second.done()
        assert len(bench.changelog.begun) == 1
        assert bench.failures == []
        assert not bench.table.keeps(0, 2)

    async def test_the_next_generation_is_processed(self) -> None:
        bench = Bench(held=False)
        stale = bench.event(FIRST)
        bench.app.consumer_generation_id += 1
        await bench.processor.run(stale)
        bench.app.spans.clear(TP(TOPIC, 0))
        await bench.run(FIRST)

        assert bench.committable() == 1

    async def test_an_append_that_outlived_its_generation_does_not_settle_the_state_that_was_restored(self) -> None:
        bench = Bench()
        await bench.run(FIRST)
        bench.app.consumer_generation_id += 1
        bench.app.spans.clear(TP(TOPIC, 0))
        bench.table.install(0, bench.table.new_state(0, 0), 0)
        bench.changelog.acknowledge()
        await settle()
        await bench.run([*FIRST, *SECOND])

        assert bench.state().applied_offset == 1
        assert len(bench.changelog.written) == 1
        assert not bench.table.keeps(0, 2)

    async def test_after_a_batch_that_was_not_appended_nothing_is_appended_that_says_it_was(self) -> None:
        bench = SlaBench(held=True)
        await bench.run([ticket("opened", 0)])
        second = await bench.run([ticket("opened", 1, "T-2")], first=1)
        bench.app.consumer_generation_id += 1
        bench.changelog.acknowledge()
        await settle()
        assert second.done()

        bench.app.source_end = 2
        bench.seconds = HOUR + 1
        await bench.processor.advance()
        await bench.processor.append_marker()
        await bench.processor.drain()

        assert bench.restored().applied_offset == 0
        assert len(bench.changelog.begun) == 1
        assert bench.failures == []

    async def test_after_a_batch_that_was_cancelled_before_its_append_nothing_is_appended_that_says_it_was(
        self,
    ) -> None:
        bench = SlaBench(held=True)
        await bench.run([ticket("opened", 0)])
        await cancel(await bench.run([ticket("opened", 1, "T-2")], first=1))
        bench.changelog.acknowledge()
        await settle()

        bench.app.source_end = 2
        bench.seconds = HOUR + 1
        await bench.processor.advance()
        await settle()

        assert bench.restored().applied_offset == 0
        assert len(bench.changelog.begun) == 1

    async def test_a_worker_that_keeps_a_partition_with_a_batch_that_was_not_appended_starts_anew(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reassignment_module, "REASSIGNMENT_SECONDS", 0.0)
        bench = Bench()
        await bench.run(FIRST)
        await bench.run(SECOND, first=1)
        bench.app.consumer_generation_id += 1
        bench.changelog.acknowledge()
        await settle()

        assert [str(failure) for failure in bench.failures] == [
            f"Partition {TP(TOPIC, 0)} was reassigned before the append; its new owner repeats the batch"
        ]


class TestFencing:
    async def test_a_fenced_append_is_a_stale_batch_that_is_neither_done_nor_a_failure(self) -> None:
        bench = Bench()
        await bench.run(FIRST)
        bench.changelog.fail(FencedError("claimed"))
        await settle()

        assert bench.committable() is None
        assert bench.failures == []
        assert not bench.table.keeps(0, 0)

    async def test_a_worker_that_is_fenced_and_not_relieved_of_its_partition_starts_anew(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reassignment_module, "REASSIGNMENT_SECONDS", 0.0)
        bench = Bench()
        await bench.run(FIRST)
        bench.changelog.fail(FencedError("claimed"))
        await settle()

        assert [str(failure) for failure in bench.failures] == ["claimed"]

    async def test_a_worker_that_is_fenced_and_then_relieved_of_its_partition_goes_on(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reassignment_module, "REASSIGNMENT_SECONDS", 0.01)
        bench = Bench()
        await bench.run(FIRST)
        bench.changelog.fail(FencedError("claimed"))
        # At most one turn of the loop passes between the expectation and the new generation, however slow the machine.
        while not bench.processor._reassignments.expected:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0)
        bench.app.consumer_generation_id += 1
        await asyncio.gather(*bench.processor._reassignments.expected.values())

        assert bench.failures == []


class TestDraining:
    async def test_draining_waits_for_all_appends(self) -> None:
        bench = Bench()
        await bench.run(FIRST)
        await bench.run(THIRD, partition=1)
        await bench.run(SECOND, first=1)
        draining = asyncio.create_task(bench.processor.drain())
        for _ in range(3):
            await settle()
            assert not draining.done()
            bench.changelog.acknowledge()
        await settle()

        assert draining.done()
        assert (bench.committable(0), bench.committable(1)) == (2, 1)

    async def test_there_may_be_nothing_to_drain(self) -> None:
        bench = Bench()
        draining = asyncio.create_task(bench.processor.drain())
        await settle()

        assert draining.done()
        assert draining.exception() is None
        assert bench.changelog.written == []

    async def test_a_failed_append_does_not_hold_the_draining_up(self) -> None:
        bench = Bench()
        await bench.run(FIRST)
        second = await bench.run(SECOND, first=1)
        draining = asyncio.create_task(bench.processor.drain())
        await settle()
        bench.changelog.fail(KafkaTimeoutError())
        await settle()

        assert draining.done()
        assert draining.exception() is None
        await cancel(second)

    async def test_draining_gives_up_after_a_while(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(processor_module, "DRAIN_SECONDS", 0.02)
        bench = Bench()
        await bench.run(FIRST)
        with caplog.at_level(logging.WARNING):
            await bench.processor.drain()

        assert "Gave up waiting for appends to changelog" in caplog.text


class TestCounting:
    async def test_records_are_counted_by_outcome_and_reason(self) -> None:
        bench = Bench(held=False)
        await bench.run([*FIRST, *FIRST, b"{", None, b"{}"])
        await bench.run([b"{}", *SECOND], first=4)

        assert bench.processor.events == {"applied": 2, "duplicate": 1, "rejected": 3, "refused": 0, "replayed": 1}
        assert bench.processor.rejections == {"not_json": 1, "invalid": 2}
        assert bench.processor.last_event_at == WALL / 1e9

    async def test_what_changes_no_number_is_counted_apart(self) -> None:
        bench = Bench(held=False)
        await bench.run([ticket("resolved", 5, "T-9"), ticket("opened", 0, "T-9")])
        await bench.run([ticket("status_changed", 9, "T-9", status="hold"), ticket("opened", -1, "T-9")], first=2)

        assert bench.processor.events == {
            "applied": 2,
            "unopened": 1,
            "after_resolution": 1,
            "duplicate": 0,
            "replayed": 0,
            "rejected": 0,
            "refused": 0,
        }
        assert {type(outcome) for outcome in bench.processor.events} == {str}

    async def test_events_ahead_of_the_wall_clock_are_rejected(self) -> None:
        bench = Bench(held=False)
        await bench.run([ticket("opened", "2025-01-01T01:00:00Z"), ticket("opened", "2025-01-01T01:00:01Z", "T-2")])

        assert bench.processor.rejections == {"time_out_of_range": 1}

    async def test_dead_letters_are_logged_with_where_they_come_from(self, caplog: pytest.LogCaptureFixture) -> None:
        bench = Bench(held=False)
        with caplog.at_level(logging.WARNING):
            await bench.run([*FIRST, b"{", b"{}"])

        assert "Dead-lettered 2 records of helpdesk.tickets[0], the first at offset 1: not_json" in caplog.text


class SlaBench(Bench):
    """A bench whose tickets are to be answered within an hour, and whose clock is set by hand."""

    def __init__(self, *, held: bool = False) -> None:
        self.seconds = 0.0
        hour = Target.of(SlaMetric.FIRST_REPLY, microseconds(HOUR) - microseconds(0))
        policies = Policies([Policy("hour", {}, {SlaMetric.FIRST_REPLY: hour})])
        clock = WallClock(lambda: microseconds(self.seconds) * 1_000)
        super().__init__(held=held, clock=clock, policies=policies)

    def restored(self) -> PartitionState:
        """The partition's state as its changelog has it."""
        restored = self.worker.new_state("tickets")
        restored.load(row for _, rows in self.changelog.written for row in rows)
        restored.loaded()
        return restored

    def restart(self) -> None:
        """Go on with the state that the one append so far has left."""
        self.table.install(0, self.restored(), len(self.changelog.written[0][1]))

    def counted(self, metric: Metric) -> dict[tuple[str, ...], Any]:
        """What the desks have counted under a metric."""
        return dict(dict(self.worker.core.desks["tickets"].group.counted())[metric])

    @property
    def written(self) -> list[str]:
        """The transitions that went out, in their order."""
        return [identifier.split("/")[3] for identifier, _ in self.publisher.written]


class TestAnnouncing:
    async def test_an_event_goes_out_once_its_append_is_acknowledged(self) -> None:
        bench = SlaBench(held=True)
        await bench.run([ticket("opened", 0)])
        assert bench.written == []

        bench.changelog.acknowledge()
        await settle()
        assert bench.written == ["activate"]
        assert [appends for _, appends in bench.publisher.written] == [1]
        assert bench.committable() == 1
        assert bench.counted(TRANSITIONS) == {("activate",): 1}

    async def test_appends_keep_what_has_not_gone_out_and_at_most_one_runs_ahead_of_the_events(self) -> None:
        bench = SlaBench()
        bench.publisher.held = asyncio.Event()
        await bench.run([ticket("opened", 0)])
        await bench.run([ticket("opened", 1, "T-2")], first=1)
        third = await bench.run([ticket("opened", 2, "T-3")], first=2)
        assert bench.written == []
        assert len(bench.changelog.begun) == 2

        restored = bench.restored()
        assert [one.key for one in restored.unsent] == [b"T-1", b"T-2"]

        bench.publisher.held.set()
        await third
        await bench.processor.drain()
        assert [identifier.split("/")[0] for identifier, _ in bench.publisher.written] == ["T-1", "T-2", "T-3"]
        assert bench.state().pending == []

    async def test_events_that_are_not_taken_stop_the_worker_and_are_repeated_by_the_next(self) -> None:
        bench = SlaBench()
        bench.publisher.error = KafkaTimeoutError()
        await bench.run([ticket("opened", 0)])
        assert bench.failures == [bench.publisher.error]

        restored = bench.restored()
        assert restored.unsent == bench.state().pending != []

    async def test_events_that_are_fenced_wait_for_the_partition_to_go_and_stop_nothing(self) -> None:
        bench = SlaBench()
        bench.publisher.error = FencedError("claimed")
        await bench.run([ticket("opened", 0)])

        assert bench.failures == []
        assert list(bench.processor._reassignments.expected) == [TP(TOPIC, 0)]
        assert [one.key for one in bench.state().pending] == [b"T-1"]

    async def test_events_that_are_fenced_when_they_are_repeated_stop_nothing_either(self) -> None:
        bench = SlaBench()
        await bench.run([ticket("opened", 0)])
        bench.restart()
        bench.publisher.error = FencedError("claimed")
        await bench.processor.advance()
        await settle()

        assert bench.failures == []
        assert list(bench.processor._reassignments.expected) == [TP(TOPIC, 0)]

    async def test_what_falls_due_is_announced_by_the_timer_and_then_no_more(self) -> None:
        bench = SlaBench()
        await bench.run([ticket("opened", 0)])
        bench.app.source_end = 1
        bench.seconds = HOUR + 1
        for _ in range(3):
            await bench.processor.advance()
            await settle()

        assert bench.written == ["activate", "at_risk", "breach"]
        assert len(bench.changelog.written) == 2
        assert sum(bench.counted(BREACHES).values()) == 1

    async def test_a_deadline_waits_for_what_lies_in_the_topic_before_it(self) -> None:
        bench = SlaBench()
        await bench.run([ticket("opened", 0)])
        bench.app.source_end = 2
        bench.seconds = 2 * HOUR
        await bench.processor.advance()
        await settle()
        assert bench.written == ["activate"]

        await bench.run([ticket("replied", 60, actor="agent")], first=1)
        await bench.processor.advance()
        await settle()
        assert bench.written == ["activate", "fulfil"]

    @pytest.mark.parametrize("end", [None, 5])
    async def test_without_knowing_the_end_of_the_topic_nothing_falls_due(self, end: int | None) -> None:
        bench = SlaBench()
        await bench.run([ticket("opened", 0)])
        bench.app.source_end = end
        bench.seconds = 2 * HOUR
        await bench.processor.advance()
        await settle()

        assert bench.written == ["activate"]

    async def test_nothing_falls_due_while_partitions_move(self) -> None:
        bench = SlaBench()
        await bench.run([ticket("opened", 0)])
        bench.app.source_end = 1
        bench.app.rebalancing = True
        bench.seconds = 2 * HOUR
        await bench.processor.advance()
        await settle()

        assert bench.written == ["activate"]

    async def test_what_was_announced_last_is_repeated_after_a_restart_and_not_counted(self) -> None:
        bench = SlaBench()
        await bench.run([ticket("opened", 0)])
        bench.restart()
        for _ in range(2):
            await bench.processor.advance()
            await settle()

        assert bench.written == ["activate", "activate"]
        assert bench.counted(TRANSITIONS) == {("activate",): 1}
        assert len(bench.changelog.written) == 1

    async def test_draining_leaves_an_empty_outbox_once_everything_has_gone_out(self) -> None:
        bench = SlaBench(held=False)
        await bench.run(FIRST)
        await bench.processor.drain()

        partition, rows = bench.changelog.written[-1]
        assert (partition, rows[0], [row.key for row in rows[1:]]) == (0, Row(OUTBOX, None), [MARKER])
        assert bench.restored().unsent == []

    async def test_draining_twice_appends_nothing_more(self) -> None:
        bench = SlaBench(held=False)
        await bench.run(FIRST)
        await bench.processor.drain()
        appends = len(bench.changelog.written)
        await bench.processor.drain()

        assert len(bench.changelog.written) == appends

    async def test_what_is_not_known_to_have_gone_out_stays_in_the_outbox(self) -> None:
        bench = SlaBench(held=False)
        bench.publisher.error = KafkaTimeoutError()
        await bench.run(FIRST)
        await bench.processor.drain()

        assert len(bench.changelog.written) == 1
