from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, cast

import faust
import pytest
from aiokafka import ConsumerRecord
from aiokafka.errors import IllegalStateError
from faust.types import TP, Message

from stream.runtime.faust.transport import MOST_OUTSTANDING, BatchConsumer, BatchSchema, BatchTransport
from tests.unit.runtime.fakes import TOPIC, settle

OTHER = "test-changelog"
FIRST, SECOND, UNBATCHED = TP(TOPIC, 0), TP(TOPIC, 1), TP(OTHER, 0)

Fetched = Mapping[TP, Sequence[ConsumerRecord[bytes, bytes]]]


class FakeConsumer(BatchConsumer):
    """The consumer with its fetches, seeks and commits replaced; ``told`` is what it did, in order."""

    def __init__(self, transport: BatchTransport) -> None:
        super().__init__(transport, ignore, ignore, ignore)
        self.fetched: Fetched | None = {}
        self.fetches = 0
        self.active: set[TP] | None = {FIRST, SECOND, UNBATCHED}
        self.told: list[str] = []
        self.committed: dict[TP, int] = {}
        self.sought_meanwhile = False

    async def _wait_next_records(self, timeout: float) -> tuple[Any, Any]:  # noqa: ARG002, ASYNC109 - Faust's signature
        self.fetches += 1
        if self.sought_meanwhile:
            self.sought_meanwhile = False
            await self.perform_seek()
        return self.fetched, self.active

    def highwater(self, tp: TP) -> int:  # noqa: ARG002 - Faust's signature
        return 1_000

    def assignment(self) -> set[TP]:
        return {FIRST, SECOND}

    async def commit(self, *_: object, **__: object) -> bool:
        self.told.append(f"committed {self.spans.committable(FIRST)}")
        return True

    async def _seek_to_committed(self) -> Mapping[TP, int]:
        self.told.append("sought")
        return self.committed

    async def earliest_offsets(self, *partitions: TP) -> Mapping[TP, int]:
        return dict.fromkeys(partitions, 3)

    async def seek_wait(self, partitions: Mapping[TP, int]) -> None:
        self.told += [f"sought {offset} of {tp.topic} {tp.partition}" for tp, offset in partitions.items()]


class FakeTransport(BatchTransport):
    """The transport that makes such consumers."""

    Consumer = FakeConsumer


def records(tp: TP, *offsets: int) -> list[ConsumerRecord[bytes, bytes]]:
    """Records of a partition."""
    return [
        ConsumerRecord(tp.topic, tp.partition, offset, 1_709_553_600_500, 0, b"k", b"v", None, 1, 1, ())
        for offset in offsets
    ]


async def ignore(*_: object) -> None:
    """What nobody listens to."""


@pytest.fixture
async def consumer() -> AsyncIterator[FakeConsumer]:
    """A consumer that batches one topic and not the other."""
    app = faust.App("test", broker="kafka://127.0.0.1:1", store="memory://")
    transport = FakeTransport(app.conf.broker_consumer, app, batched_topics=[TOPIC])
    app.transport = transport
    app.consumer_generation_id = 1
    made = FakeConsumer(transport)
    yield made
    made._thread.thread_loop.close()


async def messages(consumer: FakeConsumer, fetched: Fetched | None) -> list[tuple[TP, Message]]:
    """What one fetch yields."""
    consumer.fetched = fetched
    return [item async for item in consumer.getmany(0.1)]


async def interrupt(consumer: FakeConsumer, event: str) -> None:
    """Let happen what makes the rest of a fetch outdated."""
    if event == "a new generation":
        consumer.app.consumer_generation_id += 1
    elif event == "a seek":
        await consumer.perform_seek()
    else:
        consumer.stop_flow()


class TestSeeking:
    async def test_a_partition_without_a_committed_offset_starts_over_at_its_beginning(
        self, consumer: FakeConsumer
    ) -> None:
        consumer.committed = cast("dict[TP, int]", {FIRST: 7, SECOND: None, UNBATCHED: None})
        await consumer.perform_seek()

        assert consumer.told == ["sought", f"sought 3 of {TOPIC} 1"]

    async def test_what_was_fetched_while_somebody_sought_is_fetched_once_more(self, consumer: FakeConsumer) -> None:
        consumer.sought_meanwhile = True

        assert await messages(consumer, {FIRST: records(FIRST, 5, 6)}) == []
        assert consumer.told == ["sought", "sought"]
        assert len(await messages(consumer, {FIRST: records(FIRST, 3, 4)})) == 1
        assert consumer.told == ["sought", "sought"]

    async def test_a_look_for_what_is_stuck_while_no_position_is_known_is_no_failure(
        self, consumer: FakeConsumer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        looks: list[tuple[object, ...]] = []

        def without_position(*look: object) -> None:
            looks.append(look)
            raise AssertionError

        monkeypatch.setattr(consumer._thread, "verify_event_path", without_position)
        consumer.verify_event_path(0.0, FIRST)

        assert looks == [(0.0, FIRST)]


class TestFetching:
    async def test_a_run_of_records_of_a_partition_is_one_message(self, consumer: FakeConsumer) -> None:
        run = records(FIRST, 10, 11, 15)
        ((tp, message),) = await messages(consumer, {FIRST: run})

        assert tp == FIRST
        assert cast("Any", message.value) is run
        assert (message.topic, message.partition, message.offset) == (TOPIC, 0, 15)
        assert message.timestamp == 1_709_553_600.5
        assert message.generation_id == 1

    async def test_a_message_never_spans_partitions(self, consumer: FakeConsumer) -> None:
        found = await messages(consumer, {FIRST: records(FIRST, 1, 2), SECOND: records(SECOND, 1)})

        assert [(tp, message.offset) for tp, message in found] == [(FIRST, 2), (SECOND, 1)]

    async def test_other_topics_come_message_by_message(self, consumer: FakeConsumer) -> None:
        found = await messages(consumer, {UNBATCHED: records(UNBATCHED, 3, 4)})

        assert [(message.offset, message.value) for _, message in found] == [(3, b"v"), (4, b"v")]
        assert consumer.spans.outstanding == 0

    async def test_partitions_that_are_not_active_are_left_out(self, consumer: FakeConsumer) -> None:
        consumer.active = {SECOND}
        found = await messages(consumer, {FIRST: records(FIRST, 1), SECOND: records(SECOND, 1)})

        assert [tp for tp, _ in found] == [SECOND]

    @pytest.mark.parametrize("fetched", [None, {}, {FIRST: []}])
    async def test_nothing_fetched_yields_nothing(self, fetched: Fetched | None, consumer: FakeConsumer) -> None:
        assert await messages(consumer, fetched) == []

    async def test_a_stopped_flow_yields_nothing_and_reading_starts_over(self, consumer: FakeConsumer) -> None:
        await messages(consumer, {FIRST: records(FIRST, 1)})
        consumer.stop_flow()

        assert await messages(consumer, {FIRST: records(FIRST, 2)}) == []
        assert consumer.told == ["sought"]
        assert consumer.spans.outstanding == 0

    async def test_a_generation_that_ends_in_the_middle_ends_the_fetch(self, consumer: FakeConsumer) -> None:
        consumer.fetched = {FIRST: records(FIRST, 1), SECOND: records(SECOND, 1)}
        found = []
        async for tp, _ in consumer.getmany(0.1):
            found.append(tp)
            consumer.app.consumer_generation_id += 1

        assert found == [FIRST]

    @pytest.mark.parametrize("event", ["a new generation", "a seek", "a stopped flow"])
    async def test_a_run_that_is_not_handed_out_in_the_end_is_not_waited_for(
        self, consumer: FakeConsumer, event: str
    ) -> None:
        consumer.fetched = {FIRST: records(FIRST, 1), SECOND: records(SECOND, 1)}
        async for _ in consumer.getmany(0.1):
            await interrupt(consumer, event)

        consumer.spans.opened(SECOND, 5)
        assert consumer.begun(SECOND, 5)

    @pytest.mark.parametrize("event", ["a new generation", "a seek", "a stopped flow"])
    async def test_what_was_left_of_a_fetch_is_fetched_again(self, consumer: FakeConsumer, event: str) -> None:
        consumer.fetched = {FIRST: records(FIRST, 1), SECOND: records(SECOND, 1)}
        async for _ in consumer.getmany(0.1):
            await interrupt(consumer, event)
        consumer.resume_flow()
        consumer.told.clear()
        assert await messages(consumer, {}) == []

        assert await messages(consumer, {SECOND: records(SECOND, 2)}) == []
        assert consumer.told == ["sought"]
        assert len(await messages(consumer, {FIRST: records(FIRST, 1), SECOND: records(SECOND, 1)})) == 2
        assert consumer.told == ["sought"]

    async def test_a_seek_that_fails_is_done_again(
        self, consumer: FakeConsumer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def fail() -> Mapping[TP, int]:
            raise IllegalStateError

        with monkeypatch.context() as patched:
            patched.setattr(consumer, "_seek_to_committed", fail)
            consumer.stop_flow()
            assert await messages(consumer, {FIRST: records(FIRST, 1)}) == []
        consumer.resume_flow()
        consumer.told.clear()

        assert await messages(consumer, {FIRST: records(FIRST, 2)}) == []
        assert consumer.told == ["sought"]
        assert len(await messages(consumer, {FIRST: records(FIRST, 1)})) == 1

    async def test_fetching_waits_while_too_many_runs_are_on_their_way(self, consumer: FakeConsumer) -> None:
        for offset in range(MOST_OUTSTANDING + 1):
            await messages(consumer, {FIRST: records(FIRST, offset)})
        fetches = consumer.fetches
        waiting = asyncio.create_task(messages(consumer, {FIRST: records(FIRST, 100)}))
        await settle()
        assert consumer.fetches == fetches

        consumer.finished(FIRST, 0)
        assert len(await asyncio.wait_for(waiting, 5)) == 1

    async def test_a_stopped_flow_ends_the_waiting(self, consumer: FakeConsumer) -> None:
        for offset in range(MOST_OUTSTANDING + 1):
            await messages(consumer, {FIRST: records(FIRST, offset)})
        waiting = asyncio.create_task(messages(consumer, {FIRST: records(FIRST, 100)}))
        await settle()
        consumer.stop_flow()

        assert await asyncio.wait_for(waiting, 5) == []

    @pytest.mark.parametrize("turns", range(5))
    async def test_a_run_that_becomes_durable_just_then_does_not_hide_a_cancellation(
        self, turns: int, consumer: FakeConsumer
    ) -> None:
        for offset in range(MOST_OUTSTANDING + 2):
            consumer.spans.opened(FIRST, offset)
        waiting = asyncio.create_task(messages(consumer, {FIRST: records(FIRST, 100)}))
        await settle()
        consumer.finished(FIRST, 0)
        for _ in range(turns):
            await asyncio.sleep(0)
        waiting.cancel()

        await asyncio.wait({waiting}, timeout=1)
        assert waiting.cancelled()


class TestCommitting:
    async def test_an_acknowledgement_of_the_agent_commits_nothing(self, consumer: FakeConsumer) -> None:
        ((_, message),) = await messages(consumer, {FIRST: records(FIRST, 1, 2)})
        consumer.track_message(message)
        consumer.ack(message)

        assert consumer._new_offset(FIRST) is None

    async def test_what_is_durable_is_committed_one_past_its_end(self, consumer: FakeConsumer) -> None:
        await messages(consumer, {FIRST: records(FIRST, 1, 7), SECOND: records(SECOND, 3)})
        consumer.finished(FIRST, 7)

        assert consumer._new_offset(FIRST) == 8
        assert consumer._new_offset(SECOND) is None
        assert list(consumer._filter_tps_with_pending_acks()) == [FIRST]

    @pytest.mark.parametrize("topics, expected", [({TOPIC}, [FIRST]), ({FIRST}, [FIRST]), ({SECOND, OTHER}, [])])
    async def test_topics_and_partitions_can_be_chosen(
        self, topics: set[Any], expected: list[TP], consumer: FakeConsumer
    ) -> None:
        await messages(consumer, {FIRST: records(FIRST, 1)})
        consumer.finished(FIRST, 1)

        assert list(consumer._filter_tps_with_pending_acks(topics)) == expected

    async def test_other_topics_are_committed_as_faust_does(self, consumer: FakeConsumer) -> None:
        consumer._acked[UNBATCHED] = [0, 1]

        assert consumer._new_offset(UNBATCHED) == 2

    async def test_gaps_between_offsets_are_no_affair_of_a_batched_topic(self, consumer: FakeConsumer) -> None:
        await consumer._add_gap(FIRST, 0, 10)
        await consumer._add_gap(UNBATCHED, 0, 10)

        assert FIRST not in consumer._gap
        assert UNBATCHED in consumer._gap


class TestGivingUp:
    async def test_what_is_in_hand_is_drained_and_committed_before_partitions_go(self, consumer: FakeConsumer) -> None:
        await messages(consumer, {FIRST: records(FIRST, 1, 2)})

        async def drain() -> None:
            assert not consumer.flow_active
            consumer.told.append("drained")
            consumer.finished(FIRST, 2)

        async def gone(_: set[TP]) -> None:
            consumer.told.append(f"gone with {consumer.spans.committable(FIRST)}")

        consumer.drain = drain
        consumer._on_partitions_revoked = gone
        await consumer.on_partitions_revoked({FIRST})

        assert consumer.told == ["drained", "committed 3", "gone with None"]

    async def test_a_partition_that_stays_keeps_what_may_be_committed(self, consumer: FakeConsumer) -> None:
        await messages(consumer, {FIRST: records(FIRST, 1), SECOND: records(SECOND, 1)})
        consumer.finished(FIRST, 1)
        consumer.finished(SECOND, 1)
        await consumer.on_partitions_revoked({FIRST})

        assert consumer._new_offset(FIRST) is None
        assert consumer._new_offset(SECOND) == 2


async def test_a_batch_reaches_the_agent_as_it_is(consumer: FakeConsumer) -> None:
    run = records(FIRST, 1, 2)
    ((_, message),) = await messages(consumer, {FIRST: run})
    event = await BatchSchema().compile(consumer.app)(message)

    assert event.key is None
    assert event.value is run
    assert event.message is message
