"""Reads dead-letter topics, and single records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from stream.dead_letters.ledger import Ledger
from stream.dead_letters.letter import Letter, read

_POLL_MS: Final = 1_000
_IDLE_POLLS: Final = 30
_READ_THROUGH: Final = 1_000


class LettersUnreadableError(Exception):
    """The brokers answer, but do not give the records of a dead-letter topic."""


async def read_ledger(consumer: AIOKafkaConsumer, partitions: Sequence[TopicPartition]) -> Ledger:
    """All dead letters, and notes of those that were sent again, in these partitions of dead-letter topics.

    Raises ``LettersUnreadableError`` when nothing comes for half a minute, and the client's ``KafkaError``.
    """
    ledger = Ledger()
    if not partitions:
        return ledger
    consumer.assign(list(partitions))
    begins = await consumer.beginning_offsets(list(partitions))
    ends = await consumer.end_offsets(list(partitions))
    for partition in partitions:
        consumer.seek(partition, begins[partition])
    left = {partition for partition in partitions if begins[partition] < ends[partition]}
    idle = 0
    while left:
        fetched = await consumer.getmany(*left, timeout_ms=_POLL_MS)
        for records in fetched.values():
            for record in records:
                entry = read(record)
                if entry is not None:
                    ledger.add(entry)
        idle = 0 if fetched else idle + 1
        if idle == _IDLE_POLLS:
            names = ", ".join(sorted(f"{tp.topic}[{tp.partition}]" for tp in left))
            message = f"nothing comes from {names}; `deskpulse doctor` shows what is wrong with these topics"
            raise LettersUnreadableError(message)
        left = {partition for partition in left if await consumer.position(partition) < ends[partition]}
    return ledger


async def letter_records(
    consumer: AIOKafkaConsumer, letters: Sequence[Letter]
) -> dict[Letter, ConsumerRecord[bytes, bytes]]:
    """The records of letters, as far as they are still there."""
    places = {letter: (TopicPartition(letter.topic, letter.partition), letter.offset) for letter in letters}
    return await _records(consumer, places)


async def source_records(
    consumer: AIOKafkaConsumer, letters: Sequence[Letter]
) -> dict[Letter, ConsumerRecord[bytes, bytes]]:
    """The rejected records themselves, as far as the source topics still have them."""
    places = {
        letter: (TopicPartition(letter.origin.topic, letter.origin.partition), letter.origin.offset)
        for letter in letters
    }
    begins = await consumer.beginning_offsets({tp for tp, _ in places.values()}) if places else {}
    there = {letter: (tp, offset) for letter, (tp, offset) in places.items() if offset >= begins[tp]}
    found = await _records(consumer, there)
    # In a topic that was made anew, another record may have the offset.
    return {letter: record for letter, record in found.items() if _is_same(letter, record)}


def _is_same(letter: Letter, record: ConsumerRecord[bytes, bytes]) -> bool:
    return record.timestamp == letter.timestamp and len(record.value or b"") == (letter.size or 0)


async def _records(
    consumer: AIOKafkaConsumer, places: Mapping[Letter, tuple[TopicPartition, int]]
) -> dict[Letter, ConsumerRecord[bytes, bytes]]:
    """The records at these places, as far as they are there."""
    ends = await consumer.end_offsets({tp for tp, _ in places.values()}) if places else {}
    wanted: dict[TopicPartition, dict[int, Letter]] = {}
    for letter, (tp, offset) in places.items():
        if offset < ends[tp]:
            wanted.setdefault(tp, {})[offset] = letter
    if wanted:
        consumer.assign(list(wanted))
    for tp, offsets in wanted.items():
        consumer.seek(tp, min(offsets))
    found: dict[Letter, ConsumerRecord[bytes, bytes]] = {}
    idle = 0
    while wanted and idle < _IDLE_POLLS:
        fetched = await consumer.getmany(*wanted, timeout_ms=_POLL_MS)
        idle = 0 if fetched else idle + 1
        for tp, records in fetched.items():
            found.update({wanted[tp][record.offset]: record for record in records if record.offset in wanted[tp]})
            reached = records[-1].offset
            wanted[tp] = {offset: letter for offset, letter in wanted[tp].items() if offset > reached}
            if not wanted[tp]:
                del wanted[tp]
            elif min(wanted[tp]) > reached + _READ_THROUGH:
                consumer.seek(tp, min(wanted[tp]))
    return found
