from __future__ import annotations

import pytest
from aiokafka.errors import InvalidTimestampError, KafkaTimeoutError

from stream.dead_letters.writing import DeadLetters
from stream.runtime.kafka.clock_watch import ClockAheadError
from stream.runtime.kafka.unwritable import UnwritableTopicError
from stream.state.records import Rejection
from stream.state.rejection import Reason
from tests.kinds.worker import SourceRecord
from tests.unit.runtime.fakes import FakeProducer, consumer_record, values_of

ORIGIN = [
    ("deskpulse.topic", b"helpdesk.tickets"),
    ("deskpulse.partition", b"3"),
    ("deskpulse.offset", b"41"),
    ("deskpulse.timestamp", b"1709553600123"),
]


async def test_a_dead_letter_has_the_original_bytes_and_tells_where_it_comes_from() -> None:
    producer = FakeProducer()
    record = consumer_record(b'{"broken', b"T-1", [("traceparent", b"00-abc"), ("deskpulse.reason", b"theirs")])
    letters = DeadLetters(producer.as_producer(), "helpdesk.tickets")
    await letters.write([Rejection(record, Reason.NOT_JSON, "truncated")])

    assert producer.messages == [
        {
            "topic": "helpdesk.tickets-dlt",
            "key": b"T-1",
            "value": b'{"broken',
            "partition": 3,
            "headers": [
                ("traceparent", b"00-abc"),
                ("deskpulse.reason", b"theirs"),
                ("deskpulse.reason", b"not_json"),
                ("deskpulse.detail", b"truncated"),
                *ORIGIN,
            ],
        }
    ]


async def test_a_value_that_the_broker_does_not_take_stays_in_the_source_topic() -> None:
    producer = FakeProducer(largest_value=1_000)
    rejections = [
        Rejection(consumer_record(b"x" * 1_001), Reason.TOO_LARGE, "1001 bytes, at most 100 are read"),
        Rejection(consumer_record(b"x" * 1_000), Reason.TOO_LARGE, "1000 bytes, at most 100 are read"),
    ]
    await DeadLetters(producer.as_producer(), "helpdesk.tickets").write(rejections)

    assert set(values_of(producer.messages)) == {None, b"x" * 1_000}
    (omitted,) = (message for message in producer.messages if message["value"] is None)
    assert omitted["key"] == b"T-1"
    assert omitted["headers"] == [
        ("deskpulse.reason", b"too_large"),
        ("deskpulse.detail", b"1001 bytes, at most 100 are read"),
        *ORIGIN,
        ("deskpulse.value-omitted", b"1001"),
    ]


@pytest.mark.parametrize("value", [None, b"x" * 2_000])
async def test_a_record_without_key_can_be_dead_lettered_even_without_its_value(value: bytes | None) -> None:
    producer = FakeProducer(largest_value=1_000)
    rejection = Rejection(consumer_record(value, key=None), Reason.INVALID, "the record has no value")
    await DeadLetters(producer.as_producer(), "helpdesk.tickets").write([rejection])

    (message,) = producer.messages
    assert (message["key"], message["value"]) == (b"", None)


async def test_a_long_detail_is_cut() -> None:
    producer = FakeProducer()
    rejection = Rejection(consumer_record(b"{}"), Reason.FAILED, "ä" * 100_000)
    await DeadLetters(producer.as_producer(), "helpdesk.tickets").write([rejection])

    assert dict(producer.messages[0]["headers"])["deskpulse.detail"].decode() == "ä" * 2_000


async def test_a_failure_of_the_broker_names_the_partition() -> None:
    producer = FakeProducer(error=KafkaTimeoutError())

    with pytest.raises(UnwritableTopicError, match=r"helpdesk\.tickets\-dlt\[3\] cannot be written: KafkaTimeoutError"):
        await DeadLetters(producer.as_producer(), "helpdesk.tickets").write(
            [Rejection(consumer_record(b"{}"), Reason.INVALID, "")]
        )


async def test_a_time_that_the_brokers_refuse_is_told_as_the_clock_of_this_machine() -> None:
    producer = FakeProducer(error=InvalidTimestampError())

    with pytest.raises(
        ClockAheadError, match=r"helpdesk\.tickets-dlt\[3\]: the brokers refuse the time of this machine"
    ):
        await DeadLetters(producer.as_producer(), "helpdesk.tickets").write(
            [Rejection(consumer_record(b"{}"), Reason.INVALID, "")]
        )


async def test_only_records_from_kafka_can_be_dead_lettered() -> None:
    letters = DeadLetters(FakeProducer().as_producer(), "helpdesk.tickets")

    with pytest.raises(TypeError, match="does not come from Kafka"):
        await letters.write([Rejection(SourceRecord(0, b"{}"), Reason.INVALID, "")])
