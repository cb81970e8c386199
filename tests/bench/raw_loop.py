"""The raw consumer loop: what is left when nothing but reading and decoding is done.

``python -m tests.bench.raw_loop ADDRESS`` reads both topics from their beginning with the worker's fetch
settings, decodes each value with orjson and puts the type of each subject's latest event into a dict. The
time runs from before the partitions are assigned, so that it includes the first fetch, to the last update.
It prints a `RawLoopResult` as JSON.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from typing import Final

import msgspec
import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition

from stream.desks.kinds import SOURCE_TOPICS
from stream.settings.kafka import KafkaSettings
from tests.bench.filled_topics import PARTITIONS

# As the worker's application sets it.
_PARTITION_FETCH_BYTES: Final = 4 * 1024 * 1024
# As Faust sets it.
_FETCH_WAIT_MILLISECONDS: Final = 1_500


class RawLoopResult(msgspec.Struct, frozen=True):
    """How many ``events`` took how many ``seconds``, and how many subjects ended with which type of event."""

    events: int
    seconds: float
    last_types: dict[str, int]


async def run_raw_loop(address: str) -> RawLoopResult:
    """Read everything once."""
    partitions = [TopicPartition(topic, number) for topic in SOURCE_TOPICS for number in range(PARTITIONS)]
    consumer = AIOKafkaConsumer(
        bootstrap_servers=address,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_poll_records=KafkaSettings().max_poll_records,
        max_partition_fetch_bytes=_PARTITION_FETCH_BYTES,
        fetch_max_wait_ms=_FETCH_WAIT_MILLISECONDS,
    )
    async with consumer:
        total = sum((await consumer.end_offsets(partitions)).values())
        latest: dict[str, str] = {}
        events = 0
        started = time.perf_counter()
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        while events < total:
            for records in (await consumer.getmany(timeout_ms=1_000)).values():
                for record in records:
                    event = orjson.loads(record.value)
                    latest[event["subject"]] = event["type"]
                events += len(records)
        seconds = time.perf_counter() - started
    return RawLoopResult(events, seconds, dict(Counter(latest.values())))


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(run_raw_loop(sys.argv[1]))) + b"\n")
