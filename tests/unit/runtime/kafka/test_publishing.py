from __future__ import annotations

import asyncio

import pytest
from aiokafka.errors import ProducerFenced, UnknownProducerId

from stream.desks.tickets.attributes import NO_ATTRIBUTES
from stream.desks.tickets.sla.announced import Announced
from stream.desks.tickets.sla.announcements import Announcement, records_of
from stream.desks.tickets.sla.transitions import ACTIVATE, Transition
from stream.runtime.kafka.fencing import FencedError
from stream.runtime.kafka.publishing import Publisher
from tests.unit.runtime.fakes import FakeProducer, producer_state, rows_in, settle


def announcements(*tickets: str) -> list[Announcement]:
    transition = Transition(1_000_000, ACTIVATE, 0, 1, "gold", 60, 0, 61, breached=False)
    return [Announcement(ticket, transition, NO_ATTRIBUTES) for ticket in tickets]


def events_of(producer: FakeProducer, source: str = "s") -> Publisher:
    return Publisher(producer.as_producer(), source, Announced(lambda attributes: attributes))


async def write(events: Publisher, producer: FakeProducer, claim: int, *tickets: str) -> None:
    writing = asyncio.create_task(events.write(3, claim, announcements(*tickets)))
    await settle()
    producer.acknowledge(0)
    await writing


async def test_events_are_written_to_the_partition_of_their_number_and_counted_once_they_are_acknowledged() -> None:
    producer = FakeProducer()
    events = events_of(producer)
    writing = asyncio.create_task(events.write(3, 7, announcements("T-1", "T-2")))
    await settle()

    ((topic, partition, batch),) = producer.batches
    assert (topic, partition) == ("helpdesk.sla", 3)
    assert rows_in(batch) == list(records_of(announcements("T-1", "T-2"), "s"))
    assert events._announced.transitions == {}
    producer.acknowledge(0)
    await writing
    assert events._announced.transitions == {"activate": 2}


async def test_what_does_not_fit_into_one_batch_follows_in_the_next() -> None:
    producer = FakeProducer(batch_size=1_000)
    writing = asyncio.create_task(events_of(producer).write(3, 7, announcements("T-1", "T-2", "T-3")))
    while not writing.done():
        await settle()
        producer.acknowledge(0)
        await settle()

    assert [row.key for _, _, batch in producer.batches for row in rows_in(batch)] == [b"T-1", b"T-2", b"T-3"]
    assert len(producer.batches) > 1


async def test_events_carry_the_number_of_the_claim_and_are_numbered_on_under_it() -> None:
    producer = FakeProducer()
    events = events_of(producer)
    for claim in (7, 7, 8):
        await write(events, producer, claim, "T-1", "T-2")

    states = [producer_state(batch) for _, _, batch in producer.batches]
    assert [state[1:] for state in states] == [(7, 0), (7, 2), (8, 0)]
    assert len({state[0] for state in states}) == 1


async def test_workers_of_another_group_do_not_come_between_with_claims_of_their_own() -> None:
    producer = FakeProducer()
    for source in ("deskpulse/support", "deskpulse/trial"):
        await write(events_of(producer, source), producer, 7, "T-1")

    one, other = (producer_state(batch)[0] for _, _, batch in producer.batches)
    assert one != other


async def test_events_after_those_of_a_higher_claim_are_fenced_and_not_counted() -> None:
    producer = FakeProducer()
    events = events_of(producer)
    writing = asyncio.create_task(events.write(3, 7, announcements("T-1")))
    await settle()
    producer.acknowledgements[-1].set_exception(ProducerFenced())

    with pytest.raises(FencedError, match=r"helpdesk.sla\[3\] was claimed by another worker"):
        await writing
    assert events._announced.transitions == {}


async def test_what_is_left_of_an_earlier_claim_of_the_same_worker_is_fenced_and_takes_no_number() -> None:
    producer = FakeProducer()
    events = events_of(producer)
    await write(events, producer, 8, "T-1")
    with pytest.raises(FencedError, match=r"helpdesk.sla\[3\] was claimed by this worker once more"):
        await events.write(3, 7, announcements("T-1"))
    await write(events, producer, 8, "T-2")

    assert [producer_state(batch)[1:] for _, _, batch in producer.batches] == [(8, 0), (8, 1)]


async def test_a_broker_that_takes_no_producer_it_does_not_know_gets_events_without_one() -> None:
    producer = FakeProducer()
    events = events_of(producer)
    writing = asyncio.create_task(events.write(3, 7, announcements("T-1")))
    await settle()
    producer.acknowledgements[-1].set_exception(UnknownProducerId())
    await settle()
    producer.acknowledge(0)
    await writing
    await write(events, producer, 7, "T-2")

    assert [producer_state(batch)[0] for _, _, batch in producer.batches[1:]] == [-1, -1]
    assert events._announced.transitions == {"activate": 2}
