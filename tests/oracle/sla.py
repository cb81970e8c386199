"""The oracle's answer about service levels: what the clocks of a log announced, how they ended, how they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from tests.oracle.sla_clocks import SlaClock, SlaTransition, read_clock
from tests.oracle.sla_policies import Policies
from tests.oracle.sla_story import Story, stories_of

OPEN_STATES: Final = ("active", "paused", "at_risk", "breached")


class SlaLabels(NamedTuple):
    """What clocks are counted by; the ticket's attributes are its current ones, ``none`` where it has none."""

    policy: str
    sla: str
    channel: str
    priority: str
    team: str


@dataclass(frozen=True, slots=True)
class SlaEnding:
    """A clock that ended and counts, in time or late, at ``time`` in microseconds."""

    time: int
    labels: SlaLabels
    in_time: bool


@dataclass(frozen=True, slots=True)
class SlaAnswer:
    """Everything about a log's service levels at ``now``.

    ``transitions`` are sorted by time. ``clocks`` are those of all instances that have a target, or had one when
    they ended, merged tickets among them. ``counts`` are the open clocks by state and labels.
    """

    now: int
    transitions: tuple[SlaTransition, ...]
    clocks: tuple[SlaClock, ...]
    endings: tuple[SlaEnding, ...]
    counts: Mapping[str, Mapping[SlaLabels, int]]

    @property
    def next_deadlines(self) -> dict[tuple[str, str], int]:
        """The nearest deadline of a clock that runs, by policy and metric, in microseconds."""
        nearest: dict[tuple[str, str], int] = {}
        for clock in self.clocks:
            if clock.due is not None:
                key = clock.policy, clock.metric
                nearest[key] = min(clock.due, nearest.get(key, clock.due))
        return nearest


def sla_of(rows: Iterable[Mapping[str, Any]], policies: Policies, now: int) -> SlaAnswer:
    """The answer for the oracle's rows."""
    transitions: list[SlaTransition] = []
    clocks: list[SlaClock] = []
    endings: list[SlaEnding] = []
    counts: dict[str, Counter[SlaLabels]] = {state: Counter() for state in OPEN_STATES}
    for story in stories_of(rows):
        for instance in story.instances:
            reading = read_clock(story, instance, policies, now)
            transitions.extend(reading.transitions)
            clock = reading.clock
            if clock is None:
                continue
            clocks.append(clock)
            labels = _labels_of(story, clock)
            if clock.state in counts:
                counts[clock.state][labels] += 1
            elif clock.ended_at is not None and not story.void and _counts(clock):
                endings.append(SlaEnding(clock.ended_at, labels, in_time=clock.breached_at is None))
    return SlaAnswer(now, tuple(sorted(transitions, key=lambda one: one.order)), tuple(clocks), tuple(endings), counts)


def _counts(clock: SlaClock) -> bool:
    if clock.state == "fulfilled":
        return True
    return clock.breached_at is not None and clock.reason in {"solved", "abandoned"}


def _labels_of(story: Story, clock: SlaClock) -> SlaLabels:
    current = story.current
    return SlaLabels(
        clock.policy,
        clock.metric,
        current.channel or "none",
        current.priority or "none",
        current.team or "none",
    )
