"""What the doctor knows when it judges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from stream.doctor.keys import KeyCensus
from stream.runtime.kafka.consumer_group import GroupFacts
from stream.runtime.kafka.positions import Position
from stream.runtime.kafka.topics import FoundTopic
from stream.settings.settings import Settings

METADATA_API: Final = 3
JOIN_GROUP_API: Final = 11


class PortState(StrEnum):
    """Who is on the web port: nobody, a worker that is ready, one that is not, or something else."""

    FREE = "free"
    READY = "ready"
    NOT_READY = "not_ready"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class BrokerFacts:
    """``brokers``: how many there are. ``versions``: the newest version of each request that they know, by its key."""

    brokers: int
    versions: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class NewestRecord:
    """The last record of a source partition.

    ``timestamp`` is in milliseconds and the broker's if ``by_broker``, else the publisher's; ``event_time``,
    in microseconds, is what the event itself says, ``None`` if it cannot be read.
    """

    topic: str
    partition: int
    timestamp: int
    by_broker: bool
    event_time: int | None


@dataclass(frozen=True, slots=True)
class Facts:
    """All there is to know. ``now`` is the wall clock in microseconds; without ``broker`` nothing of Kafka is known.

    ``keys`` is only known on request; ``damaged`` are the copies of this worker's state that were set aside;
    ``folder_trouble`` says why its folder cannot be used, and what to do, separated by a semicolon.
    """

    settings: Settings
    sources: Sequence[str]
    now: int
    port: PortState
    broker: BrokerFacts | None = None
    unreachable: str = ""
    topics: Mapping[str, FoundTopic] = field(default_factory=dict)
    positions: Sequence[Position] = ()
    group: GroupFacts | None = None
    newest: Sequence[NewestRecord] = ()
    damaged: Sequence[Path] = ()
    keys: Sequence[KeyCensus] = ()
    folder_trouble: str | None = None
