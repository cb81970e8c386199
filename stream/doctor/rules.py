"""What follows from the facts: findings, each with what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from stream.desks.tickets.sla.policy_check import policy_warnings
from stream.desks.tickets.sla.settings import SlaSettings, policies_of
from stream.doctor.facts import JOIN_GROUP_API, METADATA_API, Facts, PortState
from stream.runtime.kafka.lost_state import WAY_OUT
from stream.runtime.kafka.positions import loss, renewal
from stream.runtime.kafka.topics import Health, PlannedTopic, Role, differences, planned_topics
from stream.settings.calendar import CalendarSettings
from stream.windows.moments import EPOCH, MICROSECONDS, to_text

CLOCK_TOLERANCE: Final = 60 * MICROSECONDS
"""How far ahead of the wall clock, in microseconds, a timestamp may be before it is told."""

_MILLISECOND: Final = 1_000
_STATIC_MEMBERS: Final = 5
_RELEASES: Final = ((13, "4.0 or newer"), (10, "2.8 or newer"), (9, "2.4 or newer"), (8, "2.3 or newer"))
_SHORT: Final = 3
_REBUILD: Final = f"{WAY_OUT}; no worker starts before that"


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of a check: what holds, and what to do if it should not."""

    check: str
    severity: Health
    what: str
    way_out: str = ""


def findings(facts: Facts) -> list[Finding]:
    """All findings, at least one for each check that could be made."""
    checks = [*_LOCAL, *(_KAFKA if facts.broker is not None else ())]
    return [finding for check in checks for finding in check(facts)]


def _broker(facts: Facts) -> Iterator[Finding]:
    address = facts.settings.kafka.bootstrap_servers
    if facts.broker is None:
        yield _problem("broker", facts.unreachable, "start Kafka, or set kafka.bootstrap_servers or --broker")
        return
    metadata = facts.broker.versions.get(METADATA_API, 0)
    release = next((words for version, words in _RELEASES if metadata >= version), "older than 2.3")
    yield _ok("broker", f"{address} answers, {_counted(facts.broker.brokers, 'broker')}, Kafka {release}")
    if facts.broker.versions.get(JOIN_GROUP_API, 0) < _STATIC_MEMBERS:
        yield _problem("broker", "these brokers do not know static members of a group", "use Kafka 2.3 or newer")


def _topics(facts: Facts) -> Iterator[Finding]:
    kafka = facts.settings.kafka
    healthy = needed = 0
    for source in facts.sources:
        found = facts.topics.get(source)
        count = kafka.partitions if found is None else found.partitions
        replication = kafka.replication_factor if found is None else max(found.replication, kafka.replication_factor)
        planned_as = kafka.model_copy(update={"replication_factor": replication})
        for planned in planned_topics(planned_as, source, count):
            topic = facts.topics.get(planned.name)
            needed += 1
            if topic is None:
                yield _missing(planned, facts)
                continue
            different = list(differences(planned, topic, kafka.bootstrap_servers))
            for difference in different:
                what = f"{difference.topic} {difference.what}"
                yield Finding("topics", difference.severity, what, difference.way_out)
            if topic.leaderless:
                yield _problem(
                    "topics",
                    f"{topic.name} has no leader for partitions {_numbers(topic.leaderless)}",
                    "start the brokers that have them",
                )
            elif topic.short:
                yield _warning(
                    "topics",
                    f"{topic.name} has replicas that are not in sync in partitions {_numbers(topic.short)}",
                    "see which broker is down or slow",
                )
            healthy += not (different or topic.leaderless or topic.short)
    yield _ok("topics", f"{healthy} of {needed} topics are as they should be")


def _missing(topic: PlannedTopic, facts: Facts) -> Finding:
    name, kafka = topic.name, facts.settings.kafka
    committed = {} if facts.group is None else facts.group.committed
    if topic.role is Role.CHANGELOG and any(
        source == topic.source and offset > 0 for (source, _), offset in committed.items()
    ):
        what = f"{name} is missing, but group {kafka.group} has read {topic.source}: the state is gone"
        return _problem("topics", what, _REBUILD)
    if kafka.create_topics:
        return _warning("topics", f"{name} is missing", "`deskpulse topics create`, or the next worker creates it")
    return _problem("topics", f"{name} is missing", "`deskpulse topics create`, or set kafka.create_topics")


def _state(facts: Facts) -> Iterator[Finding]:
    if not facts.positions:
        return
    bad = 0
    for position in facts.positions:
        place = f"{position.topic}[{position.partition}]"
        if position.is_renewed:
            yield _problem("state", renewal(position), "set a new kafka.group; replay what the deleted topic had")
        elif position.is_lost:
            yield _problem("state", loss(position, facts.settings.kafka.group), _REBUILD)
        elif position.missed:
            yield _problem(
                "state",
                f"{place} begins at offset {position.begin}, but only offset {position.applied} was read:"
                f" {position.missed} records were deleted unread",
                "replay them from the helpdesk; give the topic a longer retention.ms",
            )
        elif position.changelog_end and position.applied is None:
            yield _problem(
                "state",
                f"{position.changelog}[{position.partition}] does not end in a marker",
                "something else writes to it, or it was cut: set a new kafka.group",
            )
        elif _is_refilled(position.applied_at, position.marked_at):
            yield _warning(
                "state",
                f"{place} has a record at the offset that was read last which is younger than its reading:"
                " the topic may have been deleted, created and filled again",
                "if so, set a new kafka.group; if not, a publisher's clock is ahead",
            )
        else:
            continue
        bad += 1
    if not bad:
        applied = sum(position.applied is not None and position.applied >= 0 for position in facts.positions)
        yield _ok("state", f"{applied} of {len(facts.positions)} partitions have state, none lies beyond its source")


def _is_refilled(applied_at: int | None, marked_at: int | None) -> bool:
    return applied_at is not None and marked_at is not None and applied_at > marked_at + CLOCK_TOLERANCE // _MILLISECOND


def _group(facts: Facts) -> Iterator[Finding]:
    group, name = facts.group, facts.settings.kafka.group
    if group is None:
        return
    lag = sum(position.behind for position in facts.positions)
    members = _counted(len(group.members), "member")
    described = f"group {name} is {group.state or 'unknown'}, {members}, lag {_counted(lag, 'record')}"
    if not group.members:
        yield _warning("group", f"{described}: no worker runs", "start one with `deskpulse worker`")
    elif group.state != "Stable":
        yield _warning("group", f"{described}: partitions are being handed out", "look again in a moment")
    else:
        yield _ok("group", described)
    most = max((facts.topics[source].partitions for source in facts.sources if source in facts.topics), default=0)
    if len(group.members) > most > 0:
        yield _warning(
            "group",
            f"{len(group.members)} workers share {most} partitions, so some have nothing to do",
            "stop them, or start a new group on topics with more partitions",
        )
    for position in facts.positions:
        committed = group.committed.get((position.topic, position.partition), -1)
        if committed > position.end:
            yield _problem(
                "group",
                f"group {name} has committed offset {committed} of {position.topic}[{position.partition}],"
                f" which ends at {position.end}",
                "the topic was deleted and created again: set a new kafka.group",
            )


def _members(facts: Facts) -> Iterator[Finding]:
    if facts.settings.instance_id is None:
        yield _warning(
            "instances",
            "web.port is 0 and there is no kafka.instance_id, so a restarted worker waits"
            f" {facts.settings.kafka.session_timeout_seconds:g} s for its partitions",
            "set kafka.instance_id to a name that stays the same over restarts",
        )
    else:
        yield _ok("instances", f"this worker is {facts.settings.instance_id}")
    if facts.group is None:
        return
    for member in facts.group.members:
        if member.instance is None:
            yield _warning(
                "instances",
                f"the member {member.client} at {member.host} has no static name",
                "set its kafka.instance_id; if it is not a worker, give it a group of its own",
            )
        elif member.instance == facts.settings.instance_id and facts.port is PortState.FREE:
            yield _warning(
                "instances",
                f"{member.instance} is in the group from {member.host}, but no worker is on this port",
                "it stopped a moment ago, or two workers have one kafka.instance_id: each needs its own",
            )


def _clocks(facts: Facts) -> Iterator[Finding]:
    ahead = 0
    skew = round(facts.settings.clock.skew_seconds * MICROSECONDS)
    for record in facts.newest:
        place = f"the newest record of {record.topic}[{record.partition}]"
        stamped = record.timestamp * _MILLISECOND - facts.now
        if stamped > CLOCK_TOLERANCE:
            whose = "the broker's clock or this machine's" if record.by_broker else "its publisher's clock"
            yield _warning("clocks", f"{place} is stamped {_seconds(stamped)} ahead of now", f"set {whose} right")
            ahead += 1
        if record.event_time is None:
            continue
        happens = record.event_time - facts.now
        if happens > skew:
            yield _problem(
                "clocks",
                f"{place} happens {_seconds(happens)} ahead of now, more than clock.skew_seconds: it is dead-lettered",
                "set its publisher's clock right, or this machine's",
            )
            ahead += 1
        elif happens > CLOCK_TOLERANCE:
            yield _warning(
                "clocks", f"{place} happens {_seconds(happens)} ahead of now", "set its publisher's clock right"
            )
            ahead += 1
    if not ahead:
        times = [record.event_time for record in facts.newest if record.event_time is not None]
        newest = f"the newest event is of {to_text(max(times))}" if times else "there are no events"
        yield _ok("clocks", f"nothing is dated ahead of now ({to_text(facts.now)}); {newest}")


def _calendar(facts: Facts) -> Iterator[Finding]:
    calendar = facts.settings.calendar
    if calendar.calendar() is None:
        yield _ok("calendar", "no opening hours, so there are no metrics in business hours")
        return
    over = _last_holiday_if_over(calendar, facts.now)
    if over is not None:
        yield _warning("calendar", f"the last holiday, {over}, is over", "add those to come to calendar.holidays")
    else:
        known = f"{len(calendar.holidays)} holidays" + (f" and those of {calendar.country}" if calendar.country else "")
        yield _ok("calendar", f"opening hours in {calendar.time_zone}, {known}")


def _sla(facts: Facts) -> Iterator[Finding]:
    settings = facts.settings.section(SlaSettings)
    policies = policies_of(facts.settings)
    if policies is None:
        yield _ok("sla", "sla.enabled is false, so no SLA clocks run")
        return
    warnings = [_warning("sla", found.what, found.way_out) for found in policy_warnings(policies, settings.calendars)]
    for name, calendar in settings.calendars.items():
        over = _last_holiday_if_over(calendar, facts.now)
        if over is not None:
            what = f"the last holiday of the calendar {name!r}, {over}, is over"
            warnings.append(_warning("sla", what, f"add those to come to sla.calendars.{name}.holidays"))
    yield from warnings
    if not warnings:
        source = f"from {settings.file}" if settings.file else "from the settings"
        names = ", ".join(policy.name for policy in policies.policies[:_SHORT])
        more = " and so on" if len(policies.policies) > _SHORT else ""
        yield _ok("sla", f"policies {source}: {names}{more}" if settings.policies else "the default policy is in force")


def _last_holiday_if_over(calendar: CalendarSettings, now: int) -> date | None:
    """The last date of a calendar's own; those of a country go on for ever."""
    last = max(calendar.holidays, default=None)
    today = (EPOCH + timedelta(microseconds=now)).date()
    return last if last is not None and last < today and calendar.country is None else None


def _keys(facts: Facts) -> Iterator[Finding]:
    for census in facts.keys:
        looked_at = f"{census.entities} entities of {census.topic}"
        if not census.is_complete:
            yield _warning("keys", f"{looked_at} were seen, then nothing more came", "check the brokers")
        elif census.split:
            shown = ", ".join(f"{subject!r} in {_numbers(tuple(numbers))}" for subject, numbers in census.examples())
            yield _problem(
                "keys",
                f"{census.split} of {looked_at} are in more than one partition, and each part counts: {shown}",
                "let every publisher use the subject as the key; then have the topic rewritten and set a new"
                " kafka.group, as the same records would be split again (so are those from before a growth whose state"
                " was lost)",
            )
        else:
            yield _ok("keys", f"{looked_at}, none is in more than one partition")


def _copies(facts: Facts) -> Iterator[Finding]:
    if facts.folder_trouble is not None:
        what, _, way_out = facts.folder_trouble.partition("; ")
        yield _problem("copies", what, way_out)
    if facts.damaged:
        yield _warning(
            "copies",
            f"{len(facts.damaged)} damaged copies of the state are set aside, the last one as {facts.damaged[-1]}",
            "see whether the disk fails; then remove them",
        )


def _port(facts: Facts) -> Iterator[Finding]:
    web = facts.settings.web
    address = f"{web.host}:{web.port}"
    if web.port == 0:
        yield _ok("port", "web.port is 0: a free one is taken")
    elif facts.port is PortState.FREE:
        yield _ok("port", f"{address} is free, no worker is on it")
    elif facts.port is PortState.READY:
        yield _ok("port", f"a worker is on {address} and ready")
    elif facts.port is PortState.NOT_READY:
        yield _warning("port", f"a worker is on {address}, but not ready", "it restores its partitions: see its log")
    else:
        yield _problem("port", f"something that is not a worker is on {address}", "stop it, or set web.port")


def _ok(check: str, what: str) -> Finding:
    return Finding(check, Health.OK, what)


def _warning(check: str, what: str, way_out: str) -> Finding:
    return Finding(check, Health.WARNING, what, way_out)


def _problem(check: str, what: str, way_out: str) -> Finding:
    return Finding(check, Health.PROBLEM, what, way_out)


def _numbers(partitions: tuple[int, ...]) -> str:
    shown = ", ".join(map(str, partitions[:_SHORT]))
    return shown if len(partitions) <= _SHORT else f"{shown} and {len(partitions) - _SHORT} more"


def _seconds(microseconds: int) -> str:
    return f"{microseconds / MICROSECONDS:.0f} s"


_LOCAL: Final[tuple[Callable[[Facts], Iterator[Finding]], ...]] = (_broker, _port, _calendar, _sla, _members, _copies)
_KAFKA: Final[tuple[Callable[[Facts], Iterator[Finding]], ...]] = (_topics, _state, _group, _clocks, _keys)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
