"""A kind that is dropped into a copy of the code runs on Kafka as the others do."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiokafka.admin import AIOKafkaAdminClient

from stream.desks.kinds import SOURCE_TOPICS
from stream.feeds.publish import publish
from stream.runtime.kafka.topics import changelog_of
from stream.settings.kafka import KafkaSettings
from tests.e2e.kafka_topics import delete_topic
from tests.e2e.worker_process import WorkerProcess
from tests.kinds.copied_tree import CopiedTree
from tests.kinds.errand_story import ERRANDS, FINISHED, begun, done, story

pytestmark = pytest.mark.kafka

TOPIC = "helpdesk.errands"
SESSION_SECONDS = "3"
TOPICS = 3 * (len(SOURCE_TOPICS) + 1) + 1
"""Each source has a topic, dead letters and a changelog; tickets have one for what SLA clocks do, too."""


async def send(kafka: KafkaSettings, values: list[str]) -> None:
    events = [(TOPIC, orjson.loads(value)["subject"].encode(), value.encode(), 0) for value in values]
    await publish(events, kafka.bootstrap_servers)


async def topics_of(kafka: KafkaSettings) -> set[str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    try:
        return {topic for topic in await admin.list_topics() if "helpdesk." in topic}
    finally:
        await admin.close()


def settings_of(kafka: KafkaSettings, tree: CopiedTree) -> dict[str, str]:
    return {
        "PYTHONPATH": str(tree.folder),
        "DESKPULSE_CLOCK__MODE": "event",
        "DESKPULSE_KAFKA__PARTITIONS": str(kafka.partitions),
        "DESKPULSE_KAFKA__SESSION_TIMEOUT_SECONDS": SESSION_SECONDS,
    }


async def doctor(kafka: KafkaSettings, tree: CopiedTree) -> list[dict[str, Any]]:
    settings = settings_of(kafka, tree) | {"DESKPULSE_KAFKA__GROUP": kafka.group, "DESKPULSE_WEB__PORT": "0"}
    arguments = ("stream", "doctor", "--json", "--broker", kafka.bootstrap_servers)
    _, out, err = await asyncio.to_thread(tree.run, *arguments, more=settings)
    assert out, err
    findings: list[dict[str, Any]] = orjson.loads(out)["findings"]
    return findings


async def test_a_plugged_in_kind_is_read_served_and_restored(kafka: KafkaSettings, tmp_path: Path) -> None:
    tree = CopiedTree(tmp_path / "tree")
    tree.plug_in_errands()
    changelog = changelog_of(kafka, TOPIC)
    assert {finding["what"] for finding in await doctor(kafka, tree) if "errands" in finding["what"]} == {
        f"{topic} is missing" for topic in (TOPIC, f"{TOPIC}-dlt", changelog)
    }
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, settings_of(kafka, tree)) as worker:
        await worker.start()
        await send(kafka, story())
        await worker.until_caught_up()
        numbers, scrape = await worker.numbers(), await worker.scrape()

        window = numbers["windows"]["lifetime"]
        assert window["errands_done"] == len(FINISHED)
        assert window["errand_seconds"]["sum"] == 60 * sum(FINISHED)
        assert numbers["state"]["errands_under_way"] == ERRANDS - len(FINISHED)
        assert 'helpdesk_errands_done{means="bicycle",team="post",window="24h"} 20' in scrape
        assert 'helpdesk_errands_under_way{means="on foot"} 10' in scrape
        assert 'helpdesk_errands_under_way_seconds{means="on foot",window="5m"} 3000' in scrape
        assert numbers["windows"]["1h"]["errands_under_way"]["before"] >= 10

        await worker.kill()
        await worker.start()
        await worker.until_caught_up()
        assert await worker.numbers() == numbers

        await send(kafka, [done(0, 700), begun(ERRANDS, 700)])
        await worker.until_caught_up()
        more = await worker.numbers()
        assert more["windows"]["lifetime"]["errands_done"] == len(FINISHED) + 1
        assert more["state"]["errands_under_way"] == ERRANDS - len(FINISHED)
        assert more["windows"]["5m"]["errands_under_way"]["seconds"] == 300 * (ERRANDS - len(FINISHED))
        assert await worker.stop() == 0
    assert {TOPIC, f"{TOPIC}-dlt", changelog} <= await topics_of(kafka)
    assert f"{TOPICS} of {TOPICS} topics are as they should be" in {
        finding["what"] for finding in await doctor(kafka, tree)
    }

    await delete_topic(kafka, changelog)
    told = [finding["what"] for finding in await doctor(kafka, tree) if finding["severity"] == "problem"]
    assert any(what.startswith(f"{changelog} is missing, but group {kafka.group} has read {TOPIC}") for what in told)


async def test_topics_of_kinds_that_are_left_out_are_neither_created_nor_read(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    tree = CopiedTree(tmp_path / "tree")
    tree.plug_in_errands()
    left_out = settings_of(kafka, tree) | {"DESKPULSE_DESKS": '["tickets", "surveys"]'}
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, left_out) as worker:
        await worker.start()
        assert set((await worker.get("/api/v1/worker"))["topics"]) == {"helpdesk.tickets", "helpdesk.surveys"}
        assert "errands" not in await worker.scrape()
        assert await worker.stop() == 0
    assert not [topic for topic in await topics_of(kafka) if "errands" in topic]


@pytest.mark.parametrize(
    "verb",
    [
        ("topics", "create"),
        ("simulate", "--days", "1", "--tickets", "30", "--rate", "0"),
        ("replay", "events.jsonl"),
        ("doctor",),
        ("dlt", "list"),
    ],
    ids=" ".join,
)
async def test_no_verb_touches_the_topics_of_a_kind_that_is_left_out(
    kafka: KafkaSettings, tmp_path: Path, verb: tuple[str, ...]
) -> None:
    await delete_topic(kafka, "helpdesk.surveys")
    before = await topics_of(kafka)
    tree = CopiedTree(tmp_path / "tree")
    status, _, err = tree.run(*("stream", "simulate", "--days", "1", "--tickets", "30", "--out", "events.jsonl"))
    assert status == 0, err
    settings = settings_of(kafka, tree) | {"DESKPULSE_DESKS": '["tickets"]', "DESKPULSE_KAFKA__GROUP": kafka.group}
    arguments = ("stream", *verb, "--broker", kafka.bootstrap_servers)
    _, out, err = await asyncio.to_thread(tree.run, *arguments, more=settings)

    assert "surveys" not in out
    assert "Traceback" not in err
    assert await topics_of(kafka) == before
    if verb[0] in {"simulate", "replay"}:
        assert "events for helpdesk.surveys were not published" in err
