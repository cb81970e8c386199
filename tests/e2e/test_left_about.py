from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from stream.settings.kafka import KafkaSettings
from tests.e2e.test_invalid_share import TICKETS, send, tickets
from tests.e2e.worker_process import WorkerProcess

pytestmark = pytest.mark.kafka


@pytest.fixture
def hang_ups_end_processes() -> Iterator[None]:
    """Also where this run was started under nohup, whose children would ignore them."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("hang_ups_end_processes")
async def test_a_worker_that_is_hung_up_on_drains_and_leaves_nothing_about(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    temporary, home = tmp_path / "temporary", tmp_path / "home"
    temporary.mkdir()
    home.mkdir()
    environment = {"TMPDIR": str(temporary)}
    async with WorkerProcess(kafka.bootstrap_servers, home, kafka.group, environment) as worker:
        await worker.start()
        await send(kafka, tickets(0))
        await worker.until_caught_up()
        worker.send_signal(signal.SIGHUP)
        assert await worker.wait() == 0
        assert [path.name for path in home.iterdir()] == [f"worker-{kafka.group}.log"]
        assert not list(temporary.iterdir())

        await worker.start()
        assert (await worker.numbers())["windows"]["lifetime"]["tickets_opened"] == TICKETS
        records = (await worker.get("/api/v1/worker"))["topics"]["helpdesk.tickets"]["records"]
        assert not sum(records.values()), "what it had taken in was committed"
        assert await worker.stop() == 0


async def test_a_worker_under_nohup_outlives_its_terminal(kafka: KafkaSettings, tmp_path: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group) as worker:
            await worker.start()
            worker.send_signal(signal.SIGHUP)
            await worker.until_caught_up()
            assert worker.status is None
            assert await worker.stop() == 0
    finally:
        signal.signal(signal.SIGHUP, before)
