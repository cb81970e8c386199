"""What has to move when a source topic is given more partitions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

import msgspec

from stream.state.checkpoint import outdated
from stream.state.rows import ENTITY, GROWTH, OUTBOX, Row, RowStore, subject_in

PartitionOf = Callable[[bytes, int], int]
"""The partition of a key, of so many."""


class GrowthPlan(NamedTuple):
    """How many partitions there were ``before`` and are to be ``after``.

    ``moving``: what was published before is in the state, the topics have their new partitions, and rows move; from
    then on no record is taken in before they all have moved.
    """

    before: int
    after: int
    moving: bool = False


_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(GrowthPlan).decode


def plan_in(rows: RowStore) -> GrowthPlan | None:
    """The plan in the rows of the first partition, ``None`` if nothing grows."""
    value = rows.get(GROWTH)
    return None if value is None else _decode(value)


def plan_row(plan: GrowthPlan) -> Row:
    """The row that holds a plan."""
    return Row(GROWTH, _encode(plan))


def first_misplaced(partition: int, rows: RowStore, partitions: int, partition_of: PartitionOf) -> bytes | None:
    """The subject of an entity that is not in the partition where it belongs, ``None`` if all are."""
    subjects = map(subject_in, rows.keys(ENTITY))
    return next((subject for subject in subjects if partition_of(subject, partitions) != partition), None)


def moves(partition: int, rows: RowStore, partitions: int, partition_of: PartitionOf) -> dict[int, list[bytes]]:
    """The keys of the entities that do not belong into this partition any more, by the one where they belong."""
    found: dict[int, list[bytes]] = {}
    for key in rows.keys(ENTITY):
        target = partition_of(subject_in(key), partitions)
        if target != partition:
            found.setdefault(target, []).append(key)
    return found


def closing_rows(rows: RowStore, checkpoint: int) -> Iterator[Row]:
    """The rows with which a partition ends its growth: no windows, no announcements that went out, and no plan.

    No checkpoint has had a higher number than ``checkpoint``. What departed entities have left stays: it is a sum, and
    counts in whatever partition it is.
    """
    yield from outdated(rows, checkpoint)
    yield Row(OUTBOX, None)
    if rows.get(GROWTH) is not None:
        yield Row(GROWTH, None)
