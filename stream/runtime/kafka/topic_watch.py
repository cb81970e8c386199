"""Topics that are deleted, made anew or grown while a worker runs: how that is noticed, and what to do then."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Final
from uuid import UUID

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from stream.desks.kinds import entities_of
from stream.runtime.kafka.broker import client_options
from stream.runtime.kafka.lost_state import WAY_OUT
from stream.runtime.kafka.topic_identity import FoundTopic, describe_topics
from stream.runtime.kafka.topics import PlannedTopic, Role, growing
from stream.settings.kafka import KafkaSettings

LOOK_SECONDS: Final = 5.0
"""How often the topics are looked at, and for how long one look may take."""

_REQUEST_MS: Final = 5_000

_CONTENTS: Final = {Role.DEAD_LETTERS: "the dead letters in it", Role.EVENTS: "the events in it"}


class ChangedTopicError(Exception):
    """A topic was deleted, made anew or grown while the worker ran; the message says what to do."""


def changes(
    planned: Sequence[PlannedTopic], found: Mapping[str, FoundTopic], known: Mapping[str, UUID]
) -> Iterator[str]:
    """What happened to topics that had the planned partitions and the known ids, and are now as found; a line each."""
    for topic in planned:
        count, topic_id = found.get(topic.name, FoundTopic(0))
        is_another = topic_id is not None and topic_id != known.get(topic.name, topic_id)
        if not count:
            yield f"{topic.name} was deleted while the worker ran{_consequence(topic, count)}"
        elif is_another or count < topic.partitions:
            number = "" if count == topic.partitions else f" with {count} partitions instead of {topic.partitions}"
            yield f"{topic.name} was deleted and created again{number} while the worker ran{_consequence(topic, count)}"
        elif count > topic.partitions and topic.role is Role.SOURCE:
            yield (
                f"{topic.name} was given {count} partitions while the worker ran, it had {topic.partitions}:"
                f" its {entities_of(topic.source)} move away from the partitions that have their state; stop all"
                f" workers, then {growing(topic, count)}"
            )


def _consequence(topic: PlannedTopic, count: int) -> str:
    """What it means that a topic is gone, or is another one with so many partitions, and the way out."""
    is_whole = count >= topic.partitions
    if topic.role is Role.SOURCE:
        what = ", and its new events would be skipped;" if is_whole else "; create it again,"
        return f"{what} set a new kafka.group and start again"
    if topic.role is Role.CHANGELOG:
        return f", and with it the state of {topic.source}; stop all workers: {WAY_OUT}"
    if is_whole:
        way_out = "start again"
    elif count:
        way_out = "`deskpulse topics create` prints the command that fixes it, then start again"
    else:
        way_out = "the next start, or `deskpulse topics create`, creates it again"
    return f", and with it {_CONTENTS[topic.role]}; {way_out}"


class TopicWatch:
    """Looks at the topics of a worker, which had the planned partitions when it started.

    Each topic is known by the id that it had when it was first seen, so that one which was deleted and created again
    between two looks is noticed as well, if the brokers give ids.
    """

    def __init__(self, settings: KafkaSettings, planned: Sequence[PlannedTopic]) -> None:
        self._settings = settings
        self._planned = planned
        self._known: dict[str, UUID] = {}
        self._admin: AIOKafkaAdminClient | None = None

    async def run(self) -> None:
        """Look again and again. Raises ``ChangedTopicError`` when something was seen twice in a row."""
        before: str | None = None
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            # A broker that has just started may not know of every topic yet.
            seen = await self.look()
            if seen is not None and seen == before:
                raise ChangedTopicError(seen)
            before = seen

    async def look(self) -> str | None:
        """What has happened to the topics; ``None`` if nothing has, or if the brokers do not tell."""
        with suppress(KafkaError, OSError, TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                found = await self._describe()
                for name, topic in found.items():
                    if topic.topic_id is not None:
                        self._known.setdefault(name, topic.topic_id)
                return next(changes(self._planned, found, self._known), None)
        return None

    async def close(self) -> None:
        """Let the connection go; the next look makes a new one."""
        admin, self._admin = self._admin, None
        if admin is not None:
            await admin.close()

    async def _describe(self) -> dict[str, FoundTopic]:
        if self._admin is None:
            self._admin = AIOKafkaAdminClient(**client_options(self._settings), request_timeout_ms=_REQUEST_MS)
        try:
            await self._admin.start()
            return await describe_topics(self._admin, [topic.name for topic in self._planned])
        except BaseException:
            await self.close()
            raise
