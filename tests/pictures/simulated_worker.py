"""A worker's core that lives through the simulated week, and what its scrapes say, as OpenMetrics with timestamps.

``python -m tests.pictures.simulated_worker 0 2 FOLDER`` is the first of two, which writes a file for each slot.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, deque
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from aiokafka.partitioner import DefaultPartitioner
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from stream.core import Core
from stream.metrics.collector import HelpdeskCollector, Vitals
from stream.metrics.view import WorkerView
from stream.settings.settings import new_settings
from stream.state.rows import MemoryRows
from stream.windows.clock import WallClock
from tests.pictures.dashboards import sampled_names
from tests.pictures.story import CLOSELY, DAY, END, JOB, PAUSE, WEEK, events, slots

_PARTITIONS: Final = 4
_RUN: Final = 500
_ROW_BYTES: Final = 1 << 40
_LABELLED: Final = re.compile(r"^(\w+)\{", re.MULTILINE)
_BARE: Final = re.compile(r"^(\w+) ", re.MULTILINE)
_COMMENT: Final = re.compile(r"^#.*\n", re.MULTILINE)
_START: Final = re.compile(r"^(helpdesk_process_start_time_seconds\S*) .*$", re.MULTILINE)


class _Record(NamedTuple):
    offset: int
    value: bytes | None


class _Some(Collector):
    """Of what another one collects, only what has a name that is wanted: encoding is what takes time."""

    def __init__(self, collector: Collector, names: Collection[str]) -> None:
        self._collector = collector
        self._names = names

    def collect(self) -> Iterator[Metric]:
        for family in self._collector.collect():
            if any(name.startswith(family.name) for name in self._names):
                yield family


class SimulatedWorker:
    """The core of a worker that holds its share of the partitions, with a clock that is told the time."""

    def __init__(self, number: int, workers: int) -> None:
        self._now = 0
        self._core = Core(new_settings(), JOB, clock=WallClock(lambda: self._now * 1_000, lambda: self._now * 1_000))
        self._number = number
        held = range(number, _PARTITIONS, workers)
        kinds = {desks.kind.topic: name for name, desks in self._core.desks.items()}
        self._states = {
            (topic, place): self._core.new_state(name, MemoryRows()) for topic, name in kinds.items() for place in held
        }
        self._kinds = kinds
        self._waiting: dict[tuple[str, int], deque[_Record]] = {place: deque() for place in self._states}
        self._ends: Counter[tuple[str, int]] = Counter()
        self._outcomes: Counter[tuple[str, str]] = Counter()
        self._dead_letters: Counter[tuple[str, str]] = Counter()
        self._last: dict[str, float] = {}
        self._collectors = (
            HelpdeskCollector(self._view, self._vitals),
            ProcessCollector(namespace="helpdesk", registry=None),
        )

    def publish(self, topic: str, key: bytes, value: bytes) -> None:
        """Let a record lie in its partition, if this worker holds it."""
        place = topic, DefaultPartitioner()(key, list(range(_PARTITIONS)), None)
        if place in self._states:
            self._waiting[place].append(_Record(self._ends[place], value))
            self._ends[place] += 1

    def live_until(self, moment: int, *, reading: bool) -> None:
        """Take in what waits, if it is ``reading``, and let happen what is due by a moment (microseconds)."""
        self._now = moment
        for (topic, place), state in self._states.items():
            waiting = self._waiting[topic, place]
            while reading and waiting:
                records = [waiting.popleft() for _ in range(min(_RUN, len(waiting)))]
                outcome = state.take_in(records, wall_now=moment, row_bytes=_ROW_BYTES)
                state.went_out(len(outcome.outgoing))
                self._last[topic] = moment / 1_000_000
                self._outcomes[topic, "applied"] += outcome.applied - outcome.set_aside.total()
                self._outcomes.update({(topic, reason): count for reason, count in outcome.set_aside.items()})
                self._outcomes[topic, "duplicate"] += outcome.duplicates
                self._outcomes[topic, "rejected"] += len(outcome.rejections)
                self._dead_letters.update((topic, rejection.reason) for rejection in outcome.rejections)
            while True:
                advanced = state.advance(caught_up=not waiting)
                state.went_out(len(advanced.outgoing))
                if not advanced.more:
                    break

    def forget_counts(self) -> None:
        """Begin the counters of a process anew."""
        self._outcomes.clear()
        self._dead_letters.clear()

    def scrape(self, moment: datetime, started: datetime, names: Collection[str]) -> str:
        """The samples with these names of a scrape at a moment, for a worker that says it ``started`` then."""
        registry = CollectorRegistry(auto_describe=False)
        for collector in self._collectors:
            registry.register(_Some(collector, names))
        encode, _ = choose_encoder("")
        text = _COMMENT.sub("", encode(registry).decode())
        labels = f'job="{JOB}",instance="deskpulse-{self._number}:6066"'
        text = _BARE.sub(rf"\1{{{labels}}} ", _LABELLED.sub(rf"\1{{{labels},", text)).replace(",}", "}")
        text = _START.sub(rf"\1 {started.timestamp()}", text) + f"up{{{labels}}} 1\n"
        return text.replace("\n", f" {moment.timestamp():.0f}\n")

    def _view(self) -> WorkerView:
        by_kind = {
            name: [state for (of, _), state in self._states.items() if of == topic]
            for topic, name in self._kinds.items()
        }
        return self._core.view(by_kind)

    def _vitals(self) -> Vitals:
        return Vitals(
            events=dict(self._outcomes),
            dead_letters=dict(self._dead_letters),
            label_overflows=dict(self._core.bounds.overflows),
            last_event_at=dict(self._last),
            lags={place: len(waiting) for place, waiting in self._waiting.items()},
            partitions=Counter(topic for topic, _ in self._states),
            counted=[samples for desks in self._core.desks.values() for samples in desks.group.counted()],
            clock_ahead=0.0,
        )


def write_week(number: int, workers: int, folder: Path) -> None:
    """Let a worker live through the week, and write its samples into a file for each slot."""
    worker = SimulatedWorker(number, workers)
    coming = events()
    event = next(coming, None)
    begin = END - WEEK
    of_the_day, of_the_week = sampled_names(timedelta()), sampled_names(DAY)
    for slot, moments in slots():
        with (folder / f"worker-{number}-{slot:%m%dT%H}.om").open("w", encoding="utf-8") as file:
            for moment in moments:
                now = int(moment.timestamp()) * 1_000_000
                while event is not None and event.time <= now:
                    worker.publish(event.topic, event.key, event.value)
                    event = next(coming, None)
                paused = number == workers - 1 and PAUSE[0] <= moment < PAUSE[1]
                worker.live_until(now, reading=not paused)
                if moment == begin:
                    worker.forget_counts()
                names = of_the_week if moment < END - CLOSELY else of_the_day
                file.write(worker.scrape(moment, begin, names))
            file.write("# EOF\n")


if __name__ == "__main__":
    write_week(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
