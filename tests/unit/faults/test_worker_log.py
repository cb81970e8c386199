from __future__ import annotations

from pathlib import Path

from tests.e2e.worker_process import WorkerProcess


async def test_a_worker_that_no_fault_has_started_has_printed_nothing(tmp_path: Path) -> None:
    async with WorkerProcess("127.0.0.1:1", tmp_path, "faults") as worker:
        assert not worker.log()
