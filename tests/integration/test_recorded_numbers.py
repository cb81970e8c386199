"""What the recording rules make of two workers is what one worker says that has all partitions."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import pytest
from prometheus_client import CollectorRegistry

from schemas.events import TICKETS_TOPIC
from stream.desks.tickets.measures import DURATIONS
from stream.feeds.simulator import Simulator, SimulatorSettings
from stream.metrics.collector import HelpdeskCollector, Vitals
from stream.state.numbers import QUANTILES
from stream.windows.clock import EventClock
from stream.windows.histogram import EXPORT_EDGES
from stream.windows.moments import MICROSECONDS
from stream.windows.sliding import WINDOWS
from tests.kinds.tickets import TicketsUnder
from tests.kinds.worker import Worker
from tests.monitoring.exposition import served
from tests.monitoring.monitoring import Monitoring, Samples
from tests.unit.metrics.scraping import exposition_of

pytestmark = [pytest.mark.prometheus, pytest.mark.usefixtures("monitoring_tools")]

SEED: Final = 5
TICKETS: Final = 3_000
END: Final = datetime(2026, 10, 1, tzinfo=UTC)
OPEN_METRICS: Final = "application/openmetrics-text; version=1.0.0; charset=utf-8"
EDGES: Final = [edge / MICROSECONDS for edge in EXPORT_EDGES]
RATIOS: Final = ("resolution", "first_contact_resolution", "reopen", "escalation", "abandonment")


def split_and_whole() -> tuple[list[Worker], Worker]:
    """Two workers that share a simulated log by its keys, and one that has all of it."""
    clock = EventClock()
    one, two, whole = (Worker(TicketsUnder(backlog_threshold=MICROSECONDS), clock=clock) for _ in range(3))
    for event in Simulator(SimulatorSettings(), SEED).history(END - timedelta(days=40), END, TICKETS):
        for worker in ((one, two)[crc32(event.key) % 2], whole):
            worker.take_of("tickets" if event.topic == TICKETS_TOPIC else "surveys", event.value)
    return [one, two], whole


def exposed(worker: Worker) -> str:
    """A scrape of a worker that holds a partition."""
    registry = CollectorRegistry()
    registry.register(HelpdeskCollector(worker.view, lambda: Vitals(partitions={TICKETS_TOPIC: 1})))
    return exposition_of(registry)


def expected_of(window: dict[str, Any]) -> Iterator[tuple[str, float | None]]:
    """Recorded series of the whole fleet with their values, out of a window's final numbers."""
    for measure in DURATIONS:
        yield f"window:helpdesk_{measure.name}:mean", window[measure.name]["mean"]
    for ratio in RATIOS:
        yield f"window:helpdesk_{ratio}:ratio", window[f"{ratio}_ratio"]
    for survey in ("csat", "ces"):
        percent = window[survey]["percent"]
        yield f"window:helpdesk_{survey}:ratio", None if percent is None else percent / 100
    yield "window:helpdesk_nps:score", window["nps"]["score"]


def quantiles_of(window: dict[str, Any]) -> Iterator[tuple[str, float | None]]:
    """Recorded quantiles with their values."""
    for measure in DURATIONS:
        for quantile in QUANTILES:
            yield f"window:helpdesk_{measure.name}:{quantile}", window[measure.name][quantile]


def differences(samples: Samples, windows: dict[str, Any]) -> list[str]:
    """Where what was recorded is not what one worker says.

    A quantile only has to be in the right one of the exported buckets, the last of which has no end.
    """
    recorded = {(sample.labels["__name__"], sample.labels["window"]): sample.value for sample in samples}
    found: list[str] = []
    for shape in WINDOWS:
        window = windows[shape.name]
        for name, value in expected_of(window):
            if recorded.get((name, shape.name)) != (None if value is None else pytest.approx(value, rel=1e-6)):
                found.append(f"{name} {shape.name}: {recorded.get((name, shape.name))}, not {value}")
        for name, value in quantiles_of(window):
            quantile = recorded.get((name, shape.name))
            if bucket(quantile) != bucket(value):
                found.append(f"{name} {shape.name}: {quantile}, far from {value}")
    return found


def bucket(seconds: float | None) -> int | None:
    """The exported bucket that a duration is in, the last for all that is longer."""
    return None if seconds is None else bisect_left(EDGES, min(seconds, EDGES[-1]))


@pytest.mark.timeout(180)
async def test_means_ratios_scores_and_quantiles_of_two_workers_are_those_of_one(tmp_path: Path) -> None:
    workers, whole = split_and_whole()
    numbers = whole.numbers()
    windows = numbers["windows"]
    assert all(windows["30d"][name] for name in ("tickets_reopened", "tickets_escalated", "tickets_abandoned"))
    async with AsyncExitStack() as stack:
        targets = [await stack.enter_async_context(served(exposed(worker))) for worker in workers]
        for target in targets:
            target.content_type = OPEN_METRICS
        monitoring = await stack.enter_async_context(Monitoring(tmp_path, [target.address for target in targets]))

        opened = 'sum(channel_priority_team_window:helpdesk_tickets_opened:sum{window="30d"})'
        await monitoring.until(opened, lambda samples: values_of(samples) == [windows["30d"]["tickets_opened"]])
        # Rules are evaluated one after the other: the last may not have seen both workers yet.
        recorded = '{__name__=~"window:.*"}'
        await monitoring.until(recorded, lambda samples: not differences(samples, windows))
        assert differences(await monitoring.query(recorded), windows) == []

        recorded = "channel_window:helpdesk_contact_channel:ratio"
        shares = {shape.name: pytest.approx(windows[shape.name]["channel_share"]) for shape in WINDOWS}
        await monitoring.until(recorded, lambda samples: shares_of(samples) == shares)
        open_tickets = "sum(channel_priority_team:helpdesk_open_tickets:sum)"
        await monitoring.until(open_tickets, lambda samples: values_of(samples) == [numbers["state"]["open_tickets"]])
        assert await monitoring.rule_errors() == []


def shares_of(samples: Samples) -> dict[str, dict[str, float]]:
    """For each window the channels with what was recorded of them."""
    found: dict[str, dict[str, float]] = {shape.name: {} for shape in WINDOWS}
    for sample in samples:
        found[sample.labels["window"]][sample.labels["channel"]] = sample.value
    return found


def values_of(samples: Samples) -> list[float]:
    """The values alone."""
    return [each.value for each in samples]
