"""How Kafka is made to refuse what a former owner of a changelog partition still sends.

The appends under a claim carry its number as the epoch of an idempotent producer. Kafka refuses whatever comes
with a lower one than it has seen: an append that was frozen with its process, or held up by a broken
connection, while the partition went to another worker. So the changelog has one writer at a time, and each of
them has read all that was written before its claim. As the appends are numbered too, one that is sent again
because its acknowledgement was lost is written once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

# Kafka hands out the ids of producers upwards from 0; these are far from there. State is kept for each partition,
# so one id serves all of them. An epoch has 16 bits with a sign; when they are used up the next id follows.
_FIRST_PRODUCER: Final = 0x6465_736B_0000_0000
_EPOCHS: Final = 32_767
_SEQUENCES: Final = 2**31


class Stamp(NamedTuple):
    """What tells the broker who appends: the producer's id and epoch, and the number of the first record."""

    producer: int
    epoch: int
    sequence: int


@dataclass(slots=True)
class Writer:
    """What is appended to one partition under one claim; ``sequence`` is the number of the next record."""

    claim: int
    sequence: int = 0

    def stamp(self, records: int) -> Stamp:
        """The stamp of the next append, which has so many records.

        Each is to be used once: a number that comes again passes for a repetition and is dropped.
        """
        stamp = Stamp(_FIRST_PRODUCER + self.claim // _EPOCHS, self.claim % _EPOCHS, self.sequence)
        self.sequence = (self.sequence + records) % _SEQUENCES
        return stamp
