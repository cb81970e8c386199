"""Counts of what was announced since a worker started."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from stream.desks.tickets.attributes import Attributes
from stream.desks.tickets.sla.announcements import Announcement
from stream.desks.tickets.sla.policy import METRICS
from stream.desks.tickets.sla.transitions import TransitionKind

RETRACT: Final = "retract"

BreachLabels = tuple[str, str, str, str, str]
"""Policy, metric, channel, priority and team."""


class Announced:
    """Counts announcements; ``labels_of`` bounds the label values of a ticket's attributes."""

    def __init__(self, labels_of: Callable[[Attributes], Attributes]) -> None:
        self._labels_of = labels_of
        self.breaches: Counter[BreachLabels] = Counter()
        self.transitions: Counter[str] = Counter()
        """By kind of transition; a retraction is one, too."""

    def count(self, announcements: Sequence[Announcement]) -> None:
        """These were announced."""
        kinds = [RETRACT if one.retracted else one.transition.kind for one in announcements]
        self.transitions.update(kinds)
        for kind, (_, transition, attributes, _) in zip(kinds, announcements, strict=True):
            if kind is TransitionKind.BREACH:
                labels = self._labels_of(attributes)
                where = str(labels.channel), str(labels.priority), str(labels.team)
                self.breaches[transition.policy, METRICS[transition.metric].label, *where] += 1
