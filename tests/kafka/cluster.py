"""A cluster of Apache Kafka brokers of a test's own."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple, Self

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from tests.kafka.broker import KafkaBroker, KafkaStartError, cluster_id
from tests.kafka.link import Link
from tests.kafka.properties import Node

BROKERS: Final = 3

_SETTINGS: Final = {"min.insync.replicas": 2, "replica.lag.time.max.ms": 4_000}
_POLL_SECONDS: Final = 0.2


class PartitionPlace(NamedTuple):
    """Where a partition is: the number of its leader, ``-1`` for none, and how many replicas are in sync."""

    leader: int
    in_sync: int


class KafkaCluster:
    """Three brokers that replicate every topic three times and acknowledge what two of them have.

    ``links`` are ways in that can be cut, see `Link`; all of them are open after the start.
    """

    def __init__(self, directory: Path, links: Sequence[str] = ()) -> None:
        self.links = {name: Link(name, BROKERS) for name in links}
        nodes = [
            Node(index + 1, listeners=tuple(link.listener(index) for link in self.links.values()))
            for index in range(BROKERS)
        ]
        cluster = cluster_id()
        self.brokers = {
            node.number: KafkaBroker(
                directory / f"broker-{node.number}", _SETTINGS, node=node, nodes=nodes, cluster=cluster
            )
            for node in nodes
        }

    @property
    def address(self) -> str:
        """The bootstrap servers, separated by commas."""
        return ",".join(broker.address for broker in self.brokers.values())

    @property
    def down(self) -> list[int]:
        """The numbers of the brokers that do not run."""
        return [number for number, broker in self.brokers.items() if not broker.running]

    async def start(self) -> None:
        """Start all brokers and open all links; raises ``KafkaUnavailableError`` and ``KafkaStartError``."""
        first, *others = self.brokers.values()
        await asyncio.to_thread(first.format)
        for broker in others:
            broker.format_like(first)
        for broker in self.brokers.values():
            broker.launch()
        for broker in self.brokers.values():
            await asyncio.to_thread(broker.wait_until_ready)
        for link in self.links.values():
            await link.heal()

    async def stop(self) -> None:
        """End all brokers at once, with nothing tidied up, and close the links."""
        for link in self.links.values():
            await link.cut()
            link.release()
        for broker in self.brokers.values():
            broker.kill()
            broker.node.release()

    async def places(self, *topics: str) -> dict[tuple[str, int], PartitionPlace]:
        """Where the partitions of these topics are, or of all topics; raises ``KafkaError``."""
        async with self.admin() as admin:
            described = await admin.describe_topics(list(topics) or None)
        return {
            (topic["topic"], partition["partition"]): PartitionPlace(partition["leader"], len(partition["isr"]))
            for topic in described
            for partition in topic["partitions"]
        }

    async def until_replicated(self, seconds: float = 60.0) -> None:
        """Wait until every replica is in sync; raises ``KafkaStartError`` if that takes longer."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(KafkaError):
                places = (await self.places()).values()
                if all(place.in_sync == BROKERS and place.leader > 0 for place in places):
                    return
            await asyncio.sleep(_POLL_SECONDS)
        raise KafkaStartError(f"the replicas are not in sync after {seconds:.0f} s")

    @contextlib.asynccontextmanager
    async def admin(self) -> AsyncIterator[AIOKafkaAdminClient]:
        """A client to administer the cluster with."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.address, request_timeout_ms=5_000)
        await admin.start()
        try:
            yield admin
        finally:
            await admin.close()

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
