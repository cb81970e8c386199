from __future__ import annotations

from pathlib import Path

import pytest

from schemas.events import TICKETS_TOPIC
from stream.doctor.examination import examine
from stream.settings.kafka import KafkaSettings
from stream.settings.settings import Settings
from tests.e2e.test_invalid_share import TICKETS, send, tickets
from tests.e2e.worker_process import WorkerProcess

pytestmark = pytest.mark.kafka


def flip_in_each(files: list[Path]) -> None:
    """A flipped bit in the middle of each file."""
    assert files
    for path in files:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)


async def test_a_worker_makes_a_damaged_copy_anew_by_itself(kafka: KafkaSettings, tmp_path: Path) -> None:
    on_disk = {"DESKPULSE_STORE": "rocksdb", "DESKPULSE_KAFKA__INSTANCE_ID": "desk-1"}
    data = tmp_path / "deskpulse-data" / kafka.group / "desk-1"
    async with WorkerProcess(kafka.bootstrap_servers, tmp_path, kafka.group, on_disk) as worker:
        await worker.start()
        await send(kafka, tickets(0))
        await worker.until_caught_up()
        numbers = await worker.numbers()
        assert await worker.stop() == 0

        flip_in_each(sorted(data.glob(f"{TICKETS_TOPIC}-*/*.sst")))
        await worker.start()
        assert (await worker.numbers())["windows"]["lifetime"] == numbers["windows"]["lifetime"]
        assert numbers["windows"]["lifetime"]["tickets_opened"] == TICKETS
        rebuilds = f'helpdesk_state_rebuilds_total{{topic="{TICKETS_TOPIC}"}} {kafka.partitions:.1f}'
        assert rebuilds in await worker.scrape()
        assert worker.log().count("and rebuilt from the changelog") == kafka.partitions
        assert len(list(data.glob("*.damaged-*"))) == kafka.partitions
        assert await worker.stop() == 0

    settings = Settings(kafka=kafka.model_copy(update={"instance_id": "desk-1"}), data_dir=tmp_path / "deskpulse-data")
    findings = await examine(settings, (TICKETS_TOPIC,))
    assert [finding.what.split(" are ")[0] for finding in findings if finding.check == "copies"] == [
        f"{kafka.partitions} damaged copies of the state"
    ]
    modes = {path.stat().st_mode & 0o077 for path in (tmp_path / "deskpulse-data").rglob("*")}
    assert modes == {0}
