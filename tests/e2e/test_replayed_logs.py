from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from stream.feeds.replay import ReplayReport, load_mapping, read_events
from stream.settings.kafka import KafkaSettings
from tests.e2e.worker_process import WorkerProcess
from tests.oracle import compute, differences

pytestmark = pytest.mark.kafka

DATA = Path(__file__).parent.parent / "data"
WHOLE = Path(__file__).parent.parent.parent.parent / "shared" / "data"

LOGS = (
    *("helpdesk_italian", "helpdesk_comments", "nps_verbatims", "call_center", "simulated_call_centre"),
    *("maven_subscriptions", "user_events_funnel"),
)
EXCERPTS = [*((DATA / f"{name}.csv", name) for name in LOGS), (DATA / "queue_log", "queue_log")]
WHOLE_LOGS = [(WHOLE / file.name, name) for file, name in EXCERPTS if (WHOLE / file.name).is_file()]


async def command(*arguments: str, folder: Path) -> tuple[int, bytes, bytes]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "stream", *arguments),
        cwd=folder,
        env={name: value for name, value in os.environ.items() if not name.startswith("DESKPULSE_")},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out, err


async def snapshot_after_replay(kafka: KafkaSettings, folder: Path, file: Path, mapping: str) -> dict[str, Any]:
    settings = {"DESKPULSE_CLOCK__MODE": "event"}
    async with WorkerProcess(kafka.bootstrap_servers, folder, kafka.group, settings) as worker:
        await worker.start()
        arguments = ("replay", str(file), "--mapping", mapping, "--broker", kafka.bootstrap_servers)
        status, _, err = await command(*arguments, folder=folder)
        assert status == 0, err.decode()
        await worker.until_caught_up()
        status, out, err = await command("snapshot", "--json", "--parts", "--url", worker.url, folder=folder)
        assert status == 0, err.decode()
        assert await worker.stop() == 0
    numbers: dict[str, Any] = orjson.loads(out)
    return numbers


@pytest.mark.parametrize("file, mapping", [*EXCERPTS, *WHOLE_LOGS], ids=lambda value: str(value)[-40:])
async def test_a_replayed_log_ends_in_a_snapshot_that_equals_the_oracles_numbers(
    kafka: KafkaSettings, tmp_path: Path, file: Path, mapping: str
) -> None:
    actual = await snapshot_after_replay(kafka, tmp_path, file, mapping)

    events = read_events(file, load_mapping(mapping), ReplayReport())
    assert differences(compute(event.value for event in events), actual) == []
    if file.parent == WHOLE and mapping == "helpdesk_italian":
        assert actual["windows"]["lifetime"]["tickets_reopened"] == 149
    if file.parent == WHOLE and mapping == "simulated_call_centre":
        assert round(actual["windows"]["lifetime"]["speed_of_answer_seconds"]["mean"], 3) == 17.035
    if file.parent == WHOLE and mapping == "user_events_funnel":
        funnel = actual["windows"]["lifetime"]["journey_funnel"].values()
        assert [stage["entered"] + stage["reached"] for stage in funnel] == [5_000, 1_553, 1_103, 899, 826]
    if file.parent == WHOLE and mapping == "nps_verbatims":
        assert round(actual["windows"]["lifetime"]["nps"]["score"], 1) == -24.7
