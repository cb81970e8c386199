"""How Kafka is made to refuse what a former owner of a partition still sends.

What is appended under a claim, to the changelog or to the topic of SLA events, carries its number as the epoch of an
idempotent producer. Kafka refuses whatever comes
with a lower one than it has seen: an append that was frozen with its process, or held up by a broken
connection, while the partition went to another worker. So the changelog has one writer at a time, and each of
them has read all that was written before its claim. As the appends are numbered too, one that is sent again
because its acknowledgement was lost is written once.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from aiokafka.errors import InvalidTimestampError, ProducerFenced

from stream.runtime.kafka.clock_watch import ClockAheadError

if TYPE_CHECKING:
    from aiokafka import AIOKafkaProducer
    from aiokafka.producer.message_accumulator import BatchBuilder

# Kafka hands out the ids of producers upwards from 0; these are far from there. State is kept for each partition,
# so one id serves all of them. An epoch has 16 bits with a sign; when they are used up the next id follows.
_FIRST_PRODUCER: Final = 0x6465_736B_0000_0000
_EPOCHS: Final = 32_767
_SEQUENCES: Final = 2**31
_ROOM: Final = 2**32
_YEAR_2025: Final = 1_735_689_600


class FencedError(Exception):
    """Another worker has claimed the partition, and nothing of this append was written."""


class Stamp(NamedTuple):
    """What tells the broker who appends: the producer's id and epoch, and the number of the first record."""

    producer: int
    epoch: int
    sequence: int


@dataclass(slots=True)
class Writer:
    """What is appended to one partition under one claim.

    ``sequence`` is the number of the next record, ``first_producer`` the id that goes with the first claims.
    """

    claim: int
    sequence: int = 0
    first_producer: int = _FIRST_PRODUCER

    def stamp(self, records: int) -> Stamp:
        """The stamp of the next append, which has so many records.

        Each is to be used once: a number that comes again passes for a repetition and is dropped.
        """
        stamp = Stamp(self.first_producer + self.claim // _EPOCHS, self.claim % _EPOCHS, self.sequence)
        self.sequence = (self.sequence + records) % _SEQUENCES
        return stamp


def first_claim(now: float) -> int:
    """The number of the first claim of a changelog that is new at ``now`` (seconds since the epoch).

    If it takes the place of one that was deleted, what is written under its claims elsewhere must not be refused for
    the sake of claims of the old one; so claims do not begin with 1, but each second has a producer of its own.
    """
    return max(1, int(now - _YEAR_2025)) * _EPOCHS


def life_of(claim: int) -> int:
    """What tells a changelog that a claim belongs to from the one that was there before it was made anew."""
    return claim // _EPOCHS


def has_beginning(claim: int) -> bool:
    """Whether a changelog with a claim of this number begins with a row that says so; older versions wrote none."""
    return claim >= _EPOCHS


def first_producer_of(name: str) -> int:
    """A producer id for a topic to which others write under claims of their own; ``name`` tells them apart."""
    digest = int.from_bytes(blake2b(name.encode(), digest_size=8).digest())
    # Above those that Kafka hands out, with room for the ids that follow.
    return 1 << 62 | digest >> 2 & ~(_ROOM - 1)


async def send(
    producer: AIOKafkaProducer, batch: BatchBuilder, topic: str, partition: int, writer: Writer | None
) -> Any:
    """Send a filled batch under the claim of its writer; return the metadata with which the broker acknowledges it.

    Raises ``FencedError`` if there is a higher claim, ``ClockAheadError`` if the broker takes no such time, and the
    client's ``KafkaError`` if it does not take the batch for another reason.
    """
    if writer is not None:
        batch._set_producer_state(*writer.stamp(batch.record_count()))  # noqa: SLF001 - only a producer's own id is public
    batch.close()
    acknowledged = await producer.send_batch(batch, topic, partition=partition)
    try:
        return await acknowledged
    except ProducerFenced as error:
        message = f"{topic}[{partition}] was claimed by another worker"
        raise FencedError(message) from error
    except InvalidTimestampError as error:
        raise ClockAheadError(topic, partition) from error
