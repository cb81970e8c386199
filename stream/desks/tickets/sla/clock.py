"""One clock: an instance of a metric of a ticket, and how much of its target is used up."""

from __future__ import annotations

from typing import Final

from stream.desks.tickets.sla.policy import DEFAULT_PAUSES, METRICS, Target
from stream.desks.tickets.sla.transitions import (
    ACTIVATE,
    AT_RISK,
    BREACH,
    CANCEL,
    FULFIL,
    PAUSE,
    RESUME,
    CancelReason,
    Transition,
    TransitionKind,
)

new = tuple.__new__

NEVER: Final = 1 << 62
"""Later than every moment."""

_DEFAULT_PAUSES: Final = tuple(DEFAULT_PAUSES[metric] for metric in METRICS)


class SlaClock:
    """An open instance. Moments and spans are in microseconds.

    ``elapsed`` is what was used up before ``running_since``, which is ``None`` while the clock stands still.
    Without a ``target`` it runs in silence. ``due`` is the deadline while it runs with a target, ``alarm`` the next
    moment at which something happens to it by itself: it comes ``at_risk`` (told of once, at ``warned_at``) or is
    breached (``breached_at``), as soon as the time is past that moment.
    """

    __slots__ = (
        "alarm",
        "at_risk",
        "breached_at",
        "due",
        "elapsed",
        "metric",
        "number",
        "policy",
        "running_since",
        "target",
        "warned_at",
    )

    def __init__(
        self,
        metric: int,
        number: int,
        policy: str | None,
        target: Target | None,
        time: int,
        status: int,
        out: list[Transition],
    ) -> None:
        """The clock starts at ``time``, unless the ticket's status is one in which it stands still."""
        self.metric = metric
        self.number = number
        self.policy = policy
        self.target = target
        self.elapsed = 0
        self.running_since: int | None = time
        self.due: int | None = None
        self.alarm = NEVER
        self.at_risk = False
        self.warned_at: int | None = None
        self.breached_at: int | None = None
        if target is None or policy is None:
            if status in _DEFAULT_PAUSES[metric]:
                self.running_since = None
            return
        span, calendar, pauses, warning = target
        if status in pauses:
            self.running_since = None
            self._tell(out, time, ACTIVATE)
            self._tell(out, time, PAUSE)
            return
        self.due = due = time + span if calendar is None else calendar.after(time, span)
        if due is not None:
            self.alarm = max(time, due - warning)
        # As `_tell` does; a call costs as much again.
        out.append(new(Transition, (time, ACTIVATE, metric, number, policy, span, 0, due, False, None)))

    def ring(self, time: int, out: list[Transition]) -> None:
        """What happens to the clock by itself before ``time``."""
        while self.alarm < time:
            moment = self.alarm
            if self.due == moment:
                self.breached_at = moment
                self._tell(out, moment, BREACH, self._elapsed_at(moment))
                self.alarm = NEVER
            else:
                self.at_risk = True
                if self.warned_at is None:
                    self.warned_at = moment
                    self._tell(out, moment, AT_RISK, self._elapsed_at(moment))
                self.alarm = NEVER if self.due is None else self.due

    def follow_status(self, time: int, status: int, out: list[Transition]) -> bool:
        """The ticket has another status, in which the clock may stand still, or run again; whether it does."""
        paused = status in self._pauses()
        if paused is (self.running_since is None):
            return False
        if paused:
            self._stop(time)
        else:
            self._run(time)
        self._tell(out, time, PAUSE if paused else RESUME)
        return True

    def change_terms(
        self, time: int, policy: str | None, target: Target | None, status: int, out: list[Transition]
    ) -> None:
        """Another policy or target is in force; what was used up stays used up."""
        before = self.target
        if target is before:
            self.policy = policy
            return
        ran = self.running_since is not None
        self._stop(time)
        if before is not None and target is None:
            self._tell(out, time, CANCEL, reason=CancelReason.NO_TARGET)
        self.policy, self.target = policy, target
        runs = status not in self._pauses()
        if runs:
            self._run(time)
        if target is None:
            return
        if before is None:
            self._tell(out, time, ACTIVATE)
        if self.breached_at is None and self.elapsed > target.span:
            self.breached_at = time
            self.alarm = NEVER
            self._tell(out, time, BREACH)
        if ran != runs or (before is None and not runs):
            self._tell_change_of_pace(out, time, runs=runs, announced=before is not None)

    def end(self, time: int, kind: TransitionKind, reason: CancelReason | None, out: list[Transition]) -> None:
        """The clock is fulfilled or cancelled, and of no use from then on."""
        target, policy = self.target, self.policy
        if target is not None and policy is not None:
            elapsed, breached = self._elapsed_at(time), self.breached_at is not None
            # As `_tell` does; a call costs as much again.
            parts = (time, kind, self.metric, self.number, policy, target[0], elapsed, None, breached, reason)
            out.append(new(Transition, parts))

    def elapsed_at(self, time: int) -> int:
        """How much of the target is used up at ``time``."""
        return self._elapsed_at(time) if self.running_since is not None else self.elapsed

    def _tell_change_of_pace(self, out: list[Transition], time: int, *, runs: bool, announced: bool) -> None:
        if not runs:
            self._tell(out, time, PAUSE)
        elif announced:
            self._tell(out, time, RESUME)

    def _pauses(self) -> frozenset[int]:
        return _DEFAULT_PAUSES[self.metric] if self.target is None else self.target.pauses

    def _elapsed_at(self, time: int) -> int:
        since = self.running_since
        if since is None:
            return self.elapsed
        calendar = None if self.target is None else self.target.calendar
        return self.elapsed + (time - since if calendar is None else calendar.between(since, time))

    def _run(self, time: int) -> None:
        self.running_since = time
        target = self.target
        if target is None:
            return
        left = max(0, target.span - self.elapsed)
        self.due = due = time + left if target.calendar is None else target.calendar.after(time, left)
        if self.breached_at is not None or due is None:
            return
        warning = max(time, due - target.warning)
        self.alarm = min(warning, due)

    def _stop(self, time: int) -> None:
        if self.running_since is not None:
            self.elapsed = self._elapsed_at(time)
            self.running_since = None
            self.due = None
            self.at_risk = False
            self.alarm = NEVER

    def _tell(
        self,
        out: list[Transition],
        time: int,
        kind: TransitionKind,
        elapsed: int | None = None,
        reason: CancelReason | None = None,
    ) -> None:
        target = self.target
        if target is None or self.policy is None:
            return
        due = self.due if self.running_since is not None and kind is not FULFIL else None
        used_up = self.elapsed if elapsed is None else elapsed
        breached = self.breached_at is not None
        # Without the detour over the class, which takes as long again.
        parts = (time, kind, self.metric, self.number, self.policy, target.span, used_up, due, breached, reason)
        out.append(new(Transition, parts))
