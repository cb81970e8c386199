from __future__ import annotations

from dataclasses import replace

import pytest

from stream.runtime.kafka.changelog import APPEND_BYTES
from stream.runtime.kafka.topics import (
    Difference,
    FoundTopic,
    Health,
    PlannedTopic,
    differences,
    planned_topics,
    worst,
)
from stream.settings.kafka import KafkaSettings

SOURCE = "helpdesk.tickets"
SETTINGS = KafkaSettings(bootstrap_servers="kafka:9092", group="desk", replication_factor=3)


def planned(kind: str = "", *, replication: int = 3, retention_days: float | None = None) -> PlannedTopic:
    """The source topic, or the one that belongs to it by the end of its name."""
    settings = SETTINGS.model_copy(update={"replication_factor": replication})
    topics = planned_topics(settings, SOURCE, 4, retention_days)
    (topic,) = [topic for topic in topics if topic.name.endswith(SOURCE + kind)]
    return topic


def as_planned(topic: PlannedTopic, **configs: str) -> FoundTopic:
    """A topic that is as planned, except for some settings."""
    return FoundTopic(topic.name, topic.partitions, topic.replication, configs=topic.configs | configs)


def found_differences(topic: PlannedTopic, found: FoundTopic) -> list[Difference]:
    return list(differences(topic, found, SETTINGS.bootstrap_servers))


def test_each_source_topic_has_dead_letters_and_a_changelog_with_as_many_partitions() -> None:
    topics = planned_topics(SETTINGS, SOURCE, 7)

    assert [topic.name for topic in topics] == [SOURCE, f"{SOURCE}-dlt", f"desk-{SOURCE}-changelog", "helpdesk.sla"]
    assert {topic.partitions for topic in topics} == {7}
    assert {topic.replication for topic in topics} == {3}


@pytest.mark.parametrize("replication, configured", [(1, None), (2, None), (3, "2"), (5, "2")])
def test_two_replicas_must_be_in_sync_where_one_may_be_missing(replication: int, configured: str | None) -> None:
    for kind in ("", "-dlt", "-changelog"):
        assert planned(kind, replication=replication).configs.get("min.insync.replicas") == configured


def test_the_changelog_takes_the_largest_append() -> None:
    assert int(planned("-changelog").configs["max.message.bytes"]) > APPEND_BYTES
    assert int(planned("-changelog").configs["segment.bytes"]) > APPEND_BYTES


def test_a_source_topic_keeps_events_as_kafka_is_set_unless_it_is_told() -> None:
    assert "retention.ms" not in planned().configs
    assert planned(retention_days=0.5).configs["retention.ms"] == "43200000"


@pytest.mark.parametrize("kind", ["", "-dlt", "-changelog"])
def test_a_topic_as_planned_has_no_differences(kind: str) -> None:
    topic = planned(kind, retention_days=3)

    assert found_differences(topic, as_planned(topic)) == []


@pytest.mark.parametrize(
    "kind, name, value, severity",
    [
        ("", "cleanup.policy", "compact", Health.PROBLEM),
        ("", "cleanup.policy", "compact,delete", Health.PROBLEM),
        ("", "min.insync.replicas", "1", Health.WARNING),
        ("-dlt", "cleanup.policy", "compact", Health.PROBLEM),
        ("-dlt", "retention.ms", "604800000", Health.WARNING),
        ("-dlt", "retention.bytes", "1000", Health.WARNING),
        ("-dlt", "max.message.bytes", "1048588", Health.WARNING),
        ("-changelog", "cleanup.policy", "delete", Health.PROBLEM),
        ("-changelog", "cleanup.policy", "delete,compact", Health.PROBLEM),
        ("-changelog", "max.message.bytes", "1048588", Health.PROBLEM),
        ("-changelog", "min.cleanable.dirty.ratio", "0.5", Health.WARNING),
        ("-changelog", "segment.bytes", "1073741824", Health.WARNING),
        ("-changelog", "segment.ms", "604800000", Health.WARNING),
        ("-changelog", "max.compaction.lag.ms", "9223372036854775807", Health.WARNING),
        ("-changelog", "delete.retention.ms", "1000", Health.WARNING),
    ],
)
def test_a_setting_that_does_not_serve_is_told_with_the_command_that_mends_it(
    kind: str, name: str, value: str, severity: Health
) -> None:
    topic = planned(kind)
    (difference,) = found_differences(topic, as_planned(topic, **{name: value}))

    assert difference.severity is severity
    assert difference.what.startswith(f"{name} is {value}, not {topic.configs[name]}: ")
    assert difference.way_out == (
        "kafka-configs.sh --bootstrap-server kafka:9092 --alter --entity-type topics"
        f" --entity-name {topic.name} --add-config {name}={topic.configs[name]}"
    )


@pytest.mark.parametrize(
    "name, value",
    [
        ("max.message.bytes", "99999999"),
        ("min.cleanable.dirty.ratio", "0.01"),
        ("segment.bytes", "20000000"),
        ("delete.retention.ms", "2592000000"),
    ],
)
def test_a_setting_that_serves_even_better_is_no_difference(name: str, value: str) -> None:
    topic = planned("-changelog")

    assert found_differences(topic, as_planned(topic, **{name: value})) == []


@pytest.mark.parametrize(
    "kind, partitions, severity, words",
    [
        ("", 3, Health.WARNING, "`deskpulse topics grow --topic helpdesk.tickets --partitions 4`"),
        ("", 6, Health.WARNING, "leave it"),
        ("-dlt", 3, Health.PROBLEM, "--partitions 4"),
        ("-changelog", 3, Health.PROBLEM, "`deskpulse topics grow --topic helpdesk.tickets --partitions 4`"),
        ("-changelog", 3, Health.PROBLEM, "`deskpulse state rebuild`"),
        ("-changelog", 6, Health.PROBLEM, "`deskpulse topics grow --topic helpdesk.tickets --partitions 6`"),
    ],
)
def test_another_number_of_partitions_is_told(kind: str, partitions: int, severity: Health, words: str) -> None:
    topic = planned(kind)
    (difference,) = found_differences(topic, replace(as_planned(topic), partitions=partitions))

    assert difference.severity is severity
    assert difference.what.startswith(f"has {partitions} partitions, not 4")
    assert words in difference.way_out


def test_more_partitions_for_dead_letters_than_needed_do_no_harm() -> None:
    topic = planned("-dlt")

    assert found_differences(topic, replace(as_planned(topic), partitions=9)) == []


def test_a_topic_with_fewer_replicas_is_not_told_to_have_more_of_them_in_sync_than_it_has() -> None:
    topic = planned()
    found = replace(as_planned(topic, **{"min.insync.replicas": "1"}), replication=1)
    (difference,) = found_differences(topic, found)

    assert difference.severity is Health.WARNING
    assert difference.what == "has 1 replicas, 3 are asked for"


def test_more_replicas_in_sync_than_there_are_cannot_be_right() -> None:
    topic = planned(replication=1)
    (difference,) = found_differences(topic, as_planned(topic, **{"min.insync.replicas": "2"}))

    assert difference.severity is Health.PROBLEM
    assert difference.way_out.endswith("min.insync.replicas=1")


def test_the_worst_of_nothing_is_ok() -> None:
    assert worst([]) is Health.OK
    assert worst([Health.WARNING, Health.PROBLEM, Health.OK]) is Health.PROBLEM
