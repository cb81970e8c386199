from __future__ import annotations

from uuid import UUID

import pytest

from stream.runtime.kafka.topic_identity import FoundTopic
from stream.runtime.kafka.topic_watch import changes
from stream.runtime.kafka.topics import planned_topics
from stream.settings.kafka import KafkaSettings

SETTINGS = KafkaSettings(bootstrap_servers="kafka:9092", group="desk")
SOURCE = "helpdesk.tickets"
PLANNED = planned_topics(SETTINGS, SOURCE, 4)


KNOWN = {topic.name: UUID(int=number) for number, topic in enumerate(PLANNED, 1)}


def seen(**counts: int) -> list[str]:
    """What is told when these topics, by the ends of their names, have so many partitions and all others four."""
    partitions = {topic.name: counts.get(topic.name.rpartition("-")[2], 4) for topic in PLANNED}
    found = {name: FoundTopic(count, KNOWN[name]) for name, count in partitions.items() if count}
    return list(changes(PLANNED, found, KNOWN))


def test_topics_that_are_as_they_were_are_not_told() -> None:
    assert seen() == []


def test_dead_letters_with_more_partitions_do_no_harm() -> None:
    assert seen(dlt=9) == []


@pytest.mark.parametrize(
    "name, count, words",
    [
        (SOURCE, 0, (f"{SOURCE} was deleted while", "set a new kafka.group")),
        (SOURCE, 8, ("was given 8 partitions", "it had 4", f"topics grow --topic {SOURCE} --partitions 8")),
        ("changelog", 0, (f"desk-{SOURCE}-changelog was deleted while", "deskpulse state rebuild")),
        ("changelog", 1, ("created again with 1 partitions instead of 4", "deskpulse state rebuild")),
        ("dlt", 0, (f"{SOURCE}-dlt was deleted while", "dead letters", "the next start")),
        ("dlt", 1, ("created again with 1 partitions", "deskpulse topics create")),
        ("helpdesk.sla", 0, ("helpdesk.sla was deleted while", "events", "the next start")),
    ],
)
def test_what_happened_to_a_topic_is_told_with_what_to_do(name: str, count: int, words: tuple[str, ...]) -> None:
    (line,) = seen(**{name: count})

    for word in words:
        assert word in line


@pytest.mark.parametrize("entities", ["tickets", "surveys"])
def test_a_source_that_has_grown_is_told_with_what_its_events_are_about(entities: str) -> None:
    planned = planned_topics(SETTINGS, f"helpdesk.{entities}", 4)
    (line,) = changes(planned, {topic.name: FoundTopic(8) for topic in planned}, {})

    assert f"it had 4: its {entities} move away" in line


@pytest.mark.parametrize(
    "name, words",
    [
        (SOURCE, "its new events would be skipped; set a new kafka.group and start again"),
        (f"desk-{SOURCE}-changelog", f"with it the state of {SOURCE}; stop all workers: `deskpulse state rebuild`"),
        (f"{SOURCE}-dlt", "with it the dead letters in it; start again"),
        ("helpdesk.sla", "with it the events in it; start again"),
    ],
)
def test_another_topic_with_as_many_partitions_is_told_by_its_id(name: str, words: str) -> None:
    found = {topic.name: FoundTopic(4, KNOWN[topic.name]) for topic in PLANNED}
    found[name] = FoundTopic(4, UUID(int=99))

    (line,) = changes(PLANNED, found, KNOWN)

    assert line.startswith(f"{name} was deleted and created again while the worker ran, and ")
    assert words in line


def test_brokers_that_give_no_ids_are_believed_by_the_partitions() -> None:
    assert list(changes(PLANNED, {topic.name: FoundTopic(4) for topic in PLANNED}, {})) == []
