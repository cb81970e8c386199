"""The consumer group of the workers: who is in it, and how far it has read."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from stream.runtime.kafka.broker import client_options, connected_admin
from stream.runtime.kafka.group import coordinator_of
from stream.runtime.kafka.group import describe_group as describe_members
from stream.runtime.kafka.membership import Member
from stream.settings.kafka import KafkaSettings

if TYPE_CHECKING:
    from aiokafka.admin import AIOKafkaAdminClient

_POLL_SECONDS: Final = 1.0
_GRACE_SECONDS: Final = 5.0

Committed = Mapping[tuple[str, int], int]
"""The committed offsets of a group by topic and partition."""


class BusyGroupError(Exception):
    """Workers of the group run while something is asked for that only a stopped fleet allows."""


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """The consumer group: Kafka's name for its state, its members, its committed offsets."""

    state: str
    members: Sequence[Member] = ()
    committed: Committed = field(default_factory=dict)


async def describe_group(admin: AIOKafkaAdminClient, name: str) -> GroupFacts:
    """A group as it is now. Raises the client's ``KafkaError``."""
    state, members = await describe_members(admin, name)
    return GroupFacts(state, members, await _committed(admin, name, await coordinator_of(admin, name)))


async def committed_offsets(settings: KafkaSettings, partitions: Iterable[tuple[str, int]]) -> Committed:
    """What the workers' group has committed of these partitions.

    Raises ``BrokerUnreachableError`` and the client's ``KafkaError``.
    """
    wanted = [TopicPartition(*partition) for partition in partitions]
    async with connected_admin(settings) as admin:
        # By name, for not every kind of broker tells all of them at once.
        return await _committed(admin, settings.group, await coordinator_of(admin, settings.group), wanted)


async def commit_offsets(settings: KafkaSettings, offsets: Mapping[TopicPartition, int]) -> None:
    """Commit these offsets for the workers' group, of which no worker may run.

    Raises the client's ``KafkaError``, as when somebody has joined the group.
    """
    async with AIOKafkaConsumer(
        **client_options(settings), group_id=settings.group, enable_auto_commit=False
    ) as consumer:
        consumer.assign(list(offsets))
        await consumer.commit(dict(offsets))


async def until_nobody_runs(admin: AIOKafkaAdminClient, settings: KafkaSettings) -> None:
    """Return once the group has no member; one that was stopped stays until its session ends.

    Raises ``BusyGroupError`` if somebody is in it for longer than a session.
    """
    patience = settings.session_timeout_seconds + _GRACE_SECONDS
    members = (await describe_group(admin, settings.group)).members
    for _ in range(round(patience / _POLL_SECONDS)):
        if not members:
            return
        await asyncio.sleep(_POLL_SECONDS)
        members = (await describe_group(admin, settings.group)).members
    names = ", ".join(f"{member.instance or member.client} at {member.host}" for member in members)
    message = (
        f"workers of group {settings.group} run: {names}; stop them all, and run this again"
        f" (one that was stopped is a member for {settings.session_timeout_seconds:g} s more)"
    )
    raise BusyGroupError(message)


async def _committed(
    admin: AIOKafkaAdminClient, name: str, node: int, partitions: list[TopicPartition] | None = None
) -> dict[tuple[str, int], int]:
    offsets = await admin.list_consumer_group_offsets(name, group_coordinator_id=node, partitions=partitions)
    return {(tp.topic, tp.partition): committed.offset for tp, committed in offsets.items()}
