"""Sends dead letters to where they came from, and notes that in the dead-letter topic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from aiokafka.errors import MessageSizeTooLargeError

from stream.dead_letters.letter import Letter, Origin, receipt_headers, replay_headers
from stream.dead_letters.reading import letter_records, source_records
from stream.runtime.kafka.placement import partition_of

_AT_ONCE: Final = 200

Records = Mapping[Letter, ConsumerRecord[bytes, bytes]]


class UnsendableError(Exception):
    """A letter that cannot be sent again, for the reason that the message gives."""


@dataclass(slots=True)
class Replay:
    """What became of the letters: sent, or not and why."""

    sent: list[Letter] = field(default_factory=list)
    failed: dict[Letter, str] = field(default_factory=dict)


async def send_again(
    consumer: AIOKafkaConsumer,
    producer: AIOKafkaProducer | None,
    letters: Sequence[Letter],
    repairs: Mapping[Origin, bytes],
    partitions: Mapping[str, int],
    *,
    by_key: bool = False,
) -> Replay:
    """Send letters, each to the topic and partition of its origin, in their order.

    A letter goes with its repaired value, if it has one, else as it was rejected. ``partitions`` are the
    numbers of partitions of the topics. With ``by_key`` a letter goes where Kafka's partitioner sends its key today,
    as events of its ticket do since the topic was given more partitions. Without ``producer`` nothing is sent, but all
    else is done. Raises the client's ``KafkaError``.
    """
    replay = Replay()
    for start in range(0, len(letters), _AT_ONCE):
        some = letters[start : start + _AT_ONCE]
        records = await letter_records(consumer, some)
        omitted = [letter for letter in some if letter.omitted and letter.origin not in repairs]
        sources = await source_records(
            consumer, [letter for letter in omitted if letter.origin.partition < partitions.get(letter.origin.topic, 0)]
        )
        for letter in some:
            try:
                record = _found(letter, records, partitions)
                value = repairs[letter.origin] if letter.origin in repairs else _value(letter, record, sources)
                if producer is not None:
                    partition = letter.origin.partition
                    if by_key and record.key is not None:
                        partition = partition_of(record.key, partitions[letter.origin.topic])
                    await _send(producer, letter, record, value, partition)
            except UnsendableError as error:
                replay.failed[letter] = str(error)
            else:
                replay.sent.append(letter)
    return replay


def _found(letter: Letter, records: Records, partitions: Mapping[str, int]) -> ConsumerRecord[bytes, bytes]:
    if letter not in records:
        message = "the dead letter is gone from its topic"
        raise UnsendableError(message)
    if letter.origin.partition >= partitions.get(letter.origin.topic, 0):
        message = f"{letter.origin.topic} has no partition {letter.origin.partition} any more"
        raise UnsendableError(message)
    return records[letter]


def _value(letter: Letter, record: ConsumerRecord[bytes, bytes], sources: Records) -> bytes:
    if letter.omitted and letter not in sources:
        message = f"the letter does not have the value of {letter.size} bytes, and the source topic no longer has it"
        raise UnsendableError(message)
    value: bytes | None = sources[letter].value if letter.omitted else record.value
    if value is None:
        message = "the record has no value, so it would be rejected again; give it one with --file"
        raise UnsendableError(message)
    return value


async def _send(
    producer: AIOKafkaProducer, letter: Letter, record: ConsumerRecord[bytes, bytes], value: bytes, partition: int
) -> None:
    origin = letter.origin
    headers = replay_headers(letter, record.headers)
    try:
        await producer.send_and_wait(origin.topic, value=value, key=record.key, partition=partition, headers=headers)
    except MessageSizeTooLargeError as error:
        message = f"{origin.topic} takes no record of {len(value)} bytes"
        raise UnsendableError(message) from error
    await _note(producer, letter, record.key)


async def _note(producer: AIOKafkaProducer, letter: Letter, key: bytes | None) -> None:
    # After the record itself: a crash between the two sends an event twice, which counts once.
    await producer.send_and_wait(
        letter.topic, value=None, key=key or b"", partition=letter.partition, headers=receipt_headers(letter)
    )
