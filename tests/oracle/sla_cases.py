"""The table of worked cases: what the clocks of one ticket show, written by hand in ``tests/data/sla_cases.toml``.

How a case is written stands at the head of the table.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from tests.oracle.case_events import event_of
from tests.oracle.case_text import lines_of, span_of
from tests.oracle.moments import EPOCH, MICROSECOND
from tests.oracle.opening_hours import DAYS, OpeningHours
from tests.oracle.sla_policies import METRICS, Policies, Policy, TargetChoice, TargetRule

TICKET: Final = "T-1"

_TABLE: Final = Path(__file__).parents[1] / "data" / "sla_cases.toml"
_WEEKDAYS: Final = DAYS[:5]


class ExpectedClock(NamedTuple):
    """What a clock must show; times and spans in microseconds."""

    sla: str
    number: int
    state: str
    elapsed: int
    due: int | None
    breached_at: int | None
    policy: str


@dataclass(frozen=True, slots=True)
class Case:
    """One worked case: the records of the ticket `TICKET` as they arrive, and what follows from them at ``now``.

    ``clocks`` are all that have a target, or had one when they ended. ``transitions`` are the ids of all that must
    have been announced, with the reasons of cancellations in ``reasons``, or ``None`` where the case does not say.
    """

    name: str
    why: str
    events: tuple[bytes, ...]
    policies: Policies
    now: int
    clocks: frozenset[ExpectedClock]
    transitions: frozenset[str] | None
    reasons: Mapping[str, str]

    def __str__(self) -> str:
        return self.name


def read_cases() -> list[Case]:
    """All cases of the table.

    Raises ``ValueError`` or ``KeyError`` where the table is not written as its head says.
    """
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    calendars = {name: calendar_of(entry) for name, entry in table["calendars"].items()}
    return [_case_of(entry, calendars) for entry in table["case"]]


@dataclass(slots=True)
class _Moments:
    """Reads moments, whose date may be left out where it is that of the moment before."""

    zone: ZoneInfo
    day: date | None = field(default=None)

    def read(self, words: list[str]) -> int:
        """Take a moment off the front of some words."""
        weekday = words.pop(0) if words[0].isalpha() else None
        if weekday is not None or "-" in words[0].split(":")[0]:
            self.day = date.fromisoformat(words.pop(0))
        assert self.day is not None, words
        assert weekday in {None, f"{self.day:%a}"}, f"{self.day} is no {weekday}"
        moment = datetime.fromisoformat(f"{self.day}T{words.pop(0)}")
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self.zone)
            assert moment.utcoffset() == moment.replace(fold=1).utcoffset(), f"{moment} needs an offset from UTC"
        return (moment - EPOCH) // MICROSECOND


def _case_of(entry: Mapping[str, Any], calendars: Mapping[str, OpeningHours]) -> Case:
    zone = ZoneInfo(entry.get("zone", "UTC"))
    policies = [{"name": "standard"} | entry["policy"]] if "policy" in entry else entry["policies"]
    now = _Moments(zone)
    words = entry["look"].split()
    look = now.read(words)
    reasons: dict[str, str] = {}
    transitions = entry.get("transitions")
    return Case(
        name=entry["name"],
        why=entry["why"],
        events=tuple(_events_of(entry["history"], zone)),
        policies=tuple(_policy_of(policy, calendars) for policy in policies),
        now=look,
        clocks=frozenset(_clock_of(line, zone, now.day, policies[0]["name"]) for line in lines_of(entry["clocks"])),
        transitions=None if transitions is None else frozenset(_transitions_of(transitions, zone, reasons)),
        reasons=reasons,
    )


def _events_of(history: str, zone: ZoneInfo) -> Iterator[bytes]:
    moments = _Moments(zone)
    for number, line in enumerate(lines_of(history)):
        words = line.split()
        time = moments.read(words)
        yield event_of(words, TICKET, time, id=f"event-{number}")


def _clock_of(line: str, zone: ZoneInfo, day: date | None, policy: str) -> ExpectedClock:
    head, *rest = line.split(";")
    clock, state, elapsed = head.split()
    sla, number = clock.split("/")
    said: dict[str, list[str]] = {words[0]: words[1:] for words in map(str.split, rest)}
    moments = {name: _Moments(zone, day).read(said.pop(name)) if name in said else None for name in ("due", "breached")}
    (policy,) = said.pop("policy", [policy])
    assert not said, line
    return ExpectedClock(sla, int(number), state, span_of(elapsed), moments["due"], moments["breached"], policy)


def _transitions_of(text: str, zone: ZoneInfo, reasons: dict[str, str]) -> Iterator[str]:
    moments = _Moments(zone)
    for line in lines_of(text):
        words = line.split()
        time = moments.read(words)
        clock, kind, *reason = words
        identifier = f"{TICKET}/{clock}/{kind}/{time}"
        if reason:
            (reasons[identifier],) = reason
        yield identifier


def calendar_of(entry: Mapping[str, Any]) -> OpeningHours:
    """The opening hours of a calendar, which may name its days at once as ``daily`` or ``weekdays``."""
    daily = dict.fromkeys(DAYS, entry.get("daily", ()))
    weekdays = dict.fromkeys(_WEEKDAYS, entry["weekdays"]) if "weekdays" in entry else {}
    calendar = OpeningHours.of_table({"time_zone": entry["zone"]} | daily | weekdays | dict(entry))
    assert calendar is not None, entry
    return calendar


def _policy_of(entry: Mapping[str, Any], calendars: Mapping[str, OpeningHours]) -> Policy:
    targets: dict[str, TargetRule | TargetChoice] = {}
    for metric in METRICS:
        said = entry.get(metric)
        if isinstance(said, dict) and "by" in said:
            by_value = {
                value: _rule_of(span, entry, calendars)
                for value, span in said.items()
                if value not in {"by", "otherwise"}
            }
            otherwise = said.get("otherwise")
            targets[metric] = TargetChoice(
                said["by"], by_value, None if otherwise is None else _rule_of(otherwise, entry, calendars)
            )
        elif said is not None:
            targets[metric] = _rule_of(said, entry, calendars)
    when = {name: frozenset(values) for name, values in entry.get("when", {}).items()}
    return Policy(entry["name"], when, targets)


def _rule_of(
    said: str | Mapping[str, Any], policy: Mapping[str, Any], calendars: Mapping[str, OpeningHours]
) -> TargetRule:
    target = {"span": said} if isinstance(said, str) else said
    calendar = target.get("calendar", policy.get("calendar"))
    pauses = target.get("pauses")
    warning = target.get("warning")
    return TargetRule(
        span_of(target["span"]),
        None if calendar is None else calendars[calendar],
        None if pauses is None else frozenset(pauses),
        None if warning is None else span_of(warning),
    )
