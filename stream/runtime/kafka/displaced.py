"""Records that are where Kafka's default partitioner would not send their keys, as those from before a growth are."""

from __future__ import annotations

from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from stream.runtime.kafka.placement import belongs

LOOKED_AT: Final = 200
"""How many of the oldest records of a partition are looked at."""

_POLLS: Final = 20
_POLL_MS: Final = 500


async def holds_displaced_records(consumer: AIOKafkaConsumer, topic: str, partitions: int) -> bool:
    """Whether any of the oldest records of a source topic is in a partition where its key does not belong.

    Then the topic was given more partitions since, or its publishers choose partitions in their own way. The
    consumer is left assigned to the topic's partitions. Raises the client's ``KafkaError``.
    """
    every = [TopicPartition(topic, number) for number in range(partitions)]
    begins, ends = await consumer.beginning_offsets(every), await consumer.end_offsets(every)
    until = {tp: min(begins[tp] + LOOKED_AT, ends[tp]) for tp in every if begins[tp] < ends[tp]}
    consumer.assign(list(until))
    for tp in until:
        consumer.seek(tp, begins[tp])
    for _ in range(_POLLS):
        left = [tp for tp, end in until.items() if await consumer.position(tp) < end]
        if not left:
            break
        for tp, records in (await consumer.getmany(*left, timeout_ms=_POLL_MS, max_records=LOOKED_AT)).items():
            if any(not belongs(record.key, tp.partition, partitions) for record in records):
                return True
    return False
