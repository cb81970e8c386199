"""``deskpulse topics grow``: more partitions under the same group."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from aiokafka.errors import KafkaError

from stream.app import Deskpulse
from stream.runtime.kafka.broker import connected_admin, reading_consumer
from stream.runtime.kafka.growth import GrowthError, GrowthReport, GrowthTools, grow, sizes
from stream.runtime.kafka.publishing import Publisher
from stream.runtime.kafka.reachability import choose_addresses
from stream.settings.settings import Settings
from stream.state.partition import PartitionState


@dataclass(frozen=True, slots=True)
class GrowthRequest:
    """What is asked for."""

    topics: Sequence[str]
    partitions: int
    settle_seconds: float


def request_of(
    topics: Sequence[str] | None, partitions: int, settle_seconds: float, sources: Sequence[str]
) -> GrowthRequest:
    """The request of a command line, for all ``sources`` if no topic is named. Raises ``GrowthError``."""
    for topic in topics or ():
        if topic not in sources:
            message = f"{topic} is not a source topic; --topic takes {' and '.join(sources)}"
            raise GrowthError(message)
    return GrowthRequest(topics or sources, partitions, settle_seconds)


async def planned_lines(request: GrowthRequest, settings: Settings) -> list[str]:
    """What would be done, for people. Raises as `run_growth` does."""
    lines = []
    async with connected_admin(settings.kafka) as admin:
        for topic in request.topics:
            source, changelog = await sizes(admin, settings.kafka, topic)
            if source == changelog == request.partitions:
                lines.append(f"{topic} has {source} partitions already")
            else:
                lines.append(
                    f"{topic} has {source} partitions, its state is in {changelog}: both are to be {request.partitions}"
                )
    return lines


async def run_growth(request: GrowthRequest, settings: Settings, tell: Callable[[str], None]) -> list[GrowthReport]:
    """Do it, all topics at once, for most of the time is spent on waiting for publishers.

    Raises ``GrowthError``, ``BusyGroupError``, ``BrokerUnreachableError``, and the errors of a state that is not what
    was read; but none before all other topics have ended.
    """
    ended = await asyncio.gather(
        *(_grow(topic, request, settings, tell) for topic in request.topics), return_exceptions=True
    )
    for outcome in ended:
        if isinstance(outcome, BaseException):
            raise outcome
    return [outcome for outcome in ended if isinstance(outcome, GrowthReport)]


async def _grow(
    topic: str, request: GrowthRequest, settings: Settings, tell: Callable[[str], None]
) -> GrowthReport | None:
    kafka = await choose_addresses(settings.kafka)
    # Put together as a worker is, but it never joins the group.
    worker = Deskpulse(settings.model_copy(update={"store": "memory"}), dict.fromkeys(settings.source_topics, 1), kafka)
    tables = {intake.topic: intake.table for intake in worker.intakes}
    try:
        async with connected_admin(kafka) as admin, reading_consumer(kafka) as consumer, worker.producer as producer:
            publisher = Publisher(producer, f"deskpulse/{kafka.group}")

            def new_state(topic: str, partition: int) -> PartitionState:
                return tables[topic].new_state(partition, 0)

            tools = GrowthTools(kafka, admin, consumer, producer, publisher, new_state, tell)
            report = await grow(tools, topic, request.partitions, request.settle_seconds)
    except (KafkaError, ValueError) as error:
        message = f"Kafka at {kafka.bootstrap_servers}: {type(error).__name__}: {error}; run the same command again"
        raise GrowthError(message) from error
    tell(f"{topic} has {request.partitions} partitions already" if report is None else told(report))
    return report


def told(report: GrowthReport) -> str:
    """A report for people."""
    late = f", {report.late} more were sent to the partitions where they belong" if report.late else ""
    return (
        f"{report.topic} has {report.after} partitions, it had {report.before}: {report.records} records were taken"
        f" in{late}, {report.moved} entities moved, in {report.seconds:.1f} s without fresh numbers;"
        " `deskpulse dlt replay` needs --by-key for letters from before"
    )


def reports_json(reports: Sequence[GrowthReport]) -> dict[str, Any]:
    """The reports for scripts."""
    return {"grown": [asdict(report) for report in reports]}
