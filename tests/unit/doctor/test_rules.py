from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from stream.cli.doctor import findings_json, findings_lines, has_problems
from stream.doctor.facts import (
    JOIN_GROUP_API,
    METADATA_API,
    BrokerFacts,
    Facts,
    NewestRecord,
    PortState,
)
from stream.doctor.keys import KeyCensus
from stream.doctor.rules import Finding, findings
from stream.runtime.kafka.consumer_group import GroupFacts
from stream.runtime.kafka.membership import Member
from stream.runtime.kafka.positions import Position
from stream.runtime.kafka.topics import FoundTopic, Health, planned_topics
from stream.settings.settings import Settings
from tests.moments import microseconds

SOURCE = "helpdesk.tickets"
CHANGELOG = f"deskpulse-{SOURCE}-changelog"
NOW = microseconds("2026-11-22T12:00:00+00:00")
SECOND = 1_000_000
OPEN_ON_MONDAY = {"monday": ("09:00-17:00",)}


def settings_of(**sections: dict[str, Any]) -> Settings:
    return Settings(**{"kafka": {"instance_id": "desk-1"}, **sections})  # type: ignore[arg-type]


def position(**changes: Any) -> Position:  # noqa: ANN401 - fields of many types
    """A partition that is read to its end."""
    return replace(Position(SOURCE, 0, 0, 10, CHANGELOG, 30, 9, NOW // 1_000, NOW // 1_000), **changes)


def newest(*, stamped: int = 0, happens: int | None = 0, by_broker: bool = False) -> NewestRecord:
    """A record that is stamped, and happens, so many seconds from now."""
    event_time = None if happens is None else NOW + happens * SECOND
    return NewestRecord(SOURCE, 0, NOW // 1_000 + stamped * 1_000, by_broker, event_time)


def healthy(**changes: Any) -> Facts:  # noqa: ANN401 - as above
    """An installation in which all is well, except for what is changed."""
    settings: Settings = changes.get("settings", settings_of())
    planned = planned_topics(settings.kafka, SOURCE, 4)
    facts = Facts(
        settings,
        [SOURCE],
        NOW,
        PortState.READY,
        BrokerFacts(3, {METADATA_API: 13, JOIN_GROUP_API: 9}),
        "",
        {topic.name: FoundTopic(topic.name, 4, topic.replication, configs=topic.configs) for topic in planned},
        [position()],
        GroupFacts("Stable", [Member("faust", "10.0.0.7", "desk-1")], {(SOURCE, 0): 10}),
        [newest()],
    )
    return replace(facts, **changes)


def with_topic(name: str, **changes: Any) -> Facts:  # noqa: ANN401 - as above
    """A healthy installation with one topic that is different."""
    facts = healthy()
    return replace(facts, topics={**facts.topics, name: replace(facts.topics[name], **changes)})


def bad(facts: Facts) -> list[Finding]:
    return [finding for finding in findings(facts) if finding.severity is not Health.OK]


def the_finding(facts: Facts) -> Finding:
    """The only finding that is not ok; it says what to do."""
    (finding,) = bad(facts)
    assert finding.way_out
    return finding


def test_a_healthy_installation_has_a_line_for_each_check_and_nothing_to_do() -> None:
    found = findings(healthy())

    assert bad(healthy()) == []
    assert {finding.check for finding in found} == {
        *("broker", "port", "calendar", "sla", "instances", "topics", "state", "group", "clocks")
    }
    assert len(findings_lines(found)) == len(found)
    assert not has_problems(found)


def test_without_a_broker_only_what_needs_none_is_checked() -> None:
    found = findings(Facts(settings_of(), [SOURCE], NOW, PortState.FREE, unreachable="no Kafka broker answers"))

    assert {finding.check for finding in found} == {"broker", "port", "calendar", "sla", "instances"}
    assert found[0] == Finding(
        "broker", Health.PROBLEM, "no Kafka broker answers", "start Kafka, or set kafka.bootstrap_servers or --broker"
    )
    assert has_problems(found)


def test_brokers_that_do_not_know_static_members_are_a_problem() -> None:
    finding = the_finding(healthy(broker=BrokerFacts(1, {METADATA_API: 7, JOIN_GROUP_API: 4})))

    assert (finding.check, finding.severity) == ("broker", Health.PROBLEM)


@pytest.mark.parametrize("metadata, words", [(13, "4.0 or newer"), (12, "2.8 or newer"), (9, "2.4"), (1, "older")])
def test_the_release_of_the_brokers_is_told_by_what_they_know(metadata: int, words: str) -> None:
    facts = healthy(broker=BrokerFacts(1, {METADATA_API: metadata, JOIN_GROUP_API: 9}))

    assert words in findings(facts)[0].what


@pytest.mark.parametrize("create, severity", [(True, Health.WARNING), (False, Health.PROBLEM)])
def test_a_missing_topic_is_a_problem_if_the_worker_may_not_create_it(*, create: bool, severity: Health) -> None:
    facts = healthy(settings=settings_of(kafka={"instance_id": "desk-1", "create_topics": create}))
    topics = {name: topic for name, topic in facts.topics.items() if name != f"{SOURCE}-dlt"}
    finding = the_finding(replace(facts, topics=topics))

    assert finding.severity is severity
    assert "deskpulse topics create" in finding.way_out


@pytest.mark.parametrize(
    "name, changes, severity, words",
    [
        (CHANGELOG, {"partitions": 3}, Health.PROBLEM, "has 3 partitions, not 4 as its source"),
        (f"{SOURCE}-dlt", {"partitions": 3}, Health.PROBLEM, "some dead letters cannot be written"),
        (CHANGELOG, {"configs": {"cleanup.policy": "delete"}}, Health.PROBLEM, "cleanup.policy is delete"),
        (SOURCE, {"configs": {"min.insync.replicas": "2"}}, Health.PROBLEM, "nothing can be written"),
        (SOURCE, {"replication": 3, "configs": {"min.insync.replicas": "1"}}, Health.WARNING, "one broker alone"),
        (SOURCE, {"leaderless": (1, 2)}, Health.PROBLEM, "no leader for partitions 1, 2"),
        (SOURCE, {"short": (0, 1, 2, 3)}, Health.WARNING, "not in sync in partitions 0, 1, 2 and 1 more"),
    ],
)
def test_a_topic_that_does_not_serve_is_told(name: str, changes: dict[str, Any], severity: Health, words: str) -> None:
    (finding, *others) = bad(with_topic(name, **changes))

    assert (finding.check, finding.severity) == ("topics", severity)
    assert words in finding.what
    assert finding.way_out
    # A source with three replicas makes those with one beside it stand out.
    assert all("replicas" in other.what for other in others)


def test_a_marker_beyond_the_end_of_the_source_is_a_problem() -> None:
    finding = the_finding(healthy(positions=[position(end=9)], group=None))

    assert (finding.check, finding.severity) == ("state", Health.PROBLEM)
    assert "ends at offset 9" in finding.what
    assert "offset 9 was read" in finding.what
    assert "kafka.group" in finding.way_out


def test_a_marker_at_the_last_record_of_the_source_is_none() -> None:
    assert bad(healthy(positions=[position(end=10, applied=9)])) == []
    assert bad(healthy(positions=[position(end=0, applied=None, changelog_end=0)], group=None)) == []


def test_a_partition_that_was_claimed_and_never_read_has_missed_nothing() -> None:
    claimed = [position(applied=-1, begin=5, end=5), position(applied=-1, begin=0, end=0)]

    assert bad(healthy(positions=claimed, group=None)) == []


def test_records_that_were_deleted_unread_are_a_problem() -> None:
    finding = the_finding(healthy(positions=[position(begin=15, end=20)]))

    assert finding.severity is Health.PROBLEM
    assert "5 records were deleted unread" in finding.what


def test_a_changelog_without_a_marker_is_a_problem() -> None:
    finding = the_finding(healthy(positions=[position(applied=None)]))

    assert finding.severity is Health.PROBLEM
    assert "does not end in a marker" in finding.what


def test_a_record_that_is_younger_than_its_reading_is_a_warning() -> None:
    finding = the_finding(healthy(positions=[position(applied_at=NOW // 1_000 + 61_000)]))

    assert finding.severity is Health.WARNING
    assert "created and filled again" in finding.what
    assert bad(healthy(positions=[position(applied_at=NOW // 1_000 + 59_000)])) == []


@pytest.mark.parametrize("state", ["Empty", "Dead"])
def test_a_group_without_members_is_a_warning_with_its_lag(state: str) -> None:
    unread = position(partition=1, applied=None, changelog_end=0)
    finding = the_finding(healthy(group=GroupFacts(state), positions=[position(end=25), unread]))

    assert finding.severity is Health.WARNING
    assert "no worker runs" in finding.what
    assert "lag 25 records" in finding.what


def test_a_group_that_is_rebalancing_is_a_warning() -> None:
    group = GroupFacts("PreparingRebalance", [Member("faust", "h", "desk-1")])

    assert "handed out" in the_finding(healthy(group=group)).what


def test_more_workers_than_partitions_are_a_warning() -> None:
    members = [Member("faust", "h", f"desk-{number}") for number in range(5)]

    assert "5 workers share 4 partitions" in the_finding(healthy(group=GroupFacts("Stable", members))).what


def test_a_committed_offset_beyond_the_end_is_a_problem() -> None:
    group = GroupFacts("Stable", [Member("faust", "h", "desk-1")], {(SOURCE, 0): 11})
    finding = the_finding(healthy(group=group))

    assert finding.severity is Health.PROBLEM
    assert "committed offset 11" in finding.what


def test_a_member_without_a_static_name_is_a_warning() -> None:
    finding = the_finding(healthy(group=GroupFacts("Stable", [Member("faust", "10.0.0.9", None)])))

    assert finding.check == "instances"
    assert "10.0.0.9 has no static name" in finding.what


def test_settings_without_a_static_name_are_a_warning() -> None:
    facts = healthy(settings=settings_of(kafka={}, web={"port": 0}), group=None)

    assert "waits 30 s" in the_finding(facts).what


def test_a_name_that_is_in_the_group_while_nobody_is_on_the_port_is_a_warning() -> None:
    finding = the_finding(healthy(port=PortState.FREE))

    assert finding.check == "instances"
    assert "desk-1 is in the group from 10.0.0.7" in finding.what


@pytest.mark.parametrize(
    "record, severity, words",
    [
        (newest(stamped=61), Health.WARNING, "its publisher's clock"),
        (newest(stamped=61, by_broker=True), Health.WARNING, "the broker's clock"),
        (newest(happens=61), Health.WARNING, "happens 61 s ahead of now"),
        (newest(happens=3_601), Health.PROBLEM, "dead-lettered"),
    ],
)
def test_what_lies_ahead_of_now_tells_of_a_clock_that_is_wrong(
    record: NewestRecord, severity: Health, words: str
) -> None:
    finding = the_finding(healthy(newest=[record]))

    assert (finding.check, finding.severity) == ("clocks", severity)
    assert words in f"{finding.what} {finding.way_out}"


@pytest.mark.parametrize("record", [newest(stamped=59, happens=59), newest(stamped=-90_000, happens=None)])
def test_clocks_that_differ_a_little_and_old_records_are_fine(record: NewestRecord) -> None:
    assert bad(healthy(newest=[record])) == []


def test_holidays_that_are_all_over_are_a_warning() -> None:
    over = settings_of(calendar=OPEN_ON_MONDAY | {"holidays": {date(2026, 1, 1), date(2025, 12, 25)}})
    ahead = settings_of(calendar=OPEN_ON_MONDAY | {"holidays": {date(2026, 1, 1), date(2026, 12, 25)}})

    assert "2026-01-01, is over" in the_finding(healthy(settings=over)).what
    assert bad(healthy(settings=ahead)) == []
    assert bad(healthy(settings=settings_of(calendar=OPEN_ON_MONDAY))) == []


def test_holidays_of_a_country_are_never_over() -> None:
    old = settings_of(calendar=OPEN_ON_MONDAY | {"holidays": {date(2025, 12, 25)}, "country": "DE"})

    assert bad(healthy(settings=old)) == []


def sla_findings(**sla: Any) -> list[Finding]:  # noqa: ANN401 - keys of a section
    """What is found of a section `sla`."""
    return [finding for finding in findings(healthy(settings=settings_of(sla=sla))) if finding.check == "sla"]


POLICY = {"name": "all", "calendar": "day", "targets": {"first_reply": "1h"}}


@pytest.mark.parametrize(
    "sla, words",
    [
        ({}, "the default policy is in force"),
        ({"enabled": False}, "sla.enabled is false, so no SLA clocks run"),
        ({"calendars": {"day": OPEN_ON_MONDAY}, "policies": [POLICY]}, "policies from the settings: all"),
        (
            {
                "policies": [
                    {"name": name, "targets": {"first_reply": "1h"}, "match": {"team": [name]}} for name in "abcd"
                ]
            },
            "policies from the settings: a, b, c and so on",
        ),
    ],
)
def test_policies_that_are_in_order_are_told_in_a_line(sla: dict[str, Any], words: str) -> None:
    (finding,) = sla_findings(**sla)

    assert (finding.severity, finding.what) == (Health.OK, words)


@pytest.mark.parametrize(
    "sla, what, way_out",
    [
        (
            {"calendars": {"day": OPEN_ON_MONDAY}, "policies": [POLICY, POLICY | {"name": "gold"}]},
            "policy 'gold' is never in force: 'all' above it",
            "move it above 'all'",
        ),
        (
            {"calendars": {"day": OPEN_ON_MONDAY, "night": OPEN_ON_MONDAY}, "policies": [POLICY]},
            "no target counts in the calendar 'night'",
            "name it in a policy",
        ),
        (
            {"calendars": {"day": OPEN_ON_MONDAY | {"holidays": {date(2025, 12, 25)}}}, "policies": [POLICY]},
            "the last holiday of the calendar 'day', 2025-12-25, is over",
            "sla.calendars.day.holidays",
        ),
    ],
)
def test_policies_that_are_hardly_meant_are_a_warning(sla: dict[str, Any], what: str, way_out: str) -> None:
    (finding,) = sla_findings(**sla)

    assert finding.severity is Health.WARNING
    assert finding.what.startswith(what)
    assert way_out in finding.way_out


@pytest.mark.parametrize("port, severity", [(PortState.NOT_READY, Health.WARNING), (PortState.OTHER, Health.PROBLEM)])
def test_a_port_with_anything_but_a_ready_worker_is_told(port: PortState, severity: Health) -> None:
    finding = the_finding(healthy(port=port))

    assert (finding.check, finding.severity) == ("port", severity)


def census(*rows: tuple[int, bytes, bool]) -> KeyCensus:
    found = KeyCensus(SOURCE)
    for partition, key, exists in rows:
        found.note(partition, key, exists=exists)
    return found


def test_what_is_in_more_than_one_partition_is_a_problem_with_examples() -> None:
    rows = [(0, b"eT-1", True), (2, b"eT-1", True), (1, b"eT-2", True), (0, b"m", True), (1, b"m", True)]
    finding = the_finding(healthy(keys=[census(*rows)]))

    assert (finding.check, finding.severity) == ("keys", Health.PROBLEM)
    assert finding.what.startswith(f"1 of 2 entities of {SOURCE} are in more than one partition")
    assert finding.what.endswith(": 'T-1' in 0, 2")


def test_what_has_left_one_of_two_partitions_is_fine() -> None:
    found = census((0, b"eT-1", True), (1, b"eT-1", True), (1, b"eT-1", False), (1, b"eT-3", False))
    (finding,) = [each for each in findings(healthy(keys=[found])) if each.check == "keys"]

    assert (finding.severity, found.entities) == (Health.OK, 1)


def test_changelogs_that_could_not_be_read_to_their_ends_are_a_warning() -> None:
    found = census((0, b"eT-1", True))
    found.is_complete = False

    assert the_finding(healthy(keys=[found])).severity is Health.WARNING


def test_damaged_copies_that_were_set_aside_are_told() -> None:
    finding = the_finding(healthy(damaged=[Path("data/0.damaged-1"), Path("data/0.damaged-2")]))

    assert (finding.check, finding.severity) == ("copies", Health.WARNING)
    assert finding.what.startswith("2 damaged copies of the state are set aside, the last one as data/0.damaged-2")


def test_a_folder_of_the_state_that_cannot_be_used_is_a_problem() -> None:
    finding = the_finding(healthy(folder_trouble="data is not a folder; remove what is there, or set data_dir"))

    assert (finding.check, finding.severity) == ("copies", Health.PROBLEM)
    assert (finding.what, finding.way_out) == ("data is not a folder", "remove what is there, or set data_dir")


def test_the_report_says_what_to_do_for_people_and_for_scripts() -> None:
    found = findings(healthy(port=PortState.OTHER))
    lines = findings_lines(found)

    assert "problem  port       something that is not a worker is on 127.0.0.1:6066" in lines
    assert lines[-1].endswith("\n    stop it, or set web.port")
    assert findings_json(found)["worst"] == "problem"
    assert {entry["check"] for entry in findings_json(found)["findings"]} >= {"port", "topics"}


def test_the_topics_that_are_as_they_should_be_are_counted_among_all_that_are_needed() -> None:
    (topics,) = [finding for finding in findings(healthy()) if finding.check == "topics"]
    missing = {name: topic for name, topic in healthy().topics.items() if name != CHANGELOG}
    counted = [finding.what for finding in findings(healthy(topics=missing)) if finding.check == "topics"]

    assert topics.what == "4 of 4 topics are as they should be"
    assert "3 of 4 topics are as they should be" in counted


def test_a_changelog_that_is_missing_though_its_source_was_read_is_a_problem() -> None:
    topics = {name: topic for name, topic in healthy().topics.items() if name != CHANGELOG}
    read, unread = GroupFacts("Empty", (), {(SOURCE, 0): 10}), GroupFacts("Empty", (), {("another", 0): 10})
    problems = [finding for finding in bad(healthy(topics=topics, group=read)) if finding.check == "topics"]
    warnings = [finding for finding in bad(healthy(topics=topics, group=unread)) if finding.check == "topics"]

    assert [(one.severity, one.what) for one in problems] == [
        (Health.PROBLEM, f"{CHANGELOG} is missing, but group deskpulse has read {SOURCE}: the state is gone")
    ]
    assert "deskpulse state rebuild" in problems[0].way_out
    assert [one.severity for one in warnings] == [Health.WARNING]


def test_a_changelog_that_is_empty_though_its_source_was_read_is_a_problem() -> None:
    lost = position(applied=None, changelog_end=0, committed=10)
    finding = the_finding(healthy(positions=[lost]))

    assert (finding.check, finding.severity) == ("state", Health.PROBLEM)
    assert f"{CHANGELOG}[0] is empty, but group deskpulse has read {SOURCE}[0] up to offset 10" in finding.what
    assert "deskpulse state rebuild" in finding.way_out
    assert bad(healthy(positions=[position(applied=None, changelog_end=0, committed=0)])) == []
