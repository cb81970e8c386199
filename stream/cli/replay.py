"""``deskpulse replay``: publishes a log as events, or only tells what it would publish."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

from stream.cli.horizon import horizons_at, late_warning
from stream.cli.progress import reading, tracked
from stream.cli.topic_filter import TopicFilter
from stream.feeds.event_log import check_event, read_event_log
from stream.feeds.preview import Preview, preview_of, report_json, time_facts
from stream.feeds.publish import publish
from stream.feeds.replay import (
    Mapping,
    MappingUse,
    ReplayedEvent,
    ReplayError,
    ReplayReport,
    load_mapping,
    paced,
    read_events,
)
from stream.feeds.replay.problem_kinds import ProblemKinds, printable
from stream.feeds.replay.reading_position import watched
from stream.runtime.kafka.broker import ensure_topics
from stream.runtime.kafka.reachability import choose_addresses
from stream.settings.settings import Settings

MAX_SPEED = "max"

_BY_TIME: Final = attrgetter("time")


@dataclass(frozen=True, slots=True)
class ReplayPlan:
    """Which file, read by which mapping (``None``: it holds events), how many times as fast as it happened.

    The replay fails if more than ``max_rejected`` percent of the rows are rejected; if ``strict``, if any row is, or
    has no rule. ``url`` is a worker's address.
    """

    file: Path
    mapping: str | None
    speed: str
    strict: bool
    max_rejected: float
    url: str | None = None


class IncompleteReplayError(Exception):
    """Rows of the log made no event, and the replay was asked to be strict about that."""


class TooManyRejectedError(Exception):
    """So many rows of the log were rejected that the mapping cannot be right; nothing was published."""


async def run_replay(plan: ReplayPlan, settings: Settings) -> tuple[int, ReplayReport | None]:
    """Publish the log; return how many events there were, and what became of its rows.

    Raises ``ReplayError`` for a file or mapping that cannot be used, ``TooManyRejectedError`` and
    ``IncompleteReplayError`` before anything is published, and what the brokers have to say.
    """
    speed = _speed(plan.speed)
    _check_file(plan.file)
    if plan.mapping is None:
        report = _checked_events(plan.file)[0]
        check_rejected(plan, report)
        # Of a file of events what is none goes out as it is: it is for the worker to dead-letter.
        events: Iterable[ReplayedEvent] = read_event_log(plan.file)
        if speed is not None:
            events = sorted(events, key=_BY_TIME)
        total = report.rows
    else:
        mapping = load_mapping(plan.mapping)
        report = ReplayReport(rejected_kinds=ProblemKinds(mapping.columns()))
        events = _read(plan.file, mapping, report)
        check_rejected(plan, report)
        total = len(events)
        warning = late_warning(events, await asyncio.to_thread(horizons_at, plan.url or settings.web.url, settings))
        if warning is not None:
            sys.stderr.write(f"warning: {warning}\n")
    kafka = await choose_addresses(settings.kafka)
    await ensure_topics(kafka, settings.source_topics)
    chosen = TopicFilter(settings.source_topics)
    count = await publish(
        paced(chosen.passing(tracked(events, f"Publishing {plan.file.name}", total)), speed),
        kafka.bootstrap_servers,
        **kafka.security.options(),
    )
    sys.stderr.write("".join(chosen.warnings()))
    return count, None if plan.mapping is None else report


def run_dry(plan: ReplayPlan, examples: int) -> Preview:
    """Find out what a replay would publish, with so many events of each rule; no broker is asked.

    Raises ``ReplayError`` for a file or mapping that cannot be used.
    """
    _speed(plan.speed)
    _check_file(plan.file)
    now = time.time_ns() // 1_000
    if plan.mapping is None:
        return _dry_run_of_events(plan.file, now)
    mapping = load_mapping(plan.mapping)
    report = ReplayReport(rejected_kinds=ProblemKinds(mapping.columns()))
    use = MappingUse(mapping, examples)
    events = _read(plan.file, mapping, report, use)
    return preview_of(plan.file, mapping, report, use, events, now)


def check_rejected(plan: ReplayPlan, report: ReplayReport) -> None:
    """Raise an error before anything is published.

    It is ``TooManyRejectedError`` if no row makes an event, or more rows are rejected than the plan allows, and
    ``IncompleteReplayError`` if any row makes none and the plan is strict about that.
    """
    if not report.rows:
        message = f"{plan.file}: there are no rows in it; nothing was published"
        raise TooManyRejectedError(message)
    if not report.events:
        message = f"{plan.file}: none of its {report.rows} rows makes an event; nothing was published"
        if plan.mapping is None:
            message += "; without --mapping, each line must be an event in JSON"
    elif plan.strict and not report.is_complete:
        raise IncompleteReplayError("\n".join([_incomplete(plan, report), *report.lines()]))
    elif report.rejected_percent > plan.max_rejected:
        message = (
            f"{plan.file}: {report.rejected} of {report.rows} rows ({report.rejected_percent:.1f} %) were rejected; "
            f"nothing was published: fix the mapping, or raise --max-rejected above {plan.max_rejected:g}"
        )
    else:
        return
    raise TooManyRejectedError("\n".join([message, *report.lines()]))


def failure_of(plan: ReplayPlan, report: ReplayReport) -> str | None:
    """Why a replay as planned would fail, in a line; ``None`` if it would not."""
    try:
        check_rejected(plan, report)
    except (TooManyRejectedError, IncompleteReplayError) as error:
        return str(error).partition("\n")[0]
    return None


def _incomplete(plan: ReplayPlan, report: ReplayReport) -> str:
    counts = [
        f"{count} {what}"
        for count, what in ((report.rejected, "rejected"), (report.unmatched, "without a rule"))
        if count
    ]
    first = min([*report.rejected_examples[:1], *report.unmatched_examples[:1]])
    of = report.rejected + report.unmatched
    return (
        f"{plan.file}: {of} of {report.rows} rows make no event ({', '.join(counts)}), so nothing was published; "
        f"the first is {report.unit} {first.position}: {printable(first.reason)}"
    )


def replay_lines(plan: ReplayPlan, count: int, report: ReplayReport | None) -> Iterator[str]:
    """What was published, for people."""
    if report is not None:
        yield from report.lines()
    yield f"published {count} events from {plan.file}, {plan.file.stat().st_size} bytes"


def replay_json(count: int, report: ReplayReport | None) -> dict[str, Any]:
    """What was published, for scripts."""
    return {"published": count, **({} if report is None else report_json(report))}


def _read(file: Path, mapping: Mapping, report: ReplayReport, use: MappingUse | None = None) -> list[ReplayedEvent]:
    """The events in the order of time, or in that of the file for whoever looks at how they use the mapping."""
    with reading(file.stat().st_size if file.is_file() else 0, report) as bar, watched(bar.read):
        events = list(read_events(file, mapping, report, use=use))
        if use is None:
            # Such logs are often sorted by case. Published like that, years would pass between two events, and what
            # comes after the end of the longest case would come later than a worker keeps what is over.
            bar.sorting()
            events.sort(key=_BY_TIME)
    return events


def _checked_events(file: Path) -> tuple[ReplayReport, list[ReplayedEvent]]:
    """What becomes of the lines of a file of events, and those that the worker would take in."""
    report, events = ReplayReport(), []
    for event in read_event_log(file):
        report.rows += 1
        try:
            report.events[check_event(event.value)] += 1
        except ValueError as error:
            report.reject(report.rows, str(error))
        else:
            report.mapped += 1
            events.append(event)
    return report, events


def _dry_run_of_events(file: Path, now: int) -> Preview:
    report, events = _checked_events(file)
    return Preview(file, file.stat().st_size, report, time_facts(events, now))


def _check_file(file: Path) -> None:
    if not file.exists():
        message = f"there is no file {file}"
        raise ReplayError(message)
    if not file.is_file():
        message = f"{file} is not a regular file, and a log is read more than once; save it to a file first"
        raise ReplayError(message)


def _speed(text: str) -> float | None:
    if text == MAX_SPEED:
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not speed > 0:
        message = f"--speed is a number above 0 or {MAX_SPEED}, not {text!r}"
        raise ReplayError(message)
    return speed
