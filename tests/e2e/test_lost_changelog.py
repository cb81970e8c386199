"""A changelog that was deleted: no worker counts from zero, and a rebuild brings the numbers back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from schemas.events import SURVEYS_TOPIC, TICKETS_TOPIC
from stream.desks.kinds import SOURCE_TOPICS
from stream.feeds.publish import publish
from stream.feeds.simulator import SimulatedEvent, Simulator, SimulatorSettings
from stream.runtime.kafka.topics import changelog_of
from stream.settings.kafka import KafkaSettings
from stream.state.rows import BEGINNING
from tests.e2e.kafka_topics import delete_topic, make_topic, records_of, write_records
from tests.e2e.sla_events import published_sla_events
from tests.e2e.test_operating import answer_of, delete_before_the_last, of_check
from tests.e2e.test_replayed_logs import command
from tests.e2e.worker_process import WorkerProcess
from tests.oracle import compute, differences

pytestmark = pytest.mark.kafka

SEED: Final = 11
END: Final = datetime(2026, 11, 1, tzinfo=UTC)
SESSION_SECONDS: Final = 3
TOPICS: Final = 3 * len(SOURCE_TOPICS) + 1
"""Of each kind its own, its dead letters and its changelog, and that of the SLA events."""
SETTINGS: Final = {
    "DESKPULSE_CLOCK__MODE": "event",
    "DESKPULSE_KAFKA__SESSION_TIMEOUT_SECONDS": str(SESSION_SECONDS),
}


def history(tickets: int = 600) -> list[SimulatedEvent]:
    return list(Simulator(SimulatorSettings(), SEED).history(END - timedelta(days=40), END, tickets))


async def read_to_the_end(kafka: KafkaSettings, worker: WorkerProcess, events: list[SimulatedEvent]) -> None:
    await worker.start()
    await publish(events, kafka.bootstrap_servers)
    await worker.until_caught_up()


async def refused(worker: WorkerProcess) -> str:
    """What a worker that does not start says."""
    await worker.launch()
    assert await worker.wait() == 1
    return [line for line in worker.log().splitlines() if line.startswith("deskpulse: ")][-1]


async def test_a_changelog_that_is_gone_is_told_and_a_rebuild_brings_numbers_and_sla_events_back(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    events = history()
    half = len(events) // 2
    changelog = changelog_of(kafka, TICKETS_TOPIC)
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, SETTINGS) as worker:
        await read_to_the_end(kafka, worker, events[:half])
        # Claims that are higher than those that a new changelog would begin with by itself.
        for _ in range(3):
            assert await worker.stop() == 0
            await worker.start()
        assert await worker.stop() == 0
        announced = {event.id for event in await published_sla_events(kafka)}
        assert announced
        await delete_topic(kafka, changelog)

        report = await answer_of(kafka, tmp_path, "doctor", status=1)
        assert (
            "problem",
            f"{changelog} is missing, but group {kafka.group} has read {TICKETS_TOPIC}: the state is gone",
        ) in (of_check(report, "topics"))
        line = await refused(worker)
        assert line.startswith(
            f"deskpulse: {changelog}[0] is empty, but group {kafka.group} has read {TICKETS_TOPIC}[0]"
        )
        assert "`deskpulse state rebuild`" in line
        assert "a new kafka.group" in line
        assert {
            severity for severity, _ in of_check(await answer_of(kafka, tmp_path, "doctor", status=1), "state")
        } == {"problem"}

        planned = await answer_of(kafka, tmp_path, "state", "rebuild", "--dry-run")
        assert [(one["topic"], one["from_offset"]) for one in planned["lost"]] == [
            (TICKETS_TOPIC, 0)
        ] * kafka.partitions
        assert planned["since"] == {TICKETS_TOPIC: None}
        assert not planned["done"]
        assert await refused(worker) == line

        assert (await answer_of(kafka, tmp_path, "state", "rebuild", "--yes"))["done"]
        await worker.start()
        await publish(events[half:], kafka.bootstrap_servers)
        await worker.until_caught_up()
        assert differences(compute(event.value for event in events), await worker.numbers()) == []
        assert await worker.stop() == 0
        assert "was claimed by another worker" not in worker.log()
        after = {event.id for event in await published_sla_events(kafka)}
        assert announced < after
        assert (await answer_of(kafka, tmp_path, "state", "rebuild", "--yes"))["lost"] == []


async def test_a_copy_on_disk_of_a_changelog_that_was_made_anew_since_is_not_gone_on_from(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    events = history()
    third = len(events) // 3
    for name in ("disk", "memory"):
        (tmp_path / name).mkdir()
    on_disk = {**SETTINGS, "DESKPULSE_STORE": "rocksdb"}
    async with (
        WorkerProcess(kafka.bootstrap_servers, tmp_path / "disk", kafka.group, on_disk) as away,
        WorkerProcess(kafka.bootstrap_servers, tmp_path / "memory", kafka.group, SETTINGS) as other,
    ):
        await away.start()
        # A few at a time, so that the changelog has more rows than it gets from the same events at once.
        for start in range(0, third, third // 8):
            await publish(events[start : min(third, start + third // 8)], kafka.bootstrap_servers)
            await away.until_caught_up()
        assert await away.stop() == 0
        await delete_topic(kafka, changelog_of(kafka, TICKETS_TOPIC))
        assert (await answer_of(kafka, tmp_path, "state", "rebuild", "--yes"))["done"]
        await read_to_the_end(kafka, other, events[third:])
        assert await other.stop() == 0

        await away.start()
        await away.until_caught_up()
        assert differences(compute(event.value for event in events), await away.numbers()) == []
        assert "is that of a changelog that was deleted since" in away.log()
        assert await away.stop() == 0


async def test_a_rebuild_asks_first_and_does_nothing_while_a_worker_runs(kafka: KafkaSettings, tmp_path: Path) -> None:
    settings = tmp_path / "deskpulse.toml"
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, SETTINGS) as worker:
        await read_to_the_end(kafka, worker, history(60))
        settings.write_text(
            f'[kafka]\nbootstrap_servers = "{kafka.bootstrap_servers}"\ngroup = "{kafka.group}"\n'
            f"session_timeout_seconds = {SESSION_SECONDS}\n",
            "utf-8",
        )
        status, _, err = await command("state", "rebuild", "--yes", folder=tmp_path)
        assert status == 1
        assert err.startswith(f"deskpulse: workers of group {kafka.group} run: ".encode())

        assert await worker.stop() == 0
        await delete_topic(kafka, changelog_of(kafka, TICKETS_TOPIC))
        status, out, err = await command("state", "rebuild", folder=tmp_path)
        assert status == 1
        assert b"helpdesk.tickets has all its records" in out
        assert b"read these partitions again?" in err
        assert "is empty, but group" in await refused(worker)


async def test_only_what_is_lost_is_rebuilt_and_it_is_told_from_when_on_the_source_has_records(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    events = history()
    changelog = changelog_of(kafka, TICKETS_TOPIC)
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, SETTINGS) as worker:
        await read_to_the_end(kafka, worker, events)
        assert await worker.stop() == 0
        kept = {number: await records_of(kafka, changelog, number) for number in (0, 2)}
        await delete_topic(kafka, changelog)
        await make_topic(kafka, changelog, kafka.partitions)
        for number, records in kept.items():
            await write_records(kafka, changelog, number, records)
        await delete_before_the_last(kafka)

        line = await refused(worker)
        assert line.startswith(f"deskpulse: {changelog}[1] is empty")
        report = await answer_of(kafka, tmp_path, "state", "rebuild", "--yes")
        assert [(one["topic"], one["partition"]) for one in report["lost"]] == [(TICKETS_TOPIC, 1)]
        assert report["lost"][0]["from_offset"] == report["lost"][0]["committed"] - 1
        assert report["since"][TICKETS_TOPIC].startswith("20")
        await worker.start()
        await worker.until_caught_up()
        assert 0 < (await worker.numbers())["windows"]["lifetime"]["tickets_opened"] < 600
        assert await worker.stop() == 0


async def test_a_changelog_that_was_made_anew_under_a_worker_that_went_on_appending_is_told_too(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    events = history()
    changelog = changelog_of(kafka, TICKETS_TOPIC)
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, SETTINGS) as worker:
        await read_to_the_end(kafka, worker, events)
        assert await worker.stop() == 0
        held = {number: await records_of(kafka, changelog, number) for number in range(kafka.partitions)}
        assert {records[0][0] for records in held.values()} == {BEGINNING}
        await delete_topic(kafka, changelog)
        await make_topic(kafka, changelog, kafka.partitions)
        for number, records in held.items():
            # What was appended since; the last one is a marker.
            await write_records(kafka, changelog, number, records[-40:])

        line = await refused(worker)
        assert "does not hold the state from its beginning" in line
        assert "`deskpulse state rebuild`" in line
        report = await answer_of(kafka, tmp_path, "state", "rebuild", "--yes")
        assert len(report["lost"]) == kafka.partitions
        await worker.start()
        await worker.until_caught_up()
        assert differences(compute(event.value for event in events), await worker.numbers()) == []
        assert await worker.stop() == 0


async def test_a_changelog_that_the_broker_has_made_anew_gets_the_settings_of_a_changelog(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    changelog = changelog_of(kafka, TICKETS_TOPIC)
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, SETTINGS) as worker:
        await read_to_the_end(kafka, worker, history(60))
        assert await worker.stop() == 0
    await delete_topic(kafka, changelog)
    await make_topic(kafka, changelog, 1)
    before = [what for _, what in of_check(await answer_of(kafka, tmp_path, "doctor", status=1), "topics")]
    assert any("cleanup.policy is delete" in what for what in before)

    assert (await answer_of(kafka, tmp_path, "state", "rebuild", "--yes"))["done"]
    after = await answer_of(kafka, tmp_path, "doctor", status=0)
    assert of_check(after, "topics") == [("ok", f"{TOPICS} of {TOPICS} topics are as they should be")]


async def test_a_rebuild_from_a_topic_that_has_grown_says_that_tickets_will_be_split(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, SETTINGS) as worker:
        await read_to_the_end(kafka, worker, history(200))
        assert await worker.stop() == 0
    grown = str(2 * kafka.partitions)
    await answer_of(
        kafka, tmp_path, "topics", "grow", "--topic", TICKETS_TOPIC, "--partitions", grown, "--settle", "0", "--yes"
    )
    await delete_topic(kafka, changelog_of(kafka, TICKETS_TOPIC))
    report = await answer_of(kafka, tmp_path, "state", "rebuild", "--dry-run")
    assert report["displaced"] == [TICKETS_TOPIC]
    status, out, err = await command(
        "state", "rebuild", "--dry-run", "--broker", kafka.bootstrap_servers, folder=tmp_path
    )
    assert status == 0, err.decode()
    assert b"will count as two" in out
    assert b"its numbers will be what they were" not in out


async def test_a_group_that_has_read_nothing_and_one_whose_source_is_empty_start_as_ever(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, SETTINGS) as worker:
        await worker.start()
        assert await worker.stop() == 0
        for topic in (TICKETS_TOPIC, SURVEYS_TOPIC):
            await delete_topic(kafka, changelog_of(kafka, topic))
        await worker.start()
        await worker.until_caught_up()
        assert await worker.stop() == 0
