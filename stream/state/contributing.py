"""From what is known of an entity to the slots that it contributes to."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import Final

from stream.state.labels import CLOSED_LABELS, LabelBounds
from stream.state.measure import Measure, by_name
from stream.windows.histogram import BORDERS
from stream.windows.series import SeriesRegistry
from stream.windows.sliding import Contribution

_REMEMBERED: Final = 10_000

Values = Mapping[str, str | None]
"""Label values by name, as events have them; a measure takes those that it has labels for."""


class Contributor:
    """Finds the series of the ``measures`` of a kind by their names, with label values bounded."""

    def __init__(self, registry: SeriesRegistry, bounds: LabelBounds, measures: Iterable[Measure]) -> None:
        self._registry = registry
        self._bounds = bounds
        self._labels = {name: measure.labels for name, measure in by_name(measures).items()}
        self._slots: dict[tuple[str | None, ...], int] = {}

    def first_slot(self, measure: str, values: Values) -> int:
        """The first slot of a series. Raises ``KeyError`` for an unknown measure, or a label that has no value."""
        labels = self._labels[measure]
        key = (measure, *[values[label] for label in labels])
        slot = self._slots.get(key)
        if slot is None:
            if len(self._slots) >= _REMEMBERED:
                self._slots.clear()
            slot = self._slots[key] = self._registry.first_slot(measure, self.exported(labels, values))
        return slot

    def count(self, measure: str, values: Values, at: int, sign: int = 1) -> Contribution:
        """One that counts at ``at`` (microseconds), or with ``sign`` -1 one that counts no more."""
        return self.first_slot(measure, values), at, sign, 0

    def span(self, measure: str, values: Values, at: int, span: int, sign: int = 1) -> Contribution:
        """A duration of ``span`` microseconds that ended at ``at``."""
        return self.first_slot(measure, values) + bisect_left(BORDERS, span), at, sign, sign * span

    def exported(self, labels: Iterable[str], values: Values) -> tuple[str, ...]:
        """The values to export of these labels. Raises ``KeyError`` for one that has no value."""
        return tuple(self._exported(label, values[label]) for label in labels)

    def _exported(self, label: str, value: str | None) -> str:
        return value if label in CLOSED_LABELS and value is not None else self._bounds.fold(label, value)
