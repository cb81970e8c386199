"""The series that a ticket's contributions go to, given its attributes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from stream.desks.tickets.attributes import Attributes
from stream.desks.tickets.measures import BUSINESS_DURATIONS, COUNTS, DURATIONS, IN_TIME, LATE, MEASURES
from stream.desks.tickets.sla.policy import METRICS, Policies
from stream.state.labels import OTHER, LabelBounds
from stream.state.measure import Measure
from stream.windows.series import SUM, SeriesRegistry
from stream.windows.sliding import Contribution

_SHARED_LIMIT: Final = 10_000


class TicketSeries:
    """First slots of every ticket measure for one combination of label values.

    ``counts`` has them by the name of the measure. A duration has a pair of slots in ``durations``, in calendar and in
    business time; ``sla`` has a pair for each policy and metric, for what ended in time and late. ``first_slots``
    holds them all, in the same order for every combination.
    Tickets with the same attributes share one instance, so a gauge over the open tickets can be kept by instance.
    """

    __slots__ = ("complaint", "counts", "durations", "first_slots", "labels", "sla")

    def __init__(
        self, labels: Attributes, registry: SeriesRegistry, targets: Iterable[tuple[str, int]], *, complaint: bool
    ) -> None:
        values = labels._asdict()

        def slot(measure: Measure, **more: str) -> int:
            known = {**values, **more}
            return registry.first_slot(measure.name, tuple(str(known[label]) for label in measure.labels))

        self.counts = {measure.name: slot(measure) for measure in COUNTS}
        self.durations = {
            measure.name: (slot(measure), slot(twin))
            for measure, twin in zip(DURATIONS, BUSINESS_DURATIONS, strict=True)
        }
        self.sla = {
            (policy, metric): (
                slot(IN_TIME, policy=policy, sla=METRICS[metric].label),
                slot(LATE, policy=policy, sla=METRICS[metric].label),
            )
            for policy, metric in targets
        }
        pairs = (*self.durations.values(), *self.sla.values())
        self.first_slots = (*self.counts.values(), *chain.from_iterable(pairs))
        self.complaint = complaint
        self.labels = labels


LABELS: Final = {label for measure in MEASURES for label in measure.labels} & set(Attributes._fields)
"""The attributes that some measure has as a label."""

_OVERFLOW: Final = Attributes(*(OTHER if label in LABELS else None for label in Attributes._fields))


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
            *(
                fold(label, value) if label in LABELS else None
                for label, value in zip(Attributes._fields, attributes, strict=True)
            )
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
