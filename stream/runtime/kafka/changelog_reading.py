"""Reading changelogs, whole fetches at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from aiokafka import TopicPartition

from stream.state.rows import Row

if TYPE_CHECKING:
    from aiokafka import AIOKafkaConsumer

Load = Callable[[list[Row]], None]


async def read_changelogs(
    consumer: AIOKafkaConsumer,
    starts: Mapping[TopicPartition, int],
    ends: Mapping[TopicPartition, int],
    loads: Mapping[TopicPartition, Load],
) -> None:
    """Hand the rows of these partitions from their starts to before their ends, in order, to their ``loads``.

    These are called in another thread. The consumer is left assigned to the partitions.
    """
    left = {tp for tp, start in starts.items() if start < ends[tp]}
    if not left:
        return
    consumer.assign(list(left))
    for tp in left:
        consumer.seek(tp, starts[tp])
    left = {tp for tp in left if await consumer.position(tp) < ends[tp]}
    while left:
        for tp, records in (await consumer.getmany(*left, timeout_ms=1_000)).items():
            end = ends[tp]
            rows = [Row(record.key, record.value) for record in records if record.offset < end]
            await asyncio.to_thread(loads[tp], rows)
        left = {tp for tp in left if await consumer.position(tp) < ends[tp]}
