"""From what is known of an entity to the slots that it contributes to, in windows and stocks."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from stream.state.labels import CLOSED_LABELS, LabelBounds
from stream.state.measure import Contributed, Measure, by_name
from stream.state.stock import Stock
from stream.windows.histogram import BORDERS
from stream.windows.series import SeriesRegistry
from stream.windows.sliding import Contribution
from stream.windows.steps import Step

_REMEMBERED: Final = 10_000

Values = Mapping[str, str | None]
"""Label values by name, as events have them; a measure takes those that it has labels for."""


class SeriesSlots:
    """Finds the series of what is ``contributed`` to by name, with label values bounded."""

    def __init__(self, registry: SeriesRegistry, bounds: LabelBounds, contributed: Iterable[Contributed]) -> None:
        self._registry = registry
        self._bounds = bounds
        self._labels = {name: one.labels for name, one in by_name(contributed).items()}
        self._slots: dict[tuple[str | None, ...], int] = {}

    def first_slot(self, name: str, values: Values) -> int:
        """The first slot of a series. Raises ``KeyError`` for an unknown name, or a label that has no value."""
        labels = self._labels[name]
        key = (name, *[values[label] for label in labels])
        slot = self._slots.get(key)
        if slot is None:
            if len(self._slots) >= _REMEMBERED:
                self._slots.clear()
            slot = self._slots[key] = self._registry.first_slot(name, self.exported(labels, values))
        return slot

    def exported(self, labels: Iterable[str], values: Values) -> tuple[str, ...]:
        """The values to export of these labels. Raises ``KeyError`` for one that has no value."""
        return tuple(self._exported(label, values[label]) for label in labels)

    def _exported(self, label: str, value: str | None) -> str:
        return value if label in CLOSED_LABELS and value is not None else self._bounds.fold(label, value)


class Contributor(SeriesSlots):
    """Contributes to the ``measures`` and ``stocks`` of a kind. Raises ``ValueError`` if two have the same name."""

    def __init__(
        self,
        registry: SeriesRegistry,
        bounds: LabelBounds,
        measures: Sequence[Measure],
        stocks: Sequence[Stock] = (),
    ) -> None:
        contributed: list[Contributed] = [*measures, *stocks]
        by_name(contributed)
        super().__init__(registry, bounds, measures)
        self._stocks = SeriesSlots(registry, bounds, stocks)
        self.windowed = frozenset(stock.name for stock in stocks if stock.windowed)

    def count(self, measure: str, values: Values, at: int, sign: int = 1) -> Contribution:
        """One that counts at ``at`` (microseconds), or with ``sign`` -1 one that counts no more."""
        return self.first_slot(measure, values), at, sign, 0

    def amount(self, measure: str, values: Values, at: int, amount: int, sign: int = 1) -> Contribution:
        """A whole number that counts as so many at ``at`` (microseconds)."""
        return self.first_slot(measure, values), at, sign * amount, 0

    def span(self, measure: str, values: Values, at: int, span: int, sign: int = 1) -> Contribution:
        """A duration of ``span`` microseconds that ended at ``at``."""
        return self.first_slot(measure, values) + bisect_left(BORDERS, span), at, sign, sign * span

    def step(self, stock: str, values: Values, at: int, delta: int, sign: int = 1) -> Step:
        """A stock that has ``delta`` more from ``at`` (microseconds) on, or with ``sign`` -1 no more has."""
        return self._stocks.first_slot(stock, values), at, sign * delta
