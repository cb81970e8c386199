from __future__ import annotations

from pathlib import Path

import pytest

from stream.feeds.loopback import ReservedPort
from tests.e2e.worker_process import WorkerProcess
from tests.kafka.broker import KafkaBroker


async def ended_with(folder: Path, broker: str, settings: dict[str, str]) -> tuple[int, list[str]]:
    async with WorkerProcess(broker, folder, "failing", settings) as worker:
        await worker.launch()
        status = await worker.wait()
        return status, worker.log().splitlines()


async def test_an_unreachable_broker_is_one_clear_line_and_a_failure(tmp_path: Path) -> None:
    with ReservedPort() as nobody:
        status, lines = await ended_with(tmp_path, nobody.address, {"DESKPULSE_KAFKA__CONNECT_TIMEOUT_SECONDS": "2"})

    assert status == 1
    assert [line for line in lines if line.startswith("deskpulse: ")] == [
        f"deskpulse: no Kafka broker answers at {nobody.address}; set kafka.bootstrap_servers"
    ]
    assert "Traceback" not in "\n".join(lines)


@pytest.mark.parametrize(
    "name, value, words",
    [
        ("DESKPULSE_KAFKA__GROPP", "x", "DESKPULSE_KAFKA__GROPP names no setting"),
        ("DESKPULSE_CLOCK__TIME_ZONE", "Mars/Olympus", "clock.time_zone"),
        ("DESKPULSE_KAFKA__PARTITIONS", "many", "kafka.partitions"),
        ("DESKPULSE_CALENDAR__MONDAY", '["9-5"]', "calendar.monday: '9-5' is not a shift"),
    ],
)
async def test_a_wrong_setting_is_one_clear_line_and_a_failure(
    tmp_path: Path, name: str, value: str, words: str
) -> None:
    status, lines = await ended_with(tmp_path, "127.0.0.1:9", {name: value})

    assert status == 1
    assert len(lines) == 1
    assert words in lines[0]


@pytest.mark.kafka
@pytest.mark.slow
async def test_a_worker_whose_broker_is_gone_ends_when_it_is_told_to(tmp_path: Path) -> None:
    (tmp_path / "worker").mkdir()
    with KafkaBroker(tmp_path / "kafka") as broker:
        async with WorkerProcess(broker.address, tmp_path / "worker", "gone") as worker:
            await worker.start()
            broker.kill()

            assert await worker.stop() in {0, 1}
            assert "nothing is lost" in worker.log() or worker.status == 0
