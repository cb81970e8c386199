"""What commands print of the client's connections besides their own lines."""

from __future__ import annotations

import asyncio
import gc
import ssl
from collections.abc import Callable

import pytest
from aiokafka.errors import KafkaConnectionError

from stream.cli.quiet_client import run_client, run_quietly


@pytest.mark.parametrize("run", [run_client, run_quietly])
@pytest.mark.parametrize("error", [ssl.SSLError("bad certificate"), KafkaConnectionError("closed"), EOFError()])
def test_a_broken_connection_that_nobody_reads_leaves_no_trace(
    run: Callable[..., str], error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    assert run(leave_behind(error)) == "done"
    assert caplog.records == []


def test_a_mistake_that_nobody_reads_is_told(caplog: pytest.LogCaptureFixture) -> None:
    assert run_client(leave_behind(ZeroDivisionError("a mistake of ours"))) == "done"
    assert [record.name for record in caplog.records] == ["asyncio"]
    assert "never retrieved" in caplog.text


async def leave_behind(error: Exception) -> str:
    asyncio.get_running_loop().create_future().set_exception(error)
    gc.collect()
    return "done"
