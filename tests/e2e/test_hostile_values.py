from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import orjson
import pytest
from prometheus_client.parser import text_string_to_metric_families

from schemas.events import SURVEYS_TOPIC, TICKETS_TOPIC
from stream.feeds.publish import publish
from stream.settings.kafka import KafkaSettings
from tests.e2e.worker_process import WorkerProcess
from tests.fuzz.hostile import STRINGS
from tests.kinds.surveys import survey
from tests.kinds.tickets import ticket

pytestmark = pytest.mark.kafka

VALUES = 10_000
KEPT = 50
LABELS = ("channel", "priority", "category", "team")
MEGABYTE = 1_000_000
MOST_RESIDENT_BYTES = 500 * MEGABYTE

Record = tuple[str, bytes, bytes, int]


def many_values(begin: int) -> Iterator[Record]:
    """Events of which no two have a label value in common."""
    for number in range(begin, begin + VALUES):
        values = {label: f"{label} {number}" for label in LABELS}
        yield TICKETS_TOPIC, f"T-{number}".encode(), ticket("opened", 0, f"T-{number}", **values), 0
        values = {"channel": f"channel {number}", "team": f"team {number}"}
        answer = survey("responded", 0, f"S-{number}", survey="csat", scale="1-5", score=4, **values)
        yield SURVEYS_TOPIC, f"S-{number}".encode(), answer, 0


def hostile_texts() -> Iterator[Record]:
    """Every hostile text in every field that takes any."""
    for number, text in enumerate((*STRINGS, "x" * (MEGABYTE - 1_000))):
        key = f"H-{number}".encode()
        for label in LABELS:
            yield TICKETS_TOPIC, key, ticket("opened", 0, f"H-{label}-{number}", **{label: text}), 0
        yield TICKETS_TOPIC, key, ticket("replied", 1, f"H-team-{number}", actor="agent", author=text), 0
        for attribute in ("id", "source", "subject"):
            event = orjson.loads(ticket("opened", 0, f"A-{number}")) | {attribute: text}
            yield TICKETS_TOPIC, key, orjson.dumps(event), 0
        answer = {"survey": "csat", "scale": "1-5", "score": 1, "comment": text, "channel": text, "team": text}
        yield SURVEYS_TOPIC, key, survey("responded", 0, f"H-{number}", **answer), 0
    surrogate = ticket("opened", 0, "H-surrogate", channel="MARK").replace(b"MARK", rb"\ud800")
    yield TICKETS_TOPIC, b"surrogate", surrogate, 0


async def scrape(worker: WorkerProcess) -> str:
    def read() -> str:
        with urlopen(f"{worker.url}/metrics", timeout=60) as response:  # noqa: S310 - the test's own worker
            text: bytes = response.read()
            return text.decode()

    return await asyncio.to_thread(read)


def series_of(text: str) -> Counter[tuple[str, frozenset[tuple[str, str]]]]:
    """The helpdesk's series in a scrape, by their names and labels."""
    return Counter(
        (sample.name, frozenset(sample.labels.items()))
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not sample.name.startswith("helpdesk_process_")
    )


def resident_bytes(text: str) -> float:
    return next(
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == "helpdesk_process_resident_memory_bytes"
    )


def check_with_promtool(text: str) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        assert os.environ.get("CI") != "true", "CI checks the exposition with promtool, from Debian's prometheus"
        return
    check = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    assert "error" not in check.stderr.lower(), check.stderr
    assert check.returncode in {0, 3}, check.stderr  # 3: advice on names only


async def test_hostile_values_break_no_scrape_and_grow_nothing(kafka: KafkaSettings, tmp_path: Path) -> None:
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group) as worker:
        await worker.start()
        await publish(many_values(0), kafka.bootstrap_servers)
        await publish(hostile_texts(), kafka.bootstrap_servers, max_request_size=2 * MEGABYTE)
        await worker.until_caught_up()
        first = await scrape(worker)
        await publish(many_values(VALUES), kafka.bootstrap_servers)
        await worker.until_caught_up()
        second = await scrape(worker)
        numbers = await worker.numbers()
        comments = await worker.get("/api/v1/comments")
        about = await worker.get("/api/v1/worker")
        assert await worker.stop() == 0

    check_with_promtool(second)
    series = series_of(second)
    assert series.most_common(1)[0][1] == 1, "a series is there twice"
    assert series.keys() == series_of(first).keys()
    for label in LABELS:
        values = {dict(labels)[label] for _, labels in series if label in dict(labels)}
        assert len(values) <= KEPT + 2, label
        assert all(value.isprintable() and len(value) <= 80 for value in values)
    assert resident_bytes(second) < MOST_RESIDENT_BYTES
    assert numbers["windows"]["lifetime"]["tickets_opened"] >= 2 * VALUES
    records = about["topics"][TICKETS_TOPIC]["records"]
    assert records["rejected"] > 0
    assert "failed" not in {dict(labels).get("reason") for _, labels in series}
    assert orjson.dumps(comments)
    assert comments["comments"]
