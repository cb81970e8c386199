"""The clock of one instance: when it ran under which terms, what it showed, and what it announced."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.oracle.opening_hours import moment_after, time_between
from tests.oracle.sla_policies import METRICS, Policies, Target, target_in_force, usual_pauses
from tests.oracle.sla_story import Instance, Story

_ORDER: Final = ("activate", "at_risk", "breach", "pause", "resume", "fulfil", "cancel")
"""The order of the transitions of one instance at one moment; pause and resume come as they happened."""
_PLACES: Final = {kind: place for place, kind in enumerate(_ORDER)} | {"resume": _ORDER.index("pause")}


@dataclass(frozen=True, slots=True)
class SlaTransition:
    """One announcement of a clock. Times and spans are in microseconds.

    ``policy`` and ``target`` are those in force, of a clock that lost its target the last ones. ``elapsed`` is what
    the clock shows at ``time``, and ``due`` the deadline that it runs towards from then on, if any.
    """

    time: int
    ticket: str
    metric: str
    number: int
    kind: str
    policy: str
    target: int
    elapsed: int
    due: int | None
    reason: str | None

    @property
    def id(self) -> str:
        """What tells it from all others."""
        return f"{self.ticket}/{self.metric}/{self.number}/{self.kind}/{self.time}"

    @property
    def order(self) -> tuple[int, str, int, int, int]:
        """By time, and in a fixed order at one time."""
        return self.time, self.ticket, METRICS.index(self.metric), self.number, _PLACES[self.kind]


@dataclass(frozen=True, slots=True)
class SlaClock:
    """What the clock of an instance with a target shows, now or at its end. Times and spans are in microseconds.

    ``state`` is ``active``, ``paused``, ``at_risk``, ``breached``, ``fulfilled`` or ``cancelled``, ``due`` is the
    deadline while the clock runs and is not breached, ``ended_at`` and ``reason`` are those of its end.
    """

    ticket: str
    metric: str
    number: int
    state: str
    policy: str
    elapsed: int
    due: int | None
    breached_at: int | None
    ended_at: int | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class _Phase:
    """A span under the same terms, running or paused all through; ``end`` is ``None`` if it goes on.

    ``stretch`` is when the clock came to run, or to stand still, under this target, perhaps in a phase before, and
    ``elapsed`` what it showed then.
    """

    begin: int
    end: int | None
    policy: str | None
    target: Target | None
    paused: bool
    stretch: int
    elapsed: int

    def elapsed_at(self, moment: int) -> int:
        """What the clock shows at a moment of the phase."""
        if self.paused:
            return self.elapsed
        calendar = None if self.target is None else self.target.calendar
        return self.elapsed + time_between(calendar, self.stretch, moment)

    @property
    def due(self) -> int | None:
        """When the target is used up if the clock runs on."""
        if self.target is None or self.paused:
            return None
        return moment_after(self.target.calendar, self.stretch, max(0, self.target.span - self.elapsed))

    @property
    def at_risk_from(self) -> int | None:
        """When the warning begins, ``None`` if there is none."""
        due, target = self.due, self.target
        if due is None or target is None or target.warning <= 0:
            return None
        return max(self.stretch, due - target.warning)


@dataclass(slots=True)
class ClockReading:
    """A clock as it is read: its transitions in the order in which they happened, and what it shows in the end."""

    transitions: list[SlaTransition] = field(default_factory=list)
    clock: SlaClock | None = None


def read_clock(story: Story, instance: Instance, policies: Policies, now: int) -> ClockReading:
    """Everything that an instance's clock says up to ``now``."""
    return _Reader(story, instance, now).read(list(_phases_of(story, instance, policies)))


def _phases_of(story: Story, instance: Instance, policies: Policies) -> Iterator[_Phase]:
    last = len(story.entries) - 1 if instance.end is None else instance.end
    previous: _Phase | None = None
    for place in range(instance.begin, last + 1):
        entry = story.entries[place]
        policy, target = target_in_force(policies, instance.metric, entry.attributes)
        pauses = usual_pauses(instance.metric) if target is None else target.pauses
        paused = entry.status in pauses
        end = None if place == last else story.entries[place + 1].time
        stretch, elapsed = entry.time, 0
        if previous is not None:
            if (previous.target, previous.paused) == (target, paused):
                stretch, elapsed = previous.stretch, previous.elapsed
            else:
                elapsed = previous.elapsed_at(entry.time)
        previous = _Phase(entry.time, end, policy, target, paused, stretch, elapsed)
        yield previous


@dataclass(slots=True)
class _Reader:
    """A reading under way: what was announced so far."""

    story: Story
    instance: Instance
    now: int
    announced: _Phase | None = None
    shown_paused: bool = False
    warned: bool = False
    breached_at: int | None = None
    result: ClockReading = field(default_factory=ClockReading)

    def read(self, phases: Sequence[_Phase]) -> ClockReading:
        for phase in phases:
            self._begin(phase)
            limit = self.now if phase.end is None else phase.end
            if self.instance.end is None or phase.end is not None:
                self._run(phase, limit)
        if self.instance.end is not None:
            self._end(phases[-1])
        elif phases[-1].target is not None:
            self._stand(phases[-1])
        return self.result

    def _begin(self, phase: _Phase) -> None:
        if phase.target is None:
            if self.announced is not None:
                self._announce("cancel", phase.begin, self.announced, phase.elapsed, "no_target")
            self.announced = None
            self.shown_paused = False
            return
        elapsed = phase.elapsed_at(phase.begin)
        if self.announced is None:
            self._announce("activate", phase.begin, phase, elapsed)
        if elapsed > phase.target.span and self.breached_at is None:
            self.breached_at = phase.begin
            self._announce("breach", phase.begin, phase, elapsed)
        if phase.paused != self.shown_paused:
            self._announce("pause" if phase.paused else "resume", phase.begin, phase, elapsed)
        self.announced = phase
        self.shown_paused = phase.paused

    def _run(self, phase: _Phase, limit: int) -> None:
        due, at_risk_from = phase.due, phase.at_risk_from
        if due is None or self.breached_at is not None:
            return
        if at_risk_from is not None and at_risk_from < min(due, limit) and not self.warned:
            self.warned = True
            self._announce("at_risk", at_risk_from, phase, phase.elapsed_at(at_risk_from))
        if due < limit:
            self.breached_at = due
            self._announce("breach", due, phase, phase.elapsed_at(due))

    def _end(self, phase: _Phase) -> None:
        if phase.target is None:
            return
        reason = self.instance.reason
        kind = "fulfil" if reason is None else "cancel"
        elapsed = phase.elapsed_at(phase.begin)
        self._announce(kind, phase.begin, phase, elapsed, reason)
        self._show("fulfilled" if reason is None else "cancelled", phase, elapsed, ended_at=phase.begin)

    def _stand(self, phase: _Phase) -> None:
        at_risk_from = phase.at_risk_from
        if self.breached_at is not None:
            state = "breached"
        elif phase.paused:
            state = "paused"
        elif at_risk_from is not None and at_risk_from < self.now:
            state = "at_risk"
        else:
            state = "active"
        due = phase.due if state in {"active", "at_risk"} else None
        self._show(state, phase, phase.elapsed_at(max(self.now, phase.begin)), due=due)

    def _announce(self, kind: str, time: int, phase: _Phase, elapsed: int, reason: str | None = None) -> None:
        assert phase.policy is not None
        assert phase.target is not None
        goes_on = self.breached_at is None and kind not in {"fulfil", "cancel"} and elapsed <= phase.target.span
        self.result.transitions.append(
            SlaTransition(
                time,
                self.story.ticket,
                self.instance.metric,
                self.instance.number,
                kind,
                phase.policy,
                phase.target.span,
                elapsed,
                phase.due if goes_on else None,
                reason,
            )
        )

    def _show(
        self, state: str, phase: _Phase, elapsed: int, *, due: int | None = None, ended_at: int | None = None
    ) -> None:
        assert phase.policy is not None
        self.result.clock = SlaClock(
            self.story.ticket,
            self.instance.metric,
            self.instance.number,
            state,
            phase.policy,
            elapsed,
            due,
            self.breached_at,
            ended_at,
            self.instance.reason,
        )
