"""The configuration of one KRaft node that is broker and controller in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from stream.feeds.loopback import ReservedPort

MESSAGE_MAX_BYTES: Final = 16 * 1024 * 1024


@dataclass(frozen=True)
class Listener:
    """One more way in for clients: the broker listens on ``port`` and tells its clients to connect to ``advertised``.

    ``name`` is in capital letters and unique within its node.
    """

    name: str
    advertised: str
    port: ReservedPort = field(default_factory=ReservedPort)


@dataclass(frozen=True)
class Node:
    """A node's place in its cluster: its number, and the reserved ports for clients and for the other controllers.

    ``listeners`` are further ones for clients.
    """

    number: int
    clients: ReservedPort = field(default_factory=ReservedPort)
    controllers: ReservedPort = field(default_factory=ReservedPort)
    listeners: tuple[Listener, ...] = ()

    def release(self) -> None:
        """Give the ports back."""
        self.clients.release()
        self.controllers.release()
        for listener in self.listeners:
            listener.port.release()


def server_properties(
    node: Node, nodes: Sequence[Node], data: Path, overrides: Mapping[str, object] | None = None
) -> str:
    """The text of ``server.properties`` for ``node``, one of ``nodes``, which keeps its logs in ``data``."""
    replicas = min(3, len(nodes))
    bound = [f"{listener.name}://{listener.port.address}" for listener in node.listeners]
    advertised = [f"{listener.name}://{listener.advertised}" for listener in node.listeners]
    protocols = [f"{listener.name}:PLAINTEXT" for listener in node.listeners]
    properties: dict[str, object] = {
        "process.roles": "broker,controller",
        "node.id": node.number,
        "controller.quorum.voters": ",".join(f"{voter.number}@{voter.controllers.address}" for voter in nodes),
        "listeners": ",".join([f"CLIENT://{node.clients.address}", f"CONTROLLER://{node.controllers.address}", *bound]),
        "advertised.listeners": ",".join([f"CLIENT://{node.clients.address}", *advertised]),
        "listener.security.protocol.map": ",".join(["CLIENT:PLAINTEXT", "CONTROLLER:PLAINTEXT", *protocols]),
        "inter.broker.listener.name": "CLIENT",
        "controller.listener.names": "CONTROLLER",
        "log.dirs": data,
        "num.partitions": 1,
        "default.replication.factor": replicas,
        "offsets.topic.num.partitions": 1,
        "offsets.topic.replication.factor": replicas,
        "transaction.state.log.num.partitions": 1,
        "transaction.state.log.replication.factor": replicas,
        "transaction.state.log.min.isr": max(1, replicas - 1),
        "share.coordinator.state.topic.num.partitions": 1,
        "share.coordinator.state.topic.replication.factor": replicas,
        "share.coordinator.state.topic.min.isr": max(1, replicas - 1),
        "message.max.bytes": MESSAGE_MAX_BYTES,
        "replica.fetch.max.bytes": MESSAGE_MAX_BYTES,
        "group.initial.rebalance.delay.ms": 0,
        # Tests that freeze or kill a worker want to see its session end soon.
        "group.min.session.timeout.ms": 500,
        # A killed broker may register again only when the session of its former life has ended.
        "broker.session.timeout.ms": 2000,
        "broker.heartbeat.interval.ms": 200,
        # The default of 128 MiB does not fit a small heap.
        "log.cleaner.dedupe.buffer.size": 8 * 1024 * 1024,
        "num.network.threads": 2,
        "num.io.threads": 2,
        "background.threads": 2,
        "num.recovery.threads.per.data.dir": 1,
        **(overrides or {}),
    }
    return "".join(f"{key}={value}\n" for key, value in properties.items())
