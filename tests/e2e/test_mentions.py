"""Mentions on Kafka: estimated once, restored from their changelog, and estimated anew by another model."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from schemas.events import MENTIONS_TOPIC
from stream.feeds.publish import publish
from stream.feeds.simulator import SimulatedEvent, Simulator, SimulatorSettings
from stream.sentiment.labelled import Columns, labelled_in
from stream.sentiment.training import Labelled, trained
from stream.settings.kafka import KafkaSettings
from tests.e2e.worker_process import WorkerProcess
from tests.oracle import OracleSettings, compute, differences
from tests.oracle.mentions import MentionSettings

pytestmark = pytest.mark.kafka

SEED: Final = 23
END: Final = datetime(2026, 11, 2, 15, tzinfo=UTC)
SETTINGS: Final = {"DESKPULSE_CLOCK__MODE": "event", "DESKPULSE_KAFKA__SESSION_TIMEOUT_SECONDS": "3"}
ENGLISH: Final = Path(__file__).parents[1] / "data/mentions_english.csv"


def mentions() -> list[SimulatedEvent]:
    """A month of mentions."""
    history = Simulator(SimulatorSettings(), SEED).history(END - timedelta(days=30), END, 2_000)
    return [event for event in history if event.topic == MENTIONS_TOPIC]


def messages() -> list[Labelled]:
    """The labelled texts that models are trained with."""
    with ENGLISH.open(encoding="utf-8", newline="") as lines:
        return labelled_in(lines, Columns()).messages


def expected_differences(events: list[SimulatedEvent], model: bytes, numbers: dict[str, object]) -> list[str]:
    """Where a worker's numbers are not the oracle's."""
    return differences(
        compute((event.value for event in events), settings=OracleSettings(MentionSettings(model=model))), numbers
    )


async def test_mentions_are_estimated_restored_and_estimated_anew_by_another_model(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    models = [trained(messages(), 1).content, trained(messages()[:40], 1).content]
    files = [tmp_path / "one.model", tmp_path / "two.model"]
    for file, content in zip(files, models, strict=True):
        file.write_bytes(content)
    events = mentions()
    half = len(events) // 2
    settings = SETTINGS | {"DESKPULSE_SENTIMENT__MODEL": str(files[0])}
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, settings) as worker:
        await worker.start()
        await publish(events[:half], kafka.bootstrap_servers)
        await worker.until_caught_up()
        numbers = await worker.numbers()
        assert expected_differences(events[:half], models[0], numbers) == []
        assert numbers["windows"]["lifetime"]["mentions_estimated"] > 50

        await worker.kill()
        await worker.start()
        await worker.until_caught_up()
        assert await worker.numbers() == numbers

        await publish(events[half:], kafka.bootstrap_servers)
        await publish(events[-20:], kafka.bootstrap_servers)
        await worker.until_caught_up()
        before = await worker.numbers()
        assert expected_differences(events, models[0], before) == []
        assert await worker.stop() == 0

    settings = SETTINGS | {"DESKPULSE_SENTIMENT__MODEL": str(files[1])}
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, settings) as worker:
        await worker.start()
        await worker.until_caught_up()
        after = await worker.numbers()
        assert expected_differences(events, models[1], after) == []
        assert after["windows"]["lifetime"]["net_sentiment"] != before["windows"]["lifetime"]["net_sentiment"]
        assert await worker.stop() == 0
