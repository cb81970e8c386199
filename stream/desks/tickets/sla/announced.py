"""What was announced: its records, and how often since the worker started."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from stream.desks.tickets.attributes import Attributes
from stream.desks.tickets.sla.announcements import Announcement, records_of
from stream.desks.tickets.sla.policy import METRICS
from stream.desks.tickets.sla.transitions import TransitionKind
from stream.state.outbox import Outgoing

RETRACT: Final = "retract"

BreachLabels = tuple[str, str, str, str, str]
"""Policy, metric, channel, priority and team."""


class Announced:
    """Makes records of announcements and counts them.

    ``labels_of`` bounds the label values of a ticket's attributes, ``source`` is the CloudEvents source of the events.
    """

    def __init__(self, labels_of: Callable[[Attributes], Attributes], source: str = "") -> None:
        self._labels_of = labels_of
        self._source = source
        self.breaches: Counter[BreachLabels] = Counter()
        self.transitions: Counter[str] = Counter()
        """By kind of transition; a retraction is one, too."""

    def records(self, announcements: Sequence[Announcement]) -> list[Outgoing]:
        """The records of announcements that may have been counted before."""
        return list(records_of(announcements, self._source))

    def told(self, announcements: Sequence[Announcement]) -> list[Outgoing]:
        """The records of announcements that are made now."""
        self._count(announcements)
        return self.records(announcements)

    def _count(self, announcements: Sequence[Announcement]) -> None:
        transitions = self.transitions
        for _, transition, attributes, retracted in announcements:
            kind = transition.kind
            transitions[RETRACT if retracted else kind] += 1
            if kind is TransitionKind.BREACH and not retracted:
                labels = self._labels_of(attributes)
                where = str(labels.channel), str(labels.priority), str(labels.team)
                self.breaches[transition.policy, METRICS[transition.metric].label, *where] += 1
