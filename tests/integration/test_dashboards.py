"""Every query of every panel asked of a real Prometheus that scrapes a real worker, after a day of a helpdesk."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from schemas.events import CALLS_TOPIC, CUSTOMERS_TOPIC, TICKETS_TOPIC
from stream.feeds.embedded_broker import EmbeddedBroker
from stream.feeds.publish import Record, publish
from stream.feeds.simulator import Simulator, SimulatorSettings
from stream.sentiment.training import Labelled, trained
from tests.e2e.worker_process import WorkerProcess
from tests.event_records import record
from tests.integration.dashboard_numbers import EXPECTED, Numbers
from tests.monitoring.dashboards import Asked, choices_of, deployed, queries_of
from tests.monitoring.monitoring import Monitoring, Samples
from tests.monitoring.promql import filled, variables_in

pytestmark = [pytest.mark.prometheus, pytest.mark.slow, pytest.mark.usefixtures("monitoring_tools")]

SEED: Final = 5
TICKETS: Final = 600
END: Final = datetime(2026, 10, 1, 15, tzinfo=UTC)
SETTINGS: Final = """
[clock]
mode = "event"

[calendar]
time_zone = "Europe/Berlin"
monday = ["07:00-20:00"]
tuesday = ["07:00-20:00"]
wednesday = ["07:00-20:00"]
thursday = ["07:00-20:00"]
friday = ["07:00-20:00"]

[labels]
category = ["billing", "incident", "question", "delivery", "app", "router"]

[sentiment]
model = "texts.model"
survey_comments = true
"""
TEXTS: Final = [Labelled("great, thank you", "positive"), Labelled("broken and slow", "negative")] * 2
UNREADABLE: Final = 3
SETTLED_SECONDS: Final = 90.0
INTERVAL: Final = "10s"
"""Long enough for a busy machine to scrape all series and to evaluate all rules."""

EMPTY: Final = {
    "Clock": "with the clock of events the machine's clock is not compared with those of the brokers",
}
"""The panels that have nothing to show on such a day, with the reason."""


def further_calls() -> list[Record]:
    """What few calls come to, shortly before the end: one waits, one is answered, and the queue lets two go."""
    happened = (
        *(("queued", subject, 9) for subject in ("W", "A", "C", "E")),
        *(("answered", "A", 1), ("callback_requested", "C", 1), ("evicted", "E", 1)),
    )
    return [
        (
            CALLS_TOPIC,
            subject.encode(),
            record(f"helpdesk.call.{what}.v1", subject, (END - timedelta(seconds=before)).isoformat(), {}),
            0,
        )
        for what, subject, before in happened
    ]


def further_customers() -> list[Record]:
    """What two customers come to: one is back, and went the journey the other way round; one goes it in a day."""
    happened: tuple[tuple[str, str, int, dict[str, str]], ...] = (
        ("B", "subscription_started", 60, {}),
        ("B", "subscription_ended", 48, {}),
        ("B", "subscription_started", 12, {}),
        ("B", "stage_entered", 11, {"journey_stage": "consideration"}),
        ("B", "stage_entered", 10, {"journey_stage": "awareness"}),
        ("J", "stage_entered", 9, {"journey_stage": "awareness"}),
        ("J", "stage_entered", 8, {"journey_stage": "consideration"}),
    )
    return [
        (
            CUSTOMERS_TOPIC,
            subject.encode(),
            record(f"helpdesk.customer.{what}.v1", subject, (END - timedelta(hours=before)).isoformat(), data),
            0,
        )
        for subject, what, before, data in happened
    ]


def halves() -> tuple[list[Record], list[Record]]:
    """What the helpdesk publishes on three days, so that the last one begins with tickets from before, and rubbish."""
    events = list(Simulator(SimulatorSettings(), SEED).history(END - timedelta(days=3), END, TICKETS))
    rubbish = [(TICKETS_TOPIC, b"T", b"{" * (number + 1), 0) for number in range(UNREADABLE)]
    middle = len(events) // 2
    return [*events[:middle], *rubbish], [*events[middle:], *rubbish, *further_calls(), *further_customers()]


async def until_all_is_taken_in(worker: WorkerProcess, published: int) -> Numbers:
    """The final numbers once the worker has processed so many records."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        outcomes = [
            float(line.rpartition(" ")[2])
            for line in (await worker.scrape()).splitlines()
            if line.startswith("helpdesk_events_total{")
        ]
        if sum(outcomes) == published:
            return await worker.numbers()
        await asyncio.sleep(0.5)
    raise AssertionError(f"the worker did not take in {published} records: {worker.log()[-3000:]}")


def values_of(samples: Samples, labels: tuple[str, ...]) -> dict[tuple[str, ...], float]:
    """The values by those labels."""
    return {tuple(sample.labels.get(label, "") for label in labels): sample.value for sample in samples}


async def differences(monitoring: Monitoring, numbers: Numbers, asked: Mapping[tuple[str, str, str], str]) -> list[str]:
    """Where a query's answer is not what the final numbers of the worker say."""
    found = []
    for (uid, title, reference), (labels, expected) in EXPECTED.items():
        answer = values_of(await monitoring.query(filled(asked[uid, title, reference])), labels)
        wanted = {key: pytest.approx(value, rel=1e-6, abs=1e-9) for key, value in expected(numbers).items()}
        if answer != wanted:
            found.append(f"{uid}, {title}, {reference}: {answer}, not {expected(numbers)}")
    return found


async def settled_differences(
    monitoring: Monitoring, numbers: Numbers, asked: Mapping[tuple[str, str, str], str]
) -> list[str]:
    """The differences once there are none, or those that are left when all rules have long been evaluated."""
    found = []
    deadline = time.monotonic() + SETTLED_SECONDS
    while time.monotonic() < deadline:
        found = await differences(monitoring, numbers, asked)
        if not found:
            break
        await asyncio.sleep(1)
    return found


async def empty_panels(monitoring: Monitoring, asked: list[Asked]) -> set[str]:
    """The titles of the panels of which some query has no answer."""
    empty = set()
    for each in asked:
        choices = ("_seconds", "_business_seconds") if "hours" in variables_in(each.expression) else ("",)
        for hours in choices:
            if not await monitoring.query(filled(each.expression, {"hours": hours})):
                empty.add(each.title)
    return empty


async def empty_choices(monitoring: Monitoring) -> list[str]:
    """The variables that have nothing to choose from, and the annotations that mark nothing."""
    empty = []
    for dashboard in deployed():
        for series, label in choices_of(dashboard):
            answer = await monitoring.query(f"group by ({label}) ({filled(series)})")
            if not any(sample.labels.get(label) for sample in answer):
                empty.append(f"{dashboard['uid']}, {label}")
        for annotation in dashboard["annotations"]["list"]:
            answer = await monitoring.query(filled(annotation["expr"]))
            empty += [] if answer else [f"{dashboard['uid']}, {annotation['name']}"]
    return empty


@pytest.mark.timeout(400)
async def test_every_panel_shows_something_and_numbers_are_those_of_the_worker(tmp_path: Path) -> None:
    (tmp_path / "deskpulse.toml").write_text(SETTINGS, "utf-8")
    (tmp_path / "texts.model").write_bytes(trained(TEXTS, 1).content)
    asked = list(queries_of(deployed()))
    expressions = {(each.uid, each.title, each.reference): each.expression for each in asked}
    async with (
        EmbeddedBroker() as broker,
        WorkerProcess(broker.address, tmp_path, "dashboards") as worker,
        Monitoring(tmp_path, [worker.url.removeprefix("http://")], interval=INTERVAL) as monitoring,
    ):
        await worker.start()
        await monitoring.until('up{job="deskpulse"} == 1', bool)
        earlier, later = halves()
        published = await publish(earlier, broker.address)
        # What counters grow by is seen between two scrapes.
        await monitoring.until(f"sum(helpdesk_events_total) == {published}", bool, seconds=90)
        published += await publish(later, broker.address)
        numbers = await until_all_is_taken_in(worker, published)

        assert await settled_differences(monitoring, numbers, expressions) == []
        assert await empty_panels(monitoring, asked) == set(EMPTY)
        assert await empty_choices(monitoring) == []
        assert await monitoring.rule_errors() == []
