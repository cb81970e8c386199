from __future__ import annotations

import asyncio

import pytest
from aiokafka.errors import KafkaTimeoutError

from stream.desk.rows import Row
from stream.runtime.changelog import APPEND_BYTES, ROW_BYTES, AppendTooLargeError, Changelog
from tests.unit.runtime.fakes import FakeProducer, rows_in, settle

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


async def test_a_refused_append_raises_what_the_broker_says() -> None:
    producer = FakeProducer()
    appending = asyncio.create_task(Changelog(producer.as_producer(), "changelog").append(0, ROWS))
    await settle()
    producer.acknowledgements[-1].set_exception(KafkaTimeoutError())

    with pytest.raises(KafkaTimeoutError):
        await appending


async def test_rows_that_do_not_fit_into_one_batch_are_not_sent_at_all() -> None:
    producer = FakeProducer(batch_size=200)
    rows = [Row(b"eT-%d" % number, b"x" * 30) for number in range(20)]

    with pytest.raises(AppendTooLargeError, match=r"20 rows for changelog\[2\] are more than"):
        await Changelog(producer.as_producer(), "changelog").append(2, rows)
    assert producer.batches == []


def test_a_run_ends_well_before_its_append_would_be_too_large() -> None:
    assert 2 * ROW_BYTES <= APPEND_BYTES
