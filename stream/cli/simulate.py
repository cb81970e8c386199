"""``deskpulse simulate``: a believable helpdesk, as a log file or as a live stream."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiokafka import TopicPartition

from stream.cli.progress import tracked
from stream.cli.topic_filter import TopicFilter
from stream.feeds.live import in_real_time
from stream.feeds.publish import publish
from stream.feeds.simulator import SimulatedEvent, Simulator, SimulatorSettings
from stream.feeds.simulator.disturbance import disturb
from stream.runtime.kafka.broker import ensure_topics, reading_consumer
from stream.runtime.kafka.reachability import choose_addresses
from stream.settings.kafka import KafkaSettings
from stream.settings.settings import Settings


class SimulationError(Exception):
    """The simulation cannot be made as asked."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to simulate: ``tickets`` opened in the last ``days``, then a stream of ``rate`` events a second."""

    seed: int
    days: float
    tickets: int
    rate: float
    duplicates: float = 0.0
    late: float = 0.0
    poison: float = 0.0

    def disturbed(self, events: Iterator[SimulatedEvent]) -> Iterator[SimulatedEvent]:
        """The events with the duplicates, the disorder and the unreadable records that were asked for."""
        if self.duplicates or self.late or self.poison:
            return iter(disturb(events, self.seed, duplicates=self.duplicates, late=self.late, poison=self.poison))
        return events


def write_log(plan: Plan, out: Path, end: datetime) -> int:
    """Write the past up to ``end`` to a file of JSON Lines; return the number of events.

    Raises ``SimulationError`` if the file cannot be written.
    """
    simulator = Simulator(SimulatorSettings(), plan.seed)
    history = plan.disturbed(simulator.history(end - timedelta(days=plan.days), end, plan.tickets))
    count = 0
    try:
        with out.open("wb") as file:
            for count, event in enumerate(tracked(history, f"Writing {out}"), start=1):  # noqa: B007
                file.write(event.value.replace(b"\n", b" ") + b"\n")
    except OSError as error:
        message = f"cannot write {out}: {error.strerror}"
        raise SimulationError(message) from error
    return count


async def stream_events(plan: Plan, settings: Settings, seconds: float | None, *, resume: bool = False) -> int:
    """Publish the past at once, then the present as it happens, until a signal or ``seconds`` are over.

    Only what the workers of these settings read is published. With ``resume`` the past is left out if the topics
    have events already: a simulation that is started again would publish another past.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    kafka = await choose_addresses(settings.kafka)
    partitions = await ensure_topics(kafka, settings.source_topics)
    chosen = TopicFilter(settings.source_topics)
    simulator = Simulator(SimulatorSettings(), plan.seed)
    now = datetime.now(UTC)
    count = 0
    if resume and await _have_events(kafka, partitions):
        sys.stderr.write("the topics have events already: going on without a history\n")
    elif plan.tickets and plan.days:
        history = plan.disturbed(simulator.history(now - timedelta(days=plan.days), now, plan.tickets))
        count += await publish(
            tracked(chosen.passing(history), "Publishing the past"), kafka.bootstrap_servers, **kafka.security.options()
        )
        sys.stderr.write(f"published {count} events of the last {plan.days:g} days\n")
    if seconds is not None:
        loop.call_later(seconds, stop.set)
    if plan.rate:
        live = chosen.passing(plan.disturbed(simulator.live(now, plan.rate)))
        count += await publish(in_real_time(live, stop), kafka.bootstrap_servers, **kafka.security.options())
    sys.stderr.write("".join(chosen.warnings()))
    return count


async def _have_events(kafka: KafkaSettings, partitions: Mapping[str, int]) -> bool:
    """Whether a topic has, or had, a record."""
    sources = [TopicPartition(topic, number) for topic, count in partitions.items() for number in range(count)]
    async with reading_consumer(kafka) as consumer:
        return any((await consumer.end_offsets(sources)).values())
