"""The series that a ticket's contributions go to, given its attributes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from stream.desks.tickets.attributes import Attributes
from stream.desks.tickets.sla.policy import METRICS, Policies
from stream.state.labels import OTHER, LabelBounds
from stream.state.measures import (
    SLA_COUNTS,
    TICKET_BUSINESS_DURATIONS,
    TICKET_COUNTS,
    TICKET_DURATIONS,
    Measure,
)
from stream.windows.series import SUM, SeriesRegistry
from stream.windows.sliding import Contribution

_OVERFLOW: Final = Attributes(OTHER, OTHER, OTHER, OTHER)

_SHARED_LIMIT: Final = 10_000


class TicketSeries:
    """First slots of every ticket measure for one combination of label values.

    A duration has a pair of slots, in calendar and in business time; ``sla`` has a pair for each policy and metric,
    for what ended in time and late. ``first_slots`` holds them all, in the same order for every combination.
    Tickets with the same attributes share one instance, so a gauge over the open tickets can be kept by instance.
    """

    __slots__ = (
        "abandoned",
        "after_resolution",
        "agent_work",
        "before_opening",
        "complaint",
        "complaint_first_resolution",
        "complaint_resolution",
        "escalated",
        "first_contact",
        "first_reply",
        "first_resolution",
        "first_slots",
        "labels",
        "next_reply",
        "on_hold",
        "opened",
        "opened_by_category",
        "opened_resolved",
        "reassigned",
        "reopened",
        "requester_wait",
        "resolution",
        "resolved",
        "sla",
    )

    def __init__(
        self, labels: Attributes, registry: SeriesRegistry, targets: Iterable[tuple[str, int]], *, complaint: bool
    ) -> None:
        values = labels._asdict()

        def slot(measure: Measure, **more: str) -> int:
            known = {**values, **more}
            return registry.first_slot(measure.name, tuple(str(known[label]) for label in measure.labels))

        counts = tuple(map(slot, TICKET_COUNTS))
        durations = tuple(
            (slot(duration), slot(business))
            for duration, business in zip(TICKET_DURATIONS, TICKET_BUSINESS_DURATIONS, strict=True)
        )
        in_time, late = SLA_COUNTS
        self.sla = {
            (policy, metric): (
                slot(in_time, policy=policy, sla=METRICS[metric].label),
                slot(late, policy=policy, sla=METRICS[metric].label),
            )
            for policy, metric in targets
        }
        self.first_slots = (*counts, *chain.from_iterable(durations), *chain.from_iterable(self.sla.values()))
        (
            self.opened,
            self.opened_by_category,
            self.opened_resolved,
            self.resolved,
            self.first_contact,
            self.reopened,
            self.escalated,
            self.abandoned,
            self.reassigned,
            self.before_opening,
            self.after_resolution,
        ) = counts
        (
            self.first_reply,
            self.next_reply,
            self.requester_wait,
            self.agent_work,
            self.on_hold,
            self.first_resolution,
            self.resolution,
            self.complaint_first_resolution,
            self.complaint_resolution,
        ) = durations
        self.complaint = complaint
        self.labels = labels


class TicketSeriesTable:
    """Finds the series for a ticket's attributes, with label values bounded.

    What ends under ``policies`` is counted by policy and metric.
    """

    def __init__(
        self,
        registry: SeriesRegistry,
        bounds: LabelBounds,
        complaint_categories: frozenset[str],
        policies: Policies | None = None,
    ) -> None:
        self._registry = registry
        self._bounds = bounds
        self._targets = () if policies is None else policies.targets
        self._complaint_categories = frozenset(category.casefold() for category in complaint_categories)
        self._series: dict[tuple[Attributes, bool], TicketSeries] = {}
        self._places: dict[int, int] = {}
        self._found: dict[Attributes, tuple[Attributes, TicketSeries]] = {}

    def series_for(self, attributes: Attributes) -> TicketSeries:
        """The shared series of all tickets whose labels come out the same."""
        return self.shared(attributes)[1]

    def shared(self, attributes: Attributes) -> tuple[Attributes, TicketSeries]:
        """One instance of equal attributes, so that tickets do not each keep their own, and their series."""
        found = self._found.get(attributes)
        if found is None:
            if len(self._found) >= _SHARED_LIMIT:
                self._found.clear()
            found = self._found[attributes] = attributes, self._series_for(attributes)
        return found

    def _series_for(self, attributes: Attributes) -> TicketSeries:
        fold = self._bounds.fold
        labels = Attributes(
            fold("channel", attributes.channel),
            fold("priority", attributes.priority),
            fold("category", attributes.category),
            fold("team", attributes.team),
        )
        category = attributes.category
        complaint = category is not None and category.casefold() in self._complaint_categories
        series = self._series.get((labels, complaint))
        if series is None and labels != _OVERFLOW and not self._bounds.admits_combination(len(self._series)):
            labels = _OVERFLOW
            series = self._series.get((labels, complaint))
        if series is None:
            series = self._series[labels, complaint] = TicketSeries(
                labels, self._registry, self._targets, complaint=complaint
            )
            self._places.update((slot, place) for place, slot in enumerate(series.first_slots))
        return series

    def relabelled(self, contributions: Iterable[Contribution], to: TicketSeries) -> list[Contribution]:
        """The contributions as they are to the series of a ticket's new attributes."""
        places, first_slots = self._places, to.first_slots
        return [(first_slots[places[slot]], at, count, duration) for slot, at, count, duration in contributions]

    def moved(self, contributions: Iterable[Contribution], to: TicketSeries) -> Iterator[Contribution]:
        """The contributions of a ticket taken back, and made again to the series of its new attributes."""
        places, first_slots = self._places, to.first_slots
        for slot, at, count, duration in contributions:
            offset = slot & SUM
            yield slot, at, -count, -duration
            yield first_slots[places[slot - offset]] + offset, at, count, duration
