from __future__ import annotations

from typing import Any, cast

import faust

from stream.runtime.faust.fetching import FETCH_WAIT_MILLISECONDS
from stream.runtime.faust.transport import BatchConsumer, BatchTransport
from tests.unit.runtime.fakes import TOPIC


async def ignore(*_: object) -> None:
    """What nobody listens to."""


async def test_no_fetch_that_finds_nothing_holds_up_those_that_would_find_something() -> None:
    app = faust.App("test", broker="kafka://127.0.0.1:1", store="memory://")
    transport = BatchTransport(app.conf.broker_consumer, app, batched_topics=[TOPIC])
    consumer = BatchConsumer(transport, ignore, ignore, ignore)
    try:
        client = cast("Any", consumer._thread)._create_worker_consumer(transport)
        assert client._fetch_max_wait_ms == FETCH_WAIT_MILLISECONDS <= 100
        await client.stop()
    finally:
        consumer._thread.thread_loop.close()
