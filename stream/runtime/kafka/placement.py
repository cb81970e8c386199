"""Where Kafka's default partitioner sends a key."""

from __future__ import annotations

from typing import cast

from aiokafka.partitioner import murmur2


def partition_of(key: bytes, partitions: int) -> int:
    """The partition of a key, of so many."""
    return cast("int", murmur2(key) & 0x7FFF_FFFF) % partitions


def belongs(key: bytes | None, partition: int, partitions: int) -> bool:
    """Whether a record with this key may be in a partition; one without a key may be anywhere."""
    return key is None or partition_of(key, partitions) == partition
