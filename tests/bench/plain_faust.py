"""The same metrics with plain Faust, in the way its documentation shows.

``python -m tests.bench.plain_faust ADDRESS FOLDER SECONDS EVENTS`` runs an app with an agent for each topic,
JSON values, and tables in memory (with their changelogs, as is Faust's default), one event at a time. The
tables are the tickets, the surveys, and the totals by measure, labels and minute. The total's key has the
partition too, so that two partitions do not write the same row: each agent would else need a second topic
to group by labels. Faust's own windowed tables are not used, because they lose data.

The time runs from the arrival of the first event at an agent, so that neither start nor rebalance counts,
for ``SECONDS`` or until ``EVENTS`` were processed. Then a `PlainFaustResult` is written as JSON to
``FOLDER/result.json`` and nothing more is processed.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import faust
import msgspec
from faust.types import StreamT, TableT, TopicT

from schemas.events import SURVEYS_TOPIC, TICKETS_TOPIC
from tests.bench.filled_topics import PARTITIONS
from tests.bench.plain_rules import Contribution, Facts, take_survey_event, take_ticket_event

RESULT: Final = "result.json"

_MINUTE: Final = 60_000_000

Rule = Callable[[Facts, Facts], list[Contribution]]


class PlainFaustResult(msgspec.Struct, frozen=True):
    """``ends``: the offset after the last processed record, by topic and partition.

    ``totals`` are pairs of count and duration (microseconds) by measure.
    """

    events: int
    seconds: float
    ends: dict[str, dict[int, int]]
    totals: dict[str, tuple[int, int]]


class Progress:
    """What was processed, and whether that is enough."""

    def __init__(self, seconds: float, events: int) -> None:
        self._seconds = seconds
        self._events_wanted = events
        self._started = self._last = 0.0
        self.events = 0
        self.ends: defaultdict[str, dict[int, int]] = defaultdict(dict)

    @property
    def seconds(self) -> float:
        """From the arrival of the first event to the end of the last."""
        return self._last - self._started

    def begun(self) -> None:
        """An event arrived."""
        if not self._started:
            self._started = time.perf_counter()

    def done(self, topic: str, partition: int, offset: int) -> bool:
        """An event was processed; ``True`` if that is enough."""
        self._last = time.perf_counter()
        self.events += 1
        self.ends[topic][partition] = offset + 1
        return self.over

    @property
    def over(self) -> bool:
        """Whether the time is over or everything was processed."""
        return self.events >= self._events_wanted or (self._started > 0 and self.seconds >= self._seconds)


def new_app(address: str, folder: Path, progress: Progress) -> faust.App:
    """The app."""
    app = faust.App(
        "bench-plain-faust",
        broker=f"kafka://{address}",
        store="memory://",
        datadir=folder,
        topic_partitions=PARTITIONS,
        value_serializer="json",
        web_enabled=False,
    )
    totals = app.Table("totals", default=lambda: (0, 0))
    _add_agent(app, app.topic(TICKETS_TOPIC), app.Table("tickets", default=dict), totals, take_ticket_event, progress)
    _add_agent(app, app.topic(SURVEYS_TOPIC), app.Table("surveys", default=dict), totals, take_survey_event, progress)
    return app


def _add_agent(
    app: faust.App,
    topic: TopicT,
    entities: TableT[Any, Any],
    totals: TableT[Any, Any],
    rule: Rule,
    progress: Progress,
) -> None:
    async def take_events(stream: StreamT[Facts]) -> None:
        async for event in stream.events():
            progress.begun()
            message, value = event.message, event.value
            subject = value["subject"]
            entity = entities[subject]
            for contribution in rule(entity, value):
                key = (contribution.measure, *contribution.labels, contribution.at // _MINUTE, message.partition)
                count, duration = totals[key]
                totals[key] = count + contribution.amount, duration + contribution.duration
            entities[subject] = entity
            if progress.done(message.topic, message.partition, message.offset):
                _write_result(app, totals, progress)
                await asyncio.Event().wait()
            if progress.over:
                await asyncio.Event().wait()

    app.agent(topic, name=f"bench.{topic}")(take_events)


def _write_result(app: faust.App, totals: TableT[Any, Any], progress: Progress) -> None:
    sums: dict[str, tuple[int, int]] = {}
    for (measure, *_), (count, duration) in totals.items():
        counts, durations = sums.get(measure, (0, 0))
        sums[measure] = counts + count, durations + duration
    result = PlainFaustResult(progress.events, progress.seconds, progress.ends, sums)
    path = Path(app.conf.datadir) / RESULT
    scratch = path.with_suffix(".part")
    scratch.write_bytes(msgspec.json.encode(result))
    scratch.rename(path)


def main(address: str, folder: str, seconds: str, events: str) -> None:
    """Run until told to stop."""
    app = new_app(address, Path(folder), Progress(float(seconds), int(events)))
    faust.Worker(app, loglevel="WARNING").execute_from_commandline()


if __name__ == "__main__":
    main(*sys.argv[1:])
