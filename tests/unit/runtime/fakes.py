"""What the runtime talks to, without a broker."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import orjson
from aiokafka import AIOKafkaProducer, ConsumerRecord
from aiokafka.errors import MessageSizeTooLargeError
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.record import MemoryRecords
from faust.types import TP, EventT

from stream.dead_letters.writing import DeadLetters
from stream.runtime.faust.spans import SpanTracker
from stream.runtime.faust.transport import Batch
from stream.runtime.kafka.changelog import Changelog
from stream.runtime.kafka.publishing import Publisher
from stream.state.outbox import Outgoing
from stream.state.records import Rejection
from stream.state.rows import Row
from tests.kinds.worker import records_of

TOPIC = "helpdesk.tickets"


@dataclass(slots=True)
class FakeProducer:
    """Keeps what it is given to send; ``batch_size`` bounds a batch, ``largest_value`` a single message."""

    batch_size: int = 1_000_000
    largest_value: int = 1_000_000
    error: Exception | None = None
    batches: list[tuple[str, int, BatchBuilder]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    offset: int = 0
    acknowledgements: list[asyncio.Future[Any]] = field(default_factory=list)

    def create_batch(self) -> BatchBuilder:
        """An empty batch, as the real producer makes it."""
        return BatchBuilder(self.batch_size, 0)

    async def send_batch(self, batch: BatchBuilder, topic: str, *, partition: int) -> asyncio.Future[Any]:
        """Take a batch; the answer comes when `acknowledge` is called."""
        self.batches.append((topic, partition, batch))
        acknowledged: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.acknowledgements.append(acknowledged)
        return acknowledged

    def acknowledge(self, offset: int) -> None:
        """The broker has written the last batch, its first record at ``offset``."""
        self.acknowledgements[-1].set_result(SimpleNamespace(offset=offset))

    async def send_and_wait(self, topic: str, **message: Any) -> None:  # noqa: ANN401 - passed on as it is
        """Take a single message, or raise as a broker does that takes no message of its size."""
        if len(message["value"] or b"") > self.largest_value:
            raise MessageSizeTooLargeError
        if self.error is not None:
            raise self.error
        self.messages.append({"topic": topic, **message})

    def as_producer(self) -> AIOKafkaProducer:
        """The fake under the type of the real one."""
        return cast("AIOKafkaProducer", self)


def rows_in(builder: BatchBuilder) -> list[Row]:
    """The rows of the one record batch that a builder makes."""
    records = MemoryRecords(bytes(builder._build()))
    batch = records.next_batch()
    assert not records.has_next()
    return [Row(record.key, record.value) for record in batch]


def producer_state(builder: BatchBuilder) -> tuple[int, int, int]:
    """The id, epoch and first sequence number of a batch's producer."""
    batch = MemoryRecords(bytes(builder._build())).next_batch()
    return batch.producer_id, batch.producer_epoch, batch.base_sequence


class FakeChangelog(Changelog):
    """A changelog whose appends are acknowledged, or fail, when the test says so."""

    def __init__(self, *, held: bool = False) -> None:
        super().__init__(FakeProducer().as_producer(), "changelog")
        self.held = held
        self.begun: list[tuple[int, list[Row]]] = []
        self.written: list[tuple[int, list[Row]]] = []
        self._waiting: list[asyncio.Future[None]] = []

    async def append(self, partition: int, rows: Sequence[Row]) -> int:
        """Wait for the test's word if held, then count the rows as written."""
        self.begun.append((partition, list(rows)))
        if self.held:
            answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(answer)
            await answer
        self.written.append((partition, list(rows)))
        return sum(len(written) for number, written in self.written if number == partition)

    def appended_by_another(self, partition: int, rows: Sequence[Row]) -> None:
        """Somebody else has written to a partition."""
        self.written.append((partition, list(rows)))

    def acknowledge(self) -> None:
        """Let the oldest append that waits succeed."""
        self._waiting.pop(0).set_result(None)

    def fail(self, error: Exception) -> None:
        """Let the oldest append that waits fail."""
        self._waiting.pop(0).set_exception(error)


class FakeDeadLetters(DeadLetters):
    """Dead letters that are kept; ``error`` is raised instead if there is one."""

    def __init__(self, changelog: FakeChangelog) -> None:
        super().__init__(FakeProducer().as_producer(), TOPIC)
        self.error: Exception | None = None
        self.written: list[Rejection] = []
        self.appends_before: list[int] = []
        self._changelog = changelog

    async def write(self, rejections: Sequence[Rejection]) -> None:
        """Keep the rejections, and how many appends came before them."""
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        self.written += rejections
        self.appends_before.append(len(self._changelog.begun))


class FakePublisher(Publisher):
    """Events that are kept, each with how many appends came before it; ``error`` is raised instead if there is one."""

    def __init__(self, changelog: FakeChangelog) -> None:
        super().__init__(FakeProducer().as_producer(), "test")
        self.error: Exception | None = None
        self.held: asyncio.Event | None = None
        self.written: list[tuple[str, int]] = []
        self._changelog = changelog

    async def write(self, partition: int, claim: int, records: Sequence[Outgoing]) -> None:  # noqa: ARG002 - as it is
        """Keep the ids of the events, as soon as nothing holds them."""
        await asyncio.sleep(0)
        if self.held is not None:
            await self.held.wait()
        if self.error is not None:
            raise self.error
        self.written += [(identifier, len(self._changelog.written)) for identifier in identifiers_of(records)]


def identifiers_of(records: Sequence[Outgoing]) -> list[str]:
    """The ids of the events that records carry."""
    return [orjson.loads(record.value)["id"] for record in records]


class FakeApp:
    """As much of a Faust app as the processor asks for."""

    def __init__(self) -> None:
        self.consumer_generation_id = 1
        self.rebalancing = False
        self.spans: SpanTracker[TP] = SpanTracker()
        self.source_end: int | None = None
        self.consumer = SimpleNamespace(
            begun=self.spans.begun,
            finished=self.spans.done,
            highwater=lambda _: self.source_end,
            assignment=lambda: {TP(TOPIC, number) for number in range(2)},
        )


def batch_event(app: FakeApp, values: Sequence[bytes | None], *, first: int = 0, partition: int = 0) -> EventT[Batch]:
    """A Faust event with a run of records, opened as the consumer does."""
    tp = TP(TOPIC, partition)
    records = records_of(values, first)
    last = records[-1].offset
    app.spans.opened(tp, last)
    message = SimpleNamespace(tp=tp, value=records, offset=last, generation_id=app.consumer_generation_id)
    return cast("EventT[Batch]", SimpleNamespace(message=message))


def consumer_record(
    value: bytes | None, key: bytes | None = b"T-1", headers: Sequence[tuple[str, bytes]] = ()
) -> ConsumerRecord[bytes, bytes]:
    """A record as the Kafka client delivers it."""
    return ConsumerRecord(
        TOPIC, 3, 41, 1_709_553_600_123, 0, key, value, None, len(key or b""), len(value or b""), headers
    )


async def settle(turns: int = 20) -> None:
    """Let everything that can go on go on."""
    for _ in range(turns):
        await asyncio.sleep(0)


def values_of(messages: Sequence[dict[str, Any]]) -> Iterator[bytes | None]:
    """The values of sent messages."""
    return (message["value"] for message in messages)
