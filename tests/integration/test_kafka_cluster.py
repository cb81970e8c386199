from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import NewTopic
from aiokafka.errors import KafkaError

from tests.kafka.cluster import KafkaCluster

pytestmark = pytest.mark.kafka

TOPIC = "events"


async def send(producer: AIOKafkaProducer, value: bytes) -> None:
    await asyncio.wait_for(producer.send_and_wait(TOPIC, value), 30)


async def test_a_cluster_survives_a_killed_broker_and_a_cut_link_keeps_one_client_out(tmp_path: Path) -> None:
    async with KafkaCluster(tmp_path, links=["ONE"]) as cluster:
        async with cluster.admin() as admin:
            await admin.create_topics([NewTopic(TOPIC, 1, 3)])
        await cluster.until_replicated()
        link = cluster.links["ONE"]
        async with (
            AIOKafkaProducer(bootstrap_servers=link.address, acks="all", request_timeout_ms=5_000) as linked,
            AIOKafkaProducer(bootstrap_servers=cluster.address, acks="all", request_timeout_ms=20_000) as free,
        ):
            await send(linked, b"1")
            leader = (await cluster.places(TOPIC))[TOPIC, 0].leader
            cluster.brokers[leader].kill()
            assert cluster.down == [leader]
            await send(free, b"2")
            cluster.brokers[leader].start()
            await cluster.until_replicated()

            await link.cut()
            with pytest.raises(KafkaError):
                await send(linked, b"3")
            await send(free, b"4")
            await link.heal()
            await send(linked, b"5")
