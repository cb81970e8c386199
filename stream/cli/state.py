"""``deskpulse state rebuild``: what is read again, and from when on the numbers will be right."""

from __future__ import annotations

from typing import Any

from aiokafka.errors import KafkaError

from stream.desks.kinds import entities_of, published_of
from stream.runtime.kafka.broker import TopicsError
from stream.runtime.kafka.rebuild import RebuildPlan, plan_rebuild, rebuild
from stream.settings.kafka import KafkaSettings
from stream.settings.settings import Settings
from stream.windows.moments import to_text

_MILLISECOND = 1_000


async def run_plan(settings: Settings) -> RebuildPlan:
    """What has to be rebuilt. Raises ``BusyGroupError``, ``BrokerUnreachableError`` and ``TopicsError``."""
    try:
        return await plan_rebuild(settings.kafka, settings.source_topics)
    except (KafkaError, ValueError) as error:
        raise TopicsError(_refusal(settings.kafka, error)) from error


async def run_rebuild(settings: KafkaSettings, plan: RebuildPlan) -> None:
    """Do it. Raises as `run_plan` does."""
    try:
        await rebuild(settings, plan)
    except KafkaError as error:
        raise TopicsError(_refusal(settings, error)) from error


def plan_lines(plan: RebuildPlan) -> list[str]:
    """The plan for people."""
    if not plan.lost:
        return ["nothing is lost: every partition that the group has read has its state"]
    lines = []
    for one in plan.lost:
        lines += [one.why, f"  reads {one.topic}[{one.partition}] again from offset {one.begin}"]
    for topic, since in plan.since.items():
        if topic in plan.displaced:
            lines.append(
                f"{topic} has records where their keys do not belong: it was given more partitions since, or its"
                f" publishers choose partitions in their own way; those of its {entities_of(topic)} that have events"
                " before and after that will count as two, here and under a new kafka.group"
            )
        if since is None and topic not in plan.displaced:
            lines.append(f"{topic} has all its records: its numbers will be what they were")
        elif since is not None:
            lines.append(
                f"{topic} has records since {to_text(since * _MILLISECOND)}: its numbers will be right for"
                f" {entities_of(topic)} of which everything happened after that"
            )
    published = [f"events on {name}" for topic in plan.since for name in published_of(topic)]
    lines.append(
        f"{' and '.join([*published, 'dead letters'])} that come of these records go out again, under the same ids"
    )
    return lines


def plan_json(plan: RebuildPlan, *, done: bool) -> dict[str, Any]:
    """The plan for scripts; ``done`` says whether it was carried out."""
    return {
        "done": done,
        "lost": [
            {
                "topic": one.topic,
                "partition": one.partition,
                "from_offset": one.begin,
                "committed": one.committed,
                "why": one.why,
            }
            for one in plan.lost
        ],
        "since": {
            topic: None if since is None else to_text(since * _MILLISECOND) for topic, since in plan.since.items()
        },
        "displaced": list(plan.displaced),
    }


def _refusal(settings: KafkaSettings, error: Exception) -> str:
    return f"Kafka at {settings.bootstrap_servers}: {type(error).__name__}: {error}"
