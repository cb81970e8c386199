"""What can be told of a ticket's clocks: how each came to where it stands, and why its policy is in force."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from stream.desks.tickets.attributes import Attributes
from stream.desks.tickets.sla.agenda import state_of
from stream.desks.tickets.sla.clock import SlaClock
from stream.desks.tickets.sla.policy import METRICS, Policies
from stream.desks.tickets.sla.transitions import Transition, TransitionKind

_ENDS: Final = {TransitionKind.FULFIL: "fulfilled", TransitionKind.CANCEL: "cancelled"}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a clock's life, ended by ``ended_by``; ``counted`` microseconds of it count towards the target."""

    start: int
    end: int
    running: bool
    counted: int
    ended_by: str


@dataclass(frozen=True, slots=True)
class ClockReading:
    """A clock at a moment. Moments and spans are in microseconds.

    ``state`` is active, paused, at_risk or breached of an open one, fulfilled or cancelled (for ``reason``) of one
    that has ended. ``due`` is the deadline of one that runs.
    """

    sla: str
    number: int
    state: str
    policy: str
    target: int
    elapsed: int
    due: int | None
    breached_at: int | None
    begun: int
    ended: int | None
    reason: str | None
    stretches: list[Stretch] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PolicyTrial:
    """A policy that was tried. ``failing`` is the attribute whose value (``found``) is not among the ``wanted``."""

    policy: str
    failing: str | None = None
    found: str | None = None
    wanted: tuple[str, ...] = ()


def read_clocks(transitions: Iterable[Transition], clocks: Iterable[SlaClock], now: int) -> list[ClockReading]:
    """All clocks that were ever announced, in the order in which they began.

    ``transitions`` are all those of a ticket, ``clocks`` its open ones.
    """
    by_clock: dict[tuple[int, int], list[Transition]] = {}
    for transition in transitions:
        by_clock.setdefault((transition.metric, transition.number), []).append(transition)
    still_open = {(clock.metric, clock.number): clock for clock in clocks if clock.target is not None}
    return [_reading(told, still_open.get(key), now) for key, told in by_clock.items()]


def tried_policies(policies: Policies, attributes: Attributes) -> list[PolicyTrial]:
    """The policies down to the first that matches, which is the last of them if any does."""
    found: list[PolicyTrial] = []
    for policy in policies.policies:
        failing = policy.failing(attributes)
        if failing is None:
            return [*found, PolicyTrial(policy.name)]
        wanted = tuple(sorted(policy.conditions[failing]))
        found.append(PolicyTrial(policy.name, failing, getattr(attributes, failing), wanted))
    return found


def _reading(told: Sequence[Transition], clock: SlaClock | None, now: int) -> ClockReading:
    last = told[-1]
    stretches = [
        Stretch(before.time, after.time, runs, after.elapsed - before.elapsed, after.kind.value)
        for (before, runs), after in zip(_with_pace(told), told[1:], strict=False)
        if after.time > before.time
    ]
    breached_at = next((one.time for one in told if one.kind is TransitionKind.BREACH), None)
    label = METRICS[last.metric].label
    if clock is None or clock.target is None:
        state, elapsed, due, ended = _ENDS[last.kind], last.elapsed, None, last.time
        policy, target = last.policy, last.target
    else:
        state, elapsed, due, ended = state_of(clock).value, clock.elapsed_at(max(now, last.time)), clock.due, None
        policy, target = clock.policy or last.policy, clock.target.span
        if now > last.time:
            running = clock.running_since is not None
            stretches.append(Stretch(last.time, now, running, elapsed - last.elapsed, "now"))
    reason = None if last.reason is None else last.reason.value
    return ClockReading(
        *(label, last.number, state, policy, target, elapsed, due, breached_at, told[0].time, ended),
        None if ended is None else reason,
        stretches,
    )


def _with_pace(told: Sequence[Transition]) -> list[tuple[Transition, bool]]:
    """Each transition with whether the clock runs after it."""
    found, runs = [], False
    for one in told:
        if one.kind in (TransitionKind.ACTIVATE, TransitionKind.RESUME):
            runs = True
        elif one.kind in (TransitionKind.PAUSE, *_ENDS):
            runs = False
        found.append((one, runs))
    return found
