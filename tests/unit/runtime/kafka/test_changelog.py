from __future__ import annotations

import asyncio

import pytest
from aiokafka.errors import (
    InvalidTimestampError,
    KafkaTimeoutError,
    OutOfOrderSequenceNumber,
    ProducerFenced,
    UnknownProducerId,
)

from stream.runtime.kafka.changelog import APPEND_BYTES, ROW_BYTES, AppendTooLargeError, Changelog
from stream.runtime.kafka.clock_watch import ClockAheadError
from stream.runtime.kafka.fencing import FencedError
from stream.runtime.kafka.unwritable import UnwritableTopicError
from stream.state.rows import Row
from tests.unit.runtime.fakes import FakeProducer, producer_state, rows_in, settle

CLAIM = Row(b"m", b"claim")
ROWS = [Row(b"eT-1", b"one"), Row(b"eT-2", None), Row(b"m", b"marker")]


async def test_all_rows_of_an_append_are_one_batch_of_one_request() -> None:
    producer = FakeProducer()
    appending = asyncio.create_task(Changelog(producer.as_producer(), "changelog").append(3, ROWS))
    await settle()

    ((topic, partition, batch),) = producer.batches
    assert (topic, partition) == ("changelog", 3)
    assert batch.closed()
    assert rows_in(batch) == ROWS

    producer.acknowledge(100)
    assert await appending == 103


async def test_an_append_waits_for_the_acknowledgement() -> None:
    producer = FakeProducer()
    appending = asyncio.create_task(Changelog(producer.as_producer(), "changelog").append(0, ROWS))
    await settle()

    assert not appending.done()
    producer.acknowledge(0)
    assert await appending == 3


async def test_a_refused_append_names_its_partition_and_what_the_broker_says() -> None:
    producer = FakeProducer()
    appending = asyncio.create_task(Changelog(producer.as_producer(), "changelog").append(0, ROWS))
    await settle()
    producer.acknowledgements[-1].set_exception(KafkaTimeoutError())

    with pytest.raises(UnwritableTopicError, match=r"changelog\[0\] cannot be written: KafkaTimeoutError"):
        await appending


@pytest.mark.parametrize("writing", ["append", "claim"])
async def test_a_time_that_the_brokers_refuse_is_told_as_the_clock_of_this_machine(writing: str) -> None:
    producer = FakeProducer()
    changelog = Changelog(producer.as_producer(), "changelog")
    written = asyncio.create_task(changelog.append(3, ROWS) if writing == "append" else changelog.claim(3, [CLAIM], 7))
    await settle()
    producer.acknowledgements[-1].set_exception(InvalidTimestampError())

    with pytest.raises(
        ClockAheadError, match=r"changelog\[3\]: the brokers refuse the time of this machine.*set its clock"
    ):
        await written


async def test_rows_that_do_not_fit_into_one_batch_are_not_sent_at_all() -> None:
    producer = FakeProducer(batch_size=200)
    rows = [Row(b"eT-%d" % number, b"x" * 30) for number in range(20)]

    with pytest.raises(AppendTooLargeError, match=r"20 rows for changelog\[2\] are more than"):
        await Changelog(producer.as_producer(), "changelog").append(2, rows)
    assert producer.batches == []


def test_a_run_ends_well_before_its_append_would_be_too_large() -> None:
    assert 2 * ROW_BYTES <= APPEND_BYTES


async def test_appends_before_any_claim_name_no_producer() -> None:
    producer = FakeProducer()
    appending = asyncio.create_task(Changelog(producer.as_producer(), "changelog").append(0, ROWS))
    await settle()
    producer.acknowledge(0)
    await appending

    assert producer_state(producer.batches[0][2]) == (-1, -1, 0)


async def claimed(producer: FakeProducer) -> Changelog:
    """A changelog whose partition 3 was claimed for the seventh time, by the row at offset 20."""
    changelog = Changelog(producer.as_producer(), "changelog")
    claiming = asyncio.create_task(changelog.claim(3, [CLAIM], 7))
    await settle()
    producer.acknowledge(20)
    assert await claiming == 21
    return changelog


async def test_appends_under_a_claim_are_numbered_on_from_it() -> None:
    producer = FakeProducer()
    changelog = await claimed(producer)
    for offset in (21, 24):
        appending = asyncio.create_task(changelog.append(3, ROWS))
        await settle()
        producer.acknowledge(offset)
        await appending

    batches = [batch for _, _, batch in producer.batches]
    assert rows_in(batches[0]) == [CLAIM]
    states = [producer_state(batch) for batch in batches[1:]]
    assert [state[1:] for state in states] == [(7, 1), (7, 4)]
    assert states[0][0] == states[1][0] > 0


@pytest.mark.parametrize("error", [ProducerFenced(), OutOfOrderSequenceNumber()])
async def test_a_claim_after_another_workers_is_fenced(error: Exception) -> None:
    producer = FakeProducer()
    claiming = asyncio.create_task(Changelog(producer.as_producer(), "changelog").claim(3, [CLAIM], 7))
    await settle()
    producer.acknowledgements[-1].set_exception(error)

    with pytest.raises(FencedError, match=r"changelog\[3\] was claimed by another worker"):
        await claiming


async def test_an_append_after_another_workers_claim_is_fenced() -> None:
    producer = FakeProducer()
    changelog = await claimed(producer)
    appending = asyncio.create_task(changelog.append(3, ROWS))
    await settle()
    producer.acknowledgements[-1].set_exception(ProducerFenced())

    with pytest.raises(FencedError, match=r"changelog\[3\] was claimed by another worker"):
        await appending


async def test_a_broker_that_takes_no_producer_it_does_not_know_gets_appends_without_one() -> None:
    producer = FakeProducer()
    changelog = Changelog(producer.as_producer(), "changelog")
    claiming = asyncio.create_task(changelog.claim(3, [CLAIM], 7))
    await settle()
    producer.acknowledgements[-1].set_exception(UnknownProducerId())
    await settle()
    producer.acknowledge(20)
    assert await claiming == 21
    appending = asyncio.create_task(changelog.append(3, ROWS))
    await settle()
    producer.acknowledge(21)
    await appending

    assert [producer_state(batch)[0] for _, _, batch in producer.batches[1:]] == [-1, -1]
