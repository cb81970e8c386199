"""Sends dead letters to where they came from, and notes that in the dead-letter topic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError

from stream.letters.letter import Letter, Origin, receipt_headers, replay_headers
from stream.letters.reading import letter_records, source_records


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
) -> Replay:
    """Send letters, each to the topic and partition of its origin, in their order.

    A letter goes with its repaired value, if it has one, else as it was rejected. Without ``producer``
    nothing is sent, but all else is done. Raises the client's ``KafkaError``.
    """
    replay = Replay()
    records = await letter_records(consumer, letters)
    omitted = [letter for letter in letters if letter.omitted and letter.origin not in repairs]
    sources = await source_records(consumer, omitted)
    for letter in letters:
        record = records.get(letter)
        if record is None:
            replay.failed[letter] = "the dead letter is gone from its topic"
            continue
        value = repairs.get(letter.origin, record.value)
        if letter.omitted and letter.origin not in repairs:
            source = sources.get(letter)
            if source is None:
                replay.failed[letter] = (
                    f"the letter does not have the value of {letter.size} bytes, and the source topic has it no more"
                )
                continue
            value = source.value
        if value is None:
            replay.failed[letter] = "the record has no value, so it would be rejected again; give it one with --file"
            continue
        if producer is not None:
            try:
                await producer.send_and_wait(
                    letter.origin.topic,
                    value=value,
                    key=record.key,
                    partition=letter.origin.partition,
                    headers=replay_headers(letter, record.headers),
                )
            except MessageSizeTooLargeError:
                replay.failed[letter] = f"the source topic takes no record of {len(value)} bytes"
                continue
            await _note(producer, letter, record.key)
        replay.sent.append(letter)
    return replay


async def _note(producer: AIOKafkaProducer, letter: Letter, key: bytes | None) -> None:
    # After the record itself: a crash between the two sends an event twice, which counts once.
    await producer.send_and_wait(
        letter.topic, value=None, key=key or b"", partition=letter.partition, headers=receipt_headers(letter)
    )
