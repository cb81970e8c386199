"""How long a scrape takes against the number of series that it exposes.

The real collector reads the states of four partitions in this process, without Kafka and without HTTP. They
are filled with synthetic tickets of ever more channels, priorities and teams until the wanted number of
series is exposed. Each combination has tickets enough, and different enough, that its distributions have
dozens of occupied buckets in every window. What is timed is all that ``/metrics`` does for a scrape that
accepts the text format: copy what is known, collect, encode. Only the copy holds the worker up.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from random import Random
from statistics import median
from typing import Final, NamedTuple

import orjson
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from stream.core import Core
from stream.metrics.collector import HelpdeskCollector, Vitals
from stream.metrics.view import WorkerView
from stream.runtime.garbage import relax_garbage_collection
from stream.settings.settings import Settings
from stream.state.partition import PartitionState
from stream.state.rows import MemoryRows
from stream.windows.moments import MICROSECONDS, to_text
from stream.windows.sliding import WINDOWS
from tests.bench.filled_topics import PARTITIONS

SIZES: Final = (1_000, 5_000, 20_000)
"""How many series at least are exposed, one measurement for each."""

TICKETS_A_COMBINATION: Final = 40
"""How many tickets have the same label values."""

_PRIORITIES: Final = ("low", "normal", "high", "urgent")
_ROUNDS: Final = 7
_HOUR_SECONDS: Final = 3_600
_ANSWERED_SECONDS_AGO: Final = 20
_ROW_BYTES: Final = 1 << 30


class Scrape(NamedTuple):
    """The number of series exposed and the median time of a scrape in milliseconds."""

    series: int
    milliseconds: float


class _Record(NamedTuple):
    offset: int
    value: bytes


def measure_scrapes(sizes: Sequence[int] = SIZES) -> list[Scrape]:
    """A measurement for each of the ascending sizes, each made with at least so many series."""
    relax_garbage_collection()
    helpdesk = _SyntheticHelpdesk()
    return [Scrape(helpdesk.grow(size), _timed(helpdesk.metrics)) for size in sizes]


def series_in(text: bytes) -> int:
    """How many series a scrape in the text format exposes."""
    return sum(1 for line in text.splitlines() if line and not line.startswith(b"#"))


def _timed(metrics: CollectorRegistry) -> float:
    encode, _ = choose_encoder("")
    times = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        encode(metrics)
        times.append(time.perf_counter() - began)
    return median(times) * 1_000


class _SyntheticHelpdesk:
    def __init__(self) -> None:
        self._core = Core(Settings())
        self._states = [self._core.new_state("tickets", MemoryRows()) for _ in range(PARTITIONS)]
        self._random = Random(1)
        self._combinations = self._tickets = 0
        self.metrics = CollectorRegistry()
        self.metrics.register(HelpdeskCollector(self._view, Vitals))

    def grow(self, size: int) -> int:
        exposed = self._exposed()
        while exposed < size:
            # Counting costs a scrape, so as many are added at once as will not be too many.
            for _ in range(max(1, (size - exposed) * self._combinations // exposed)):
                self._add_combination()
            exposed = self._exposed()
        return exposed

    def _view(self) -> WorkerView:
        view = self._core.view({"tickets": self._states})
        view.detach([shape.name for shape in WINDOWS])
        return view

    def _exposed(self) -> int:
        encode, _ = choose_encoder("")
        return series_in(encode(self.metrics))

    def _add_combination(self) -> None:
        for _ in range(TICKETS_A_COMBINATION):
            self._tickets += 1
            now = time.time_ns() // 1_000
            story = ticket_story(self._random, f"ticket-{self._tickets}", self._combinations, now / MICROSECONDS)
            self._take_in(self._states[self._tickets % PARTITIONS], list(story), now)
        self._combinations += 1

    @staticmethod
    def _take_in(state: PartitionState, values: list[bytes], now: int) -> None:
        records = [_Record(state.applied_offset + 1 + place, value) for place, value in enumerate(values)]
        outcome = state.take_in(records, wall_now=now, row_bytes=_ROW_BYTES)
        state.went_out(len(outcome.outgoing))
        if outcome.applied != len(records):
            raise RuntimeError(f"a synthetic event was rejected: {outcome.rejections}")


def ticket_story(random: Random, subject: str, combination: int, now: float) -> Iterator[bytes]:
    """The events of a ticket that has the label values of a combination, all answered just before ``now``.

    ``now`` is in seconds since the epoch. Every distribution is in every window then.
    """
    channel, priority = divmod(combination, len(_PRIORITIES))
    attributes = {
        "channel": f"channel {channel}",
        "priority": _PRIORITIES[priority],
        "team": f"team {combination % 7}",
        "category": f"category {combination % 5}",
    }
    answered = now - _ANSWERED_SECONDS_AGO
    opened = answered - random.lognormvariate(0, 1.5) * _HOUR_SECONDS
    held = answered - random.random() * (answered - opened)
    steps: list[tuple[float, str, dict[str, str]]] = [
        (opened, "opened", attributes),
        (held, "status_changed", {"status": "hold"}),
        (answered, "replied", {"actor": "agent"}),
        (answered + 0.001, "replied", {"actor": "customer"}),
        (answered + 1 + random.random(), "replied", {"actor": "agent"}),
    ]
    if random.random() < 0.8:  # the others stay open
        steps.append((answered + 3, "resolved", {}))
    for number, (at, kind, data) in enumerate(steps):
        yield orjson.dumps(
            {
                "specversion": "1.0",
                "id": f"{subject}-{number}",
                "source": "/bench/scrape",
                "subject": subject,
                "type": f"helpdesk.ticket.{kind}.v1",
                "time": to_text(int(at * MICROSECONDS)),
                "data": data,
            }
        )
