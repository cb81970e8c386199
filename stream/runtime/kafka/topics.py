"""The topics that deskpulse needs, what they have to be like, and how those that exist differ from that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from stream.dead_letters.writing import SUFFIX
from stream.desks.kinds import published_of
from stream.runtime.kafka.changelog import APPEND_BYTES
from stream.settings.kafka import KafkaSettings

DEAD_LETTER_BYTES: Final = 16 * 1024 * 1024
"""The largest dead letter, in bytes, that a topic which deskpulse creates takes."""

CHANGELOG_SEGMENT_BYTES: Final = 128 * 1024 * 1024

_HOUR_MS: Final = 3_600_000
_DAY_MS: Final = 24 * _HOUR_MS
_REPLICAS_FOR_MIN_INSYNC: Final = 3


class Role(StrEnum):
    """What a topic is for."""

    SOURCE = "source"
    DEAD_LETTERS = "dead_letters"
    CHANGELOG = "changelog"
    EVENTS = "events"


class Bound(StrEnum):
    """How a setting of an existing topic has to compare with the planned value."""

    EXACT = "exact"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class Health(StrEnum):
    """``PROBLEM``: the numbers or the records are at stake. ``WARNING``: it works, at a price."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class TopicSetting:
    """A topic's setting: its value, how an existing one compares with it, what happens otherwise."""

    name: str
    value: str
    bound: Bound
    severity: Health
    otherwise: str


@dataclass(frozen=True, slots=True)
class PlannedTopic:
    """A topic as deskpulse creates it. ``source`` is the source topic that it belongs to."""

    name: str
    role: Role
    source: str
    partitions: int
    replication: int
    settings: tuple[TopicSetting, ...]

    @property
    def configs(self) -> dict[str, str]:
        """The settings by name, as Kafka takes them."""
        return {setting.name: setting.value for setting in self.settings}


@dataclass(frozen=True, slots=True)
class FoundTopic:
    """A topic as it is in Kafka.

    ``replication`` is that of the partition with the fewest replicas, ``short`` are the partitions that
    have replicas which are not in sync, ``leaderless`` those that cannot be read. ``configs`` are the
    settings in force.
    """

    name: str
    partitions: int
    replication: int
    short: tuple[int, ...] = ()
    leaderless: tuple[int, ...] = ()
    configs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Difference:
    """In what an existing topic is not as planned, and what to do about it."""

    topic: str
    severity: Health
    what: str
    way_out: str


def changelog_of(settings: KafkaSettings, source: str) -> str:
    """The changelog topic of a source topic's state table."""
    return f"{settings.group}-{source}-changelog"


def planned_topics(
    settings: KafkaSettings, source: str, partitions: int, retention_days: float | None = None
) -> list[PlannedTopic]:
    """A source topic with its dead-letter and changelog topics, and the topics of the events that are made of it.

    All have the same number of partitions.

    ``retention_days`` is that of the source topic; without it, Kafka's default holds.
    """
    # With fewer than three replicas, a second one in sync would make every restart of a broker an outage.
    replicated = [_MIN_INSYNC] if settings.replication_factor >= _REPLICAS_FOR_MIN_INSYNC else []
    kept = [] if retention_days is None else [_retention(retention_days)]
    planned: list[tuple[str, Role, Iterable[TopicSetting]]] = [
        (source, Role.SOURCE, [*_SOURCE, *kept]),
        (source + SUFFIX, Role.DEAD_LETTERS, _DEAD_LETTERS),
        (changelog_of(settings, source), Role.CHANGELOG, _CHANGELOG),
    ]
    planned.extend((topic, Role.EVENTS, _EVENTS) for topic in published_of(source))
    return [
        PlannedTopic(name, role, source, partitions, settings.replication_factor, (*of_role, *replicated))
        for name, role, of_role in planned
    ]


def differences(planned: PlannedTopic, found: FoundTopic, bootstrap_servers: str) -> Iterator[Difference]:
    """In what an existing topic is not as planned; nothing if it serves."""
    alter = f"kafka-configs.sh --bootstrap-server {bootstrap_servers} --alter --entity-type topics --entity-name"
    yield from partition_differences(planned, found, bootstrap_servers)
    if found.replication < planned.replication:
        yield Difference(
            found.name,
            Health.WARNING,
            f"has {found.replication} replicas, {planned.replication} are asked for",
            "add replicas with kafka-reassign-partitions.sh",
        )
    least = found.configs.get("min.insync.replicas")
    if least is not None and int(least) > found.replication:
        yield Difference(
            found.name,
            Health.PROBLEM,
            f"min.insync.replicas is {least}, but there are {found.replication} replicas, so nothing can be written",
            f"{alter} {found.name} --add-config min.insync.replicas={max(1, found.replication - 1)}",
        )
    for setting in planned.settings:
        value = found.configs.get(setting.name)
        if setting is _MIN_INSYNC and found.replication < _REPLICAS_FOR_MIN_INSYNC:
            continue
        if value is not None and not _serves(setting, value):
            yield Difference(
                found.name,
                setting.severity,
                f"{setting.name} is {value}, not {setting.value}: {setting.otherwise}",
                f"{alter} {found.name} --add-config {setting.name}={setting.value}",
            )


def partition_differences(planned: PlannedTopic, found: FoundTopic, bootstrap_servers: str) -> Iterator[Difference]:
    """How the number of partitions of an existing topic is not as planned."""
    if found.partitions == planned.partitions:
        return
    what = f"has {found.partitions} partitions, not {planned.partitions}"
    if planned.role is Role.SOURCE:
        yield Difference(
            found.name,
            Health.WARNING,
            what,
            f"stop all workers and {growing(planned, planned.partitions)}"
            if found.partitions < planned.partitions
            else "leave it: Kafka cannot remove partitions",
        )
    elif planned.role is Role.CHANGELOG:
        yield Difference(
            found.name,
            Health.PROBLEM,
            f"{what} as its source {planned.source}",
            f"stop all workers; if the source was given more partitions, {growing(planned, planned.partitions)};"
            " if the changelog was deleted and created again, `deskpulse state rebuild`"
            if found.partitions < planned.partitions
            else f"if a growth was cut short, {growing(planned, found.partitions)};"
            " if the source was created again, set a new kafka.group",
        )
    elif found.partitions < planned.partitions:
        yield Difference(
            found.name,
            Health.PROBLEM,
            f"{what} as its source {planned.source}, so some {_CONTENTS[planned.role]} cannot be written",
            f"kafka-topics.sh --bootstrap-server {bootstrap_servers} --alter --topic {found.name}"
            f" --partitions {planned.partitions}",
        )


def growing(topic: PlannedTopic, partitions: int) -> str:
    """How to give a source topic and what belongs to it so many partitions."""
    return f"run `deskpulse topics grow --topic {topic.source} --partitions {partitions}`"


def worst(severities: Iterable[Health]) -> Health:
    """The worst of them."""
    return max(severities, key=_RANKS.index, default=Health.OK)


def _serves(setting: TopicSetting, value: str) -> bool:
    if setting.bound is Bound.EXACT:
        return sorted(value.split(",")) == sorted(setting.value.split(","))
    if setting.bound is Bound.AT_LEAST:
        return float(value) >= float(setting.value)
    return float(value) <= float(setting.value)


def _retention(days: float) -> TopicSetting:
    return TopicSetting(
        "retention.ms",
        str(round(days * _DAY_MS)),
        Bound.EXACT,
        Health.WARNING,
        "that is how long events can be read again",
    )


_RANKS: Final[Sequence[Health]] = (Health.OK, Health.WARNING, Health.PROBLEM)

_MIN_INSYNC: Final = TopicSetting(
    "min.insync.replicas",
    "2",
    Bound.AT_LEAST,
    Health.WARNING,
    "what one broker alone has acknowledged is lost with it",
)

_SOURCE: Final = (
    TopicSetting("cleanup.policy", "delete", Bound.EXACT, Health.PROBLEM, "compaction drops events with the same key"),
)

_EVENTS: Final = (
    TopicSetting("cleanup.policy", "delete", Bound.EXACT, Health.PROBLEM, "compaction drops events with the same key"),
)

_CONTENTS: Final = {Role.DEAD_LETTERS: "dead letters", Role.EVENTS: "events"}

_DEAD_LETTERS: Final = (
    TopicSetting(
        "cleanup.policy", "delete", Bound.EXACT, Health.PROBLEM, "compaction drops dead letters with the same key"
    ),
    TopicSetting("retention.ms", "-1", Bound.EXACT, Health.WARNING, "dead letters vanish after that"),
    TopicSetting("retention.bytes", "-1", Bound.EXACT, Health.WARNING, "dead letters vanish beyond that"),
    TopicSetting(
        "max.message.bytes",
        str(DEAD_LETTER_BYTES),
        Bound.AT_LEAST,
        Health.WARNING,
        "larger records are dead-lettered without their value",
    ),
)

_CHANGELOG: Final = (
    TopicSetting(
        "cleanup.policy",
        "compact",
        Bound.EXACT,
        Health.PROBLEM,
        "anything but compaction drops the state, or keeps all of its past",
    ),
    TopicSetting(
        "max.message.bytes",
        str(APPEND_BYTES + 4096),
        Bound.AT_LEAST,
        Health.PROBLEM,
        "a large append is refused, and the worker stops",
    ),
    TopicSetting(
        "message.timestamp.type",
        "LogAppendTime",
        Bound.EXACT,
        Health.WARNING,
        "a worker cannot tell that its clock is ahead of the brokers', and announces deadlines too early",
    ),
    TopicSetting(
        "min.cleanable.dirty.ratio",
        "0.2",
        Bound.AT_MOST,
        Health.WARNING,
        "more outdated rows are kept, and a restart reads them all",
    ),
    TopicSetting(
        "segment.bytes",
        str(CHANGELOG_SEGMENT_BYTES),
        Bound.AT_MOST,
        Health.WARNING,
        "the last segment is never compacted, and a restart reads all of it",
    ),
    TopicSetting(
        "segment.ms",
        str(_DAY_MS),
        Bound.AT_MOST,
        Health.WARNING,
        "the last segment of a quiet topic is not compacted until then",
    ),
    TopicSetting(
        "max.compaction.lag.ms",
        str(_DAY_MS),
        Bound.AT_MOST,
        Health.WARNING,
        "outdated rows may stay for so long",
    ),
    TopicSetting(
        "delete.retention.ms",
        str(7 * _DAY_MS),
        Bound.AT_LEAST,
        Health.WARNING,
        "a restore that takes longer, or a state on disk that is older, can miss that a row was deleted",
    ),
)
