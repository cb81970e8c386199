"""Transitions: what happens to a clock, each with an id by which a consumer can drop repeats."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from stream.desks.tickets.sla.policy import METRICS


class TransitionKind(StrEnum):
    """What can happen to a clock; at one moment they come in this order."""

    ACTIVATE = "activate"
    AT_RISK = "at_risk"
    BREACH = "breach"
    PAUSE = "pause"
    RESUME = "resume"
    FULFIL = "fulfil"
    CANCEL = "cancel"


class CancelReason(StrEnum):
    """Why a clock ended before its time."""

    HANDED_OFF = "handed_off"
    SOLVED = "solved"
    ABANDONED = "abandoned"
    MERGED = "merged"
    DELETED = "deleted"
    NO_TARGET = "no_target"


ACTIVATE: Final = TransitionKind.ACTIVATE
AT_RISK: Final = TransitionKind.AT_RISK
BREACH: Final = TransitionKind.BREACH
PAUSE: Final = TransitionKind.PAUSE
RESUME: Final = TransitionKind.RESUME
FULFIL: Final = TransitionKind.FULFIL
CANCEL: Final = TransitionKind.CANCEL

_LABELS: Final = tuple(metric.label for metric in METRICS)


class Transition(NamedTuple):
    """What happened to the clock ``number`` of a metric of a ticket at ``time``.

    ``target`` is the span of the target in force, ``elapsed`` what of it was used up, ``due`` the deadline of a clock
    that runs on; all in microseconds. ``reason`` is given for a cancellation.
    """

    time: int
    kind: TransitionKind
    metric: int
    number: int
    policy: str
    target: int
    elapsed: int
    due: int | None
    breached: bool
    reason: CancelReason | None = None

    @property
    def key(self) -> tuple[int, TransitionKind, int, int]:
        """What tells the transitions of a ticket apart."""
        return self[:4]

    def identifier(self, ticket: str) -> str:
        """The same for the same transition, however often it is worked out."""
        return f"{ticket}/{_LABELS[self.metric]}/{self.number}/{self.kind}/{self.time}"
