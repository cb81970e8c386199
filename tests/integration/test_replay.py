"""A replay that must not happen leaves nothing on the broker."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer

from stream.cli.replay import ReplayPlan, TooManyRejectedError, run_replay
from stream.feeds.embedded_broker import EmbeddedBroker
from stream.settings.settings import Settings

LOG = "case:concept:name,concept:name,time:timestamp\n"
GOOD = "Case 1,Closed,2012-10-09 14:50:17\n"
BAD = "Case 2,Closed,some day\n"


def plan(log: Path, max_rejected: float) -> ReplayPlan:
    return ReplayPlan(log, "helpdesk_italian", "max", strict=False, max_rejected=max_rejected)


async def topics_of(address: str) -> set[str]:
    async with AIOKafkaConsumer(bootstrap_servers=address) as consumer:
        return set(await consumer.topics())


async def test_too_many_rejected_rows_are_refused_before_anything_is_published(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(LOG + GOOD + BAD, "utf-8")
    async with EmbeddedBroker() as broker:
        settings = Settings(kafka={"bootstrap_servers": broker.address})

        with pytest.raises(TooManyRejectedError, match="nothing was published"):
            await run_replay(plan(log, 5), settings)
        assert "helpdesk.tickets" not in await topics_of(broker.address)

        count, report = await run_replay(plan(log, 50), settings)
        assert report is not None
        assert (count, report.rejected) == (2, 1)
        assert "helpdesk.tickets" in await topics_of(broker.address)
