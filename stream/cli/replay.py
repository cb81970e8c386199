"""``deskpulse replay``: publishes a log as events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

from stream.app import SOURCE_TOPICS
from stream.cli.progress import tracked
from stream.feeds.event_log import read_event_log
from stream.feeds.publish import publish
from stream.feeds.replay import ReplayedEvent, ReplayError, ReplayReport, load_mapping, paced, read_events
from stream.runtime.broker import ensure_topics
from stream.runtime.reachability import choose_addresses
from stream.settings import KafkaSettings

MAX_SPEED = "max"


@dataclass(frozen=True, slots=True)
class ReplayPlan:
    """Which file, read by which mapping (``None``: it holds events), how many times as fast as it happened."""

    file: Path
    mapping: str | None
    speed: str
    strict: bool


class IncompleteReplayError(Exception):
    """Rows of the log made no event, and the replay was asked to be strict about that."""


async def run_replay(plan: ReplayPlan, kafka: KafkaSettings) -> tuple[int, ReplayReport | None]:
    """Publish the log; return how many events there were, and what became of its rows.

    Raises ``ReplayError`` for a file or mapping that cannot be used, and what the brokers have to say.
    """
    speed = _speed(plan.speed)
    report = None if plan.mapping is None else ReplayReport()
    events = _events(plan, report)
    kafka = await choose_addresses(kafka)
    await ensure_topics(kafka, SOURCE_TOPICS)
    count = await publish(
        paced(tracked(events, f"Replaying {plan.file.name}"), speed),
        kafka.bootstrap_servers,
        **kafka.security.options(),
    )
    if plan.strict and report is not None and not report.is_complete:
        message = "\n".join([f"rows of {plan.file} made no event", *report.lines()])
        raise IncompleteReplayError(message)
    return count, report


def _events(plan: ReplayPlan, report: ReplayReport | None) -> Iterator[ReplayedEvent]:
    if plan.mapping is None:
        if not plan.file.is_file():
            message = f"there is no file {plan.file}"
            raise ReplayError(message)
        return read_event_log(plan.file)
    # Such logs are often sorted by case. Published like that, years would pass between two events, and what
    # comes after the end of the longest case would come later than a worker keeps what is over.
    return iter(sorted(read_events(plan.file, load_mapping(plan.mapping), report), key=attrgetter("time")))


def _speed(text: str) -> float | None:
    if text == MAX_SPEED:
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if speed <= 0:
        message = f"--speed is a number above 0 or {MAX_SPEED}, not {text!r}"
        raise ReplayError(message)
    return speed
