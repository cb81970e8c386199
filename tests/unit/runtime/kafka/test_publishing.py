from __future__ import annotations

import asyncio

import pytest
from aiokafka.errors import ProducerFenced, UnknownProducerId

from schemas.events import SLA_TOPIC
from stream.runtime.kafka.fencing import FencedError
from stream.runtime.kafka.publishing import BATCH_BYTES, Publisher
from stream.state.outbox import Outgoing
from stream.state.rows import Row
from tests.unit.runtime.fakes import FakeProducer, producer_state, rows_in, settle

VALUE = b" " * 400

KAFKAS_DEFAULT_BYTES = 1_048_588


def events(*tickets: str, topic: str = SLA_TOPIC) -> list[Outgoing]:
    return [Outgoing(topic, ticket.encode(), VALUE) for ticket in tickets]


def publisher_of(producer: FakeProducer, source: str = "s") -> Publisher:
    return Publisher(producer.as_producer(), source)


async def write(publisher: Publisher, producer: FakeProducer, claim: int, *tickets: str) -> None:
    writing = asyncio.create_task(publisher.write(3, claim, events(*tickets)))
    await settle()
    producer.acknowledge(0)
    await writing


async def test_events_are_written_to_the_partition_of_their_number_until_they_are_acknowledged() -> None:
    producer = FakeProducer()
    publisher = publisher_of(producer)
    writing = asyncio.create_task(publisher.write(3, 7, events("T-1", "T-2")))
    await settle()

    ((topic, partition, batch),) = producer.batches
    assert (topic, partition) == ("helpdesk.sla", 3)
    assert rows_in(batch) == [Row(b"T-1", VALUE), Row(b"T-2", VALUE)]
    assert not writing.done()
    producer.acknowledge(0)
    await writing


async def test_each_topic_gets_its_events_in_their_order_and_numbers_of_its_own() -> None:
    producer = FakeProducer()
    publisher = publisher_of(producer)
    one, other = events("T-1", "T-2"), events("T-3", topic="helpdesk.other")
    writing = asyncio.create_task(publisher.write(3, 7, [*one, *other, *events("T-4")]))
    while not writing.done():
        await settle()
        producer.acknowledge(0)
        await settle()

    assert [(topic, [row.key for row in rows_in(batch)]) for topic, _, batch in producer.batches] == [
        (SLA_TOPIC, [b"T-1", b"T-2"]),
        ("helpdesk.other", [b"T-3"]),
        (SLA_TOPIC, [b"T-4"]),
    ]
    assert [producer_state(batch)[1:] for _, _, batch in producer.batches] == [(7, 0), (7, 0), (7, 2)]


async def test_what_does_not_fit_into_one_batch_follows_in_the_next() -> None:
    producer = FakeProducer(batch_size=1_000)
    writing = asyncio.create_task(publisher_of(producer).write(3, 7, events("T-1", "T-2", "T-3")))
    while not writing.done():
        await settle()
        producer.acknowledge(0)
        await settle()

    assert [row.key for _, _, batch in producer.batches for row in rows_in(batch)] == [b"T-1", b"T-2", b"T-3"]
    assert len(producer.batches) > 1


async def test_no_batch_is_larger_than_a_topic_takes_by_default() -> None:
    producer = FakeProducer()
    tickets = [f"T-{number}" for number in range(4_000)]
    writing = asyncio.create_task(publisher_of(producer).write(3, 7, events(*tickets)))
    while not writing.done():
        await settle()
        producer.acknowledge(0)
        await settle()

    assert [row.key.decode() for _, _, batch in producer.batches for row in rows_in(batch)] == tickets
    assert max(batch.size() for _, _, batch in producer.batches) <= BATCH_BYTES < KAFKAS_DEFAULT_BYTES


async def test_an_event_that_is_larger_than_a_batch_should_be_goes_alone() -> None:
    producer = FakeProducer()
    large = [Outgoing(SLA_TOPIC, b"T-1", b" " * BATCH_BYTES), *events("T-2")]
    writing = asyncio.create_task(publisher_of(producer).write(3, 7, large))
    while not writing.done():
        await settle()
        producer.acknowledge(0)
        await settle()

    assert [[row.key for row in rows_in(batch)] for _, _, batch in producer.batches] == [[b"T-1"], [b"T-2"]]


async def test_events_carry_the_number_of_the_claim_and_are_numbered_on_under_it() -> None:
    producer = FakeProducer()
    publisher = publisher_of(producer)
    for claim in (7, 7, 8):
        await write(publisher, producer, claim, "T-1", "T-2")

    states = [producer_state(batch) for _, _, batch in producer.batches]
    assert [state[1:] for state in states] == [(7, 0), (7, 2), (8, 0)]
    assert len({state[0] for state in states}) == 1


async def test_workers_of_another_group_do_not_come_between_with_claims_of_their_own() -> None:
    producer = FakeProducer()
    for source in ("deskpulse/support", "deskpulse/trial"):
        await write(publisher_of(producer, source), producer, 7, "T-1")

    one, other = (producer_state(batch)[0] for _, _, batch in producer.batches)
    assert one != other


async def test_events_after_those_of_a_higher_claim_are_fenced() -> None:
    producer = FakeProducer()
    publisher = publisher_of(producer)
    writing = asyncio.create_task(publisher.write(3, 7, events("T-1")))
    await settle()
    producer.acknowledgements[-1].set_exception(ProducerFenced())

    with pytest.raises(FencedError, match=r"helpdesk.sla\[3\] was claimed by another worker"):
        await writing


async def test_what_is_left_of_an_earlier_claim_of_the_same_worker_is_fenced_and_takes_no_number() -> None:
    producer = FakeProducer()
    publisher = publisher_of(producer)
    await write(publisher, producer, 8, "T-1")
    with pytest.raises(FencedError, match=r"helpdesk.sla\[3\] was claimed by this worker once more"):
        await publisher.write(3, 7, events("T-1"))
    await write(publisher, producer, 8, "T-2")

    assert [producer_state(batch)[1:] for _, _, batch in producer.batches] == [(8, 0), (8, 1)]


async def test_a_broker_that_takes_no_producer_it_does_not_know_gets_events_without_one() -> None:
    producer = FakeProducer()
    publisher = publisher_of(producer)
    writing = asyncio.create_task(publisher.write(3, 7, events("T-1")))
    await settle()
    producer.acknowledgements[-1].set_exception(UnknownProducerId())
    await settle()
    producer.acknowledge(0)
    await writing
    await write(publisher, producer, 7, "T-2")

    assert [producer_state(batch)[0] for _, _, batch in producer.batches[1:]] == [-1, -1]
    assert [row.key for _, _, batch in producer.batches[1:] for row in rows_in(batch)] == [b"T-1", b"T-2"]
