"""The consumer group as Kafka describes it, and the check that nobody else has this worker's place in it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError, KafkaError
from aiokafka.protocol.admin import DescribeGroupsRequest_v0, DescribeGroupsRequest_v1, DescribeGroupsRequest_v2
from aiokafka.protocol.api import Request
from mode import get_logger

from stream.runtime.kafka.broker import connected_admin
from stream.runtime.kafka.membership import Identity, Member, Standing, described, standing_of
from stream.settings.kafka import KafkaSettings

logger = get_logger(__name__)

_UUID_LENGTH: Final = 36
_COORDINATOR_ATTEMPTS: Final = 20
_RETRY_SECONDS: Final = 0.5
_LOOK_SECONDS: Final = 1.0
_MARGIN_SECONDS: Final = 3.0
_LOOKS_A_SESSION: Final = 4


class InstanceInUseError(Exception):
    """Another worker has this one's static name; the message names the setting and where the other is."""


class _DescribeGroups(
    Request[DescribeGroupsRequest_v0 | DescribeGroupsRequest_v1 | DescribeGroupsRequest_v2]  # type: ignore[misc]
):
    # The client's own request also knows version 3, whose answer it cannot read.
    API_KEY = 15

    def __init__(self, group: str) -> None:
        self._group = group

    def build(self, request_struct_class: Any) -> Any:
        return request_struct_class([self._group])


async def coordinator_of(admin: AIOKafkaAdminClient, group: str) -> int:
    """The broker that coordinates a group. Raises the client's ``KafkaError``."""
    for _ in range(_COORDINATOR_ATTEMPTS):
        # A cluster's first group has to wait until the topic of offsets was made.
        try:
            return int(await admin.find_coordinator(group))
        except GroupCoordinatorNotAvailableError:
            await asyncio.sleep(_RETRY_SECONDS)
    return int(await admin.find_coordinator(group))


async def describe_group(admin: AIOKafkaAdminClient, group: str) -> tuple[str, list[Member]]:
    """Kafka's name for a group's state, and its members. Raises the client's ``KafkaError``."""
    node = await coordinator_of(admin, group)
    answer = await admin._client.send(node, _DescribeGroups(group))  # noqa: SLF001 - see the request
    _, _, state, _, _, members = answer.groups[0]
    return state, [
        Member(client, host.lstrip("/"), static_name(member, client)) for member, client, host, _, _ in members
    ]


def static_name(member: str, client: str) -> str | None:
    """The static name in the id that Kafka gave to a member, ``None`` if it has none."""
    name = member[: -_UUID_LENGTH - 1]
    return None if name == client or not name else name


async def check_instance(settings: KafkaSettings, instance: str | None, own: Identity) -> None:
    """Return once nobody has the static name ``instance`` but ``own``, this process, or its life before.

    A member elsewhere is given its session to show that it has ended. Raises ``InstanceInUseError``.
    """
    if instance is None:
        return
    try:
        async with connected_admin(settings) as admin:
            await _until_free(admin, settings, instance, own)
    except KafkaError as error:
        logger.warning("Could not see whether another worker is %s: %r", instance, error)


async def _until_free(admin: AIOKafkaAdminClient, settings: KafkaSettings, instance: str, own: Identity) -> None:
    now = asyncio.get_running_loop().time
    deadline = now() + settings.session_timeout_seconds + _MARGIN_SECONDS
    told = False
    while True:
        _, members = await describe_group(admin, settings.group)
        other = holder_of(instance, members, own)
        standing = Standing.GONE if other is None else standing_of(other, own)
        if other is None or standing is Standing.GONE:
            return
        if standing is Standing.RUNS or now() > deadline:
            raise InstanceInUseError(in_use(instance, other))
        if not told:
            told = True
            logger.warning(
                "%s was %s a moment ago; if it has ended, Kafka says so within %g s, its session",
                *(described(other), instance, settings.session_timeout_seconds),
            )
        await asyncio.sleep(_LOOK_SECONDS)


def holder_of(instance: str, members: Sequence[Member], own: Identity) -> Member | None:
    """The member with this static name that is not ``own``, this process.

    Not every kind of broker tells who its members are; one without a client id is nobody in particular.
    """
    named = (member for member in members if member.instance == instance and member.client)
    return next((member for member in named if member.client != own.client_id), None)


def in_use(instance: str, other: Member) -> str:
    """What it means that another member has our static name, and the way out."""
    return (
        f"kafka.instance_id {instance!r} is in use by {described(other)}; give each worker a name of its own"
        " (kafka.instance_id, or else its host and web.port), or stop the other one first"
    )


async def until_taken(settings: KafkaSettings, instance: str, own: Identity, is_ready: Callable[[], bool]) -> Member:
    """Return the member that has taken this worker's place in the group, which it had while ``is_ready``.

    Kafka lets the later one of two members with a static name have it. The earlier one does not hear of it, would
    take it back, and both would count. Whoever joins with a name that was taken before goes on under the client id of
    its predecessor until the group is balanced anew, so one whose process has ended does not count, and one that cannot
    be looked at only after our own id was seen. Raises ``BrokerUnreachableError``.
    """
    seen = False
    async with connected_admin(settings) as admin:
        while True:
            await asyncio.sleep(settings.session_timeout_seconds / _LOOKS_A_SESSION)
            with suppress(KafkaError, OSError, TimeoutError):
                was_ready = is_ready()
                _, members = await describe_group(admin, settings.group)
                seen = seen or any(member.client == own.client_id for member in members)
                other = holder_of(instance, members, own)
                standing = Standing.GONE if other is None else standing_of(other, own)
                runs = standing is Standing.RUNS or (standing is Standing.UNKNOWN and seen)
                if other is not None and runs and was_ready and is_ready():
                    return other


async def explain_fencing(settings: KafkaSettings, instance: str | None, own: Identity) -> str:
    """Why another worker may have claimed what this one held, with who it is if Kafka still tells."""
    if instance is None:
        return "another worker holds its partitions"
    try:
        async with connected_admin(settings) as admin:
            _, members = await describe_group(admin, settings.group)
    except Exception as error:  # noqa: BLE001 - the worker ends all the same, and for another reason
        logger.info("Could not see who is %s: %r", instance, error)
        members = []
    other = holder_of(instance, members, own)
    if other is not None:
        return in_use(instance, other)
    return f"if another worker has the kafka.instance_id {instance!r} as well, give each a name of its own"
