"""How long it takes from an event to the gauge, at a steady rate.

Openings of new tickets are published to all partitions in turn, each at the moment at which it is due and
that its ``time`` says, ``RATE`` a second, by a producer that does not linger. A delay runs from that moment
(so a producer that falls behind does not hide anything) to the first answer of the worker that was asked for
when the event was in the gauges already:

* That an event is in the gauges is known, to the worker's disadvantage, from the append to its changelog that
  has the event in it: the worker counts first and appends then, and the broker stamps the append, in whole
  milliseconds, rounded up here.
* ``/api/v1/worker`` is asked every 10 ms. It is cheap, but waits for the worker's event loop as a scrape does.

So every delay is an upper bound, by at most the 10 ms, the append's 1 to 3 ms and 1 ms of rounding. The time
that a scrape itself takes is another figure. There is no scrape in the meantime.
"""

from __future__ import annotations

import asyncio
import time
from bisect import bisect_left
from collections.abc import Sequence
from contextlib import suppress
from typing import Final, NamedTuple

import aiohttp
import orjson
from aiokafka import AIOKafkaProducer

from schemas.events import TICKETS_TOPIC
from stream.windows.moments import MICROSECONDS, to_text
from tests.bench.changelog_stamps import ticket_appends, ticket_changelog_ends
from tests.bench.filled_topics import PARTITIONS, TopicPartition
from tests.bench.worker_process import Worker

RATE: Final = 2_000
"""Events a second."""

WARM_UP_SECONDS: Final = 2.0
"""How long events come before any is measured."""

_TICK_SECONDS: Final = 0.005
_POLL_SECONDS: Final = 0.01


class Published(NamedTuple):
    """An event: when it was due, in seconds since the epoch, and where it went."""

    due_at: float
    partition: int
    offset: int


class Answer(NamedTuple):
    """An answer of the worker: when it was asked for and when it came, in seconds since the epoch."""

    asked_at: float
    came_at: float


async def measure_delays(worker: Worker, seconds: float) -> list[float]:
    """The delays, in seconds, of the events of so many seconds after a warm-up of 2 s."""
    address, group = worker.topics.address, worker.group
    begins = await ticket_changelog_ends(address, group)
    answers: list[Answer] = []
    asking = asyncio.create_task(_ask(worker.url, answers))
    try:
        published = await _publish(worker, WARM_UP_SECONDS + seconds)
        await worker.until_committed()
        await asyncio.sleep(2 * _POLL_SECONDS)
    finally:
        asking.cancel()
        with suppress(asyncio.CancelledError):
            await asking
    appends = await ticket_appends(address, group, begins)
    return delays_of(published[round(WARM_UP_SECONDS * RATE) :], appends, answers)


def delays_of(
    published: Sequence[Published], appends: dict[int, list[tuple[int, float]]], answers: Sequence[Answer]
) -> list[float]:
    """From when each event was due to the first answer asked for after its append, in seconds.

    ``appends`` are offset and time of each partition's appends in order. Raises ``IndexError`` if there is no
    such append or answer.
    """
    offsets = {partition: [offset for offset, _ in found] for partition, found in appends.items()}
    asked = [answer.asked_at for answer in answers]
    delays = []
    for event in published:
        append = bisect_left(offsets[event.partition], event.offset)
        _, appended_at = appends[event.partition][append]
        delays.append(answers[bisect_left(asked, appended_at)].came_at - event.due_at)
    return delays


async def _ask(url: str, answers: list[Answer]) -> None:
    async with aiohttp.ClientSession() as session:
        while True:
            asked_at = time.time()
            # A worker under strain may close the connection or refuse; then a later answer counts.
            with suppress(aiohttp.ClientConnectionError):
                async with session.get(f"{url}/api/v1/worker") as response:
                    await response.read()
                if response.ok:
                    answers.append(Answer(asked_at, time.time()))
            await asyncio.sleep(_POLL_SECONDS)


async def _publish(worker: Worker, seconds: float) -> list[Published]:
    published: list[Published] = []
    total = round(seconds * RATE)
    async with AIOKafkaProducer(bootstrap_servers=worker.topics.address, acks="all") as producer:
        await producer.partitions_for(TICKETS_TOPIC)
        began_at = time.time()
        while len(published) < total:
            wanted = min(total, int((time.time() - began_at) * RATE))
            while len(published) < wanted:
                number = len(published)
                due_at = began_at + number / RATE
                partition = number % PARTITIONS
                value = _opening(worker.group, number, due_at)
                offset = worker.topics.add(TopicPartition(TICKETS_TOPIC, partition), value)
                await producer.send(TICKETS_TOPIC, value, partition=partition)
                published.append(Published(due_at, partition, offset))
            await asyncio.sleep(_TICK_SECONDS)
        await producer.flush()
    return published


def _opening(group: str, number: int, due_at: float) -> bytes:
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": f"{group}-{number}",
            "source": "/bench/gauge-delay",
            "subject": f"bench-{group}-{number}",
            "type": "helpdesk.ticket.opened.v1",
            "time": to_text(int(due_at * MICROSECONDS)),
            "data": {"channel": "email", "priority": "normal", "category": "question", "team": "front desk"},
        }
    )
